import contextlib
import io
import sys

held = io.StringIO()
with contextlib.redirect_stdout(held):
    print("held")
print(held.getvalue().upper(), file=sys.__stdout__)
print(sys.stdout.encoding, sys.stdout.isatty(), sys.stdin.isatty())
sys.stdout.buffer.write(b"raw\n")
