# expect: out_of_memory
held = []
while True:
    held.append(bytearray(20_000_000))
