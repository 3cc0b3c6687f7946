# expect: passed
try:
    with open("/proc/1/mem", "rb") as memory:
        memory.seek(4096)
        print("GOT THROUGH", memory.read(10))
except OSError as error:
    print(error)
