# expect: passed
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
calls = {
    "mount": (165, b"none", b"/tmp", b"tmpfs", 0, 0),
    "umount2": (166, b"/tmp", 2),
    "unshare": (272, 0x10000000),
    "setns": (308, 3, 0),
    "ptrace": (101, 0, 0, 0, 0),
    "bpf": (321, 0, 0, 0),
    "keyctl": (250, 0, 0, 0, 0, 0),
    "add_key": (248, b"user", b"x", b"y", 1, -1),
    "init_module": (175, 0, 0, b""),
    "finit_module": (313, 0, b"", 0),
    "kexec_load": (246, 0, 0, 0, 0),
    "perf_event_open": (298, 0, 0, -1, -1, 0),
    "userfaultfd": (323, 0),
    "io_uring_setup": (425, 8, 0),
    "chroot": (161, b"/tmp"),
    "pivot_root": (155, b"/tmp", b"/tmp"),
    "swapon": (167, b"/tmp/x", 0),
    "reboot": (169, 0, 0, 0, 0),
    "open_by_handle_at": (304, 0, 0, 0),
    "process_vm_readv": (310, 1, 0, 0, 0, 0, 0),
    "move_mount": (429, 0, 0, 0, 0, 0),
    "fsopen": (430, b"ext4", 0),
    "sethostname": (170, b"x", 1),
    "settimeofday": (164, 0, 0),
    "clone3": (435, 0, 0),
    "acct": (163, 0),
}
for name, (number, *arguments) in calls.items():
    ctypes.set_errno(0)
    result = libc.syscall(number, *arguments)
    if result >= 0 and name not in {"settimeofday"}:
        print("GOT THROUGH", name, result)
print("tried", len(calls))
