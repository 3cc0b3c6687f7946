import os
import sys

print(
    os.path.basename(__file__), sys.argv == [__file__] or os.path.basename(sys.argv[0])
)
print(
    os.path.dirname(os.path.abspath(__file__))
    == os.path.realpath(sys.path[0])
    == os.getcwd()
)
with open(__file__) as file:
    print(file.readline())
