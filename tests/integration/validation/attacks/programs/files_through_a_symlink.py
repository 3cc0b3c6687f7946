# expect: passed
import os

os.makedirs("outputs", exist_ok=True)
os.symlink("CANARY_FILE", "outputs/link.txt")
os.symlink("/", "outputs/root")
os.symlink("/etc", "outputs/etc")
print("made")
