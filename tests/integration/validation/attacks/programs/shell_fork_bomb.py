# expect: killed timed_out out_of_memory passed failed
import subprocess

subprocess.run(["sh", "-c", "f() { f | f & }; f; sleep 60"])
