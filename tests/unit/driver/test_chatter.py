"""What Ray's own loggers may say beside a program's output."""

import logging
from types import SimpleNamespace

import pytest

from services.driver.wrapper.chatter import hush


@pytest.mark.parametrize(
    ("file", "level", "reported"),
    [
        ("/site/ray/data/_internal/progress.py", logging.WARNING, False),
        ("/site/ray/_private/worker.py", logging.WARNING, False),
        ("/site/ray/data/dataset.py", logging.ERROR, True),
        ("/job/program.py", logging.WARNING, True),
        ("/site/rayleigh/scattering.py", logging.WARNING, True),
    ],
)
def test_only_what_ray_says_of_itself_is_left_out(
    file: str, level: int, *, reported: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger("raygen-test.data")
    handler = logging.StreamHandler()
    logger.addHandler(handler)
    try:
        hush(SimpleNamespace(__name__="raygen-test.data", __file__="/site/ray/data/__init__.py"))
        logger.handle(logger.makeRecord(logger.name, level, file, 1, "said", (), None))
    finally:
        logger.removeHandler(handler)
    assert capsys.readouterr().err == ("said\n" if reported else "")
