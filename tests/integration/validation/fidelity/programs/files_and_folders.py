import os
import pathlib
import tempfile

pathlib.Path("notes.txt").write_text("a\nb\n")
print(pathlib.Path("notes.txt").read_text().split(), os.path.exists("missing"))
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "x").touch()
    print(os.listdir(folder))
