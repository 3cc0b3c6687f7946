# expect: out_of_memory failed
print(len(b"x" * 60_000_000_000))
