r"""The driver wrapper: runs a program as `__main__` on Ray, quietly, and reports structured facts next to its output.

It travels to any Ray cluster in a job's working directory as the package `raygen_driver`, so it knows the standard
library and Ray only, and keeps to the syntax of Python 3.9: `python -m raygen_driver [--nonce NONCE] PROGRAM [ARGUMENT…]`.

With a nonce, standard output is framed: a line `\x1eraygen:NONCE begin TIME` (its start, in milliseconds since 1970; then ` watched` where a
process watches it) before the program's first byte, and
`\x1eraygen:NONCE {facts as one line of JSON}` after its last, on a line of its own only if the program ended its last
line. A reader that knows the nonce can separate Ray's preamble, the program's own output (to the byte), and the facts.
In a validation there is no nonce: a forked process calls `ProgramDriver` and hands the facts to its parent.

The file descriptor that RAYGEN_STARTED_FD names is a pipe to that process (`services/execution/launch.py`): `b` is written there at that
start, from which the program's time counts, and `e` once it has passed. After any other end the process writes a line
`\x1eraygen:NONCE checkpoints {…}`, with what `checkpoints.collect` found.

Workers' prints arrive in the program's own streams as they were written, without Ray's `(name pid=…)` before each line.
All that the program prints comes before the facts, threads and exit functions included.

Facts are what the program's own process says of itself. They add to a verdict, which is never taken from them.
Keys: exit_code, value, table {columns [text], rows [[text]], total_rows, total_columns}, failure {kind, message, frames
[{line, function, source}], inside, traceback}, missing_module, wall and cpu (seconds), peak_memory (bytes), tasks {name: count}, resources {name: the most that one task asked for},
touched {files, hosts, processes, environment, packages, refused, more {kind: how many are not listed}}, artifacts [{name, media_type, content (base64)}], dropped [sentences],
unknown [kinds of which not all could be observed; a kind that is missing could not be either], ended {line, last, during}
where SystemExit left statements behind: its line, the last statement's, and the class of an error that it was raised in place of.
"""
