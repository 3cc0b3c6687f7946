import sys

print("a", end="")
sys.stdout.write("b")
sys.stdout.flush()
print("c", end="")
