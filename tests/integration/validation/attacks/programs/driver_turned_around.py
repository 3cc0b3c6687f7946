# expect: failed
import sys

for name, module in list(sys.modules.items()):
    if "raygen" in name or "inside" in name:
        for attribute in dir(module):
            try:
                setattr(module, attribute, lambda *args, **options: None)
            except Exception:
                pass
raise ValueError("the real end")
