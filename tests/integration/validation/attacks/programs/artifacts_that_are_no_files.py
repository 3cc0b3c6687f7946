# expect: passed
import os

os.makedirs("outputs", exist_ok=True)
os.mkfifo("outputs/fifo.txt")
with open("outputs/sparse.bin", "wb") as file:
    file.truncate(200 * 1024**2)
os.makedirs("outputs/" + "d/" * 50)
print("made")
