import logging
import sys
import warnings

warnings.warn("old", DeprecationWarning, stacklevel=1)
logging.basicConfig(
    stream=sys.stdout, level=logging.INFO, format="%(levelname)s %(name)s %(message)s"
)
logging.getLogger("mine").info("hello %s", "log")
logging.debug("not shown")
