# expect: passed
import os

for path in (
    "CANARY_FILE",
    "/root",
    "/home",
    "/etc/shadow",
    "/var",
    "/opt",
    "/srv",
    "/run",
    "/mnt",
    "/sys",
    "/boot",
):
    try:
        print(path, os.listdir(path) if os.path.isdir(path) else open(path).read())
    except OSError as error:
        print(error)
