# expect: passed
for path in (
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/vm/drop_caches",
    "/proc/sysrq-trigger",
    "/proc/1/oom_score_adj",
    "/proc/self/oom_score_adj",
):
    try:
        with open(path, "w") as file:
            file.write("-1000" if path.endswith("adj") else "1")
        print("GOT THROUGH", path)
    except OSError as error:
        print(error)
