# expect: failed out_of_memory
with open("/tmp/x", "wb") as file:
    while True:
        file.write(b"x" * 10_000_000)
