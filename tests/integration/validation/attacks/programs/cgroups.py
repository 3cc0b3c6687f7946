# expect: passed
import glob
import os

for path in [
    "/sys/fs/cgroup/cgroup.procs",
    *glob.glob("/sys/fs/cgroup/**/release_agent", recursive=True),
]:
    try:
        open(path, "w").write(str(os.getpid()))
        print("GOT THROUGH", path)
    except OSError as error:
        print(error)
