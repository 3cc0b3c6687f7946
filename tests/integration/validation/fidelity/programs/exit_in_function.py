def work():
    raise SystemExit


print("before")
work()
