# expect: passed
import os
import stat

for name in ("mem", "kmsg", "sda", "vda", "kvm", "fuse", "loop0", "net/tun"):
    if os.path.exists(f"/dev/{name}"):
        print("GOT THROUGH", name)
try:
    os.mknod("device", 0o600 | stat.S_IFBLK, os.makedev(8, 0))
    print("GOT THROUGH")
except OSError as error:
    print(error)
