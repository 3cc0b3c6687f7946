import signal
import time

signal.signal(signal.SIGALRM, lambda number, frame: print("alarm", number))
signal.setitimer(signal.ITIMER_REAL, 0.1)
time.sleep(0.3)
print(
    signal.getsignal(signal.SIGTERM) == signal.SIG_DFL,
    signal.getsignal(signal.SIGINT).__name__,
)
