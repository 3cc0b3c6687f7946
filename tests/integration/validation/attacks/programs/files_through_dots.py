# expect: passed
import os

for root in (
    "/proc/self/root",
    "/proc/1/root",
    "/proc/self/cwd/../../../..",
    "/usr/../..",
):
    try:
        print(open(root + "CANARY_FILE").read())
    except OSError as error:
        print(error)
