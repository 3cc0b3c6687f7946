"""`python -m bot` is `raygen`."""

from bot.cli import main

main(prog_name="raygen")
