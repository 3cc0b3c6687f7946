import sys
import traceback


def divide():
    return 1 / 0


try:
    divide()
except ZeroDivisionError:
    frames = traceback.extract_tb(sys.exc_info()[2])
    print([(frame.name, frame.lineno, frame.line) for frame in frames])
