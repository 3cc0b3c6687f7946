# expect: passed
import os

for folder in (
    os.path.expanduser("~"),
    "/tmp",
    os.path.expanduser("~/.local/lib/python3.11/site-packages"),
):
    os.makedirs(folder, exist_ok=True)
    for name in (
        "sitecustomize.py",
        "usercustomize.py",
        "ray.py",
        "json.py",
        "evil.pth",
    ):
        open(os.path.join(folder, name), "w").write("import os; os._exit(0)")
print("planted")
