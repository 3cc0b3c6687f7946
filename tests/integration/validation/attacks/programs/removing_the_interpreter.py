# expect: passed
import os
import shutil
import sys

shutil.rmtree(sys.prefix, ignore_errors=True)
shutil.rmtree("/raygen", ignore_errors=True)
print("still there" if os.path.exists(sys.executable) else "GOT THROUGH")
