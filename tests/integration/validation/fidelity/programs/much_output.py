for i in range(3000):
    print(f"line {i} of many", "x" * 20)
