# expect: killed failed passed timed_out
import subprocess

subprocess.run(["ray", "stop", "--force"])
