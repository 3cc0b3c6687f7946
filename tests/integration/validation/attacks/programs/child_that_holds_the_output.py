# expect: passed
import subprocess

subprocess.Popen(["sleep", "1000"])
print("left one behind")
