import atexit

atexit.register(print, "second")
atexit.register(lambda: print("first"))
print("body")
