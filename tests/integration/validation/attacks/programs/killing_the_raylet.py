# expect: killed failed passed timed_out
import os
import signal
import time

for pid in filter(str.isdigit, os.listdir("/proc")):
    command = open(f"/proc/{pid}/cmdline").read()
    if "raylet/raylet" in command.split("\0")[0]:
        os.kill(int(pid), signal.SIGKILL)
time.sleep(2)
