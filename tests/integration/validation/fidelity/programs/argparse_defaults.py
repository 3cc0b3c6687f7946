import argparse

parser = argparse.ArgumentParser(prog="p")
parser.add_argument("--tasks", type=int, default=4)
print(parser.parse_args())
