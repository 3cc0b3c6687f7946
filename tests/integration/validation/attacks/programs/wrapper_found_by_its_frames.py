# expect: failed
import sys

frame = sys._getframe()
while frame is not None:
    for name, value in list(frame.f_locals.items()):
        if hasattr(value, "_touched"):
            value._touched = value._asked = value._artifacts = None
    frame = frame.f_back
raise ValueError("the real end")
