# expect: out_of_memory
held = []
while True:
    held.append(bytearray(200_000_000))
