# expect: passed
import os

os.makedirs("outputs", exist_ok=True)
for name in ("..", "a\nb.txt", "\u202egnp.exe", "x" * 200, "<!channel>.txt"):
    try:
        open(os.path.join("outputs", name), "w").write("x")
    except OSError as error:
        print(error)
