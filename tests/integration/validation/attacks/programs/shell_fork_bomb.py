# expect: killed
import subprocess

subprocess.run(["sh", "-c", "f() { sleep 0.05; f | f & }; f; sleep 60"])
