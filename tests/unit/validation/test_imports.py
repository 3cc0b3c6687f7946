"""Imports that a validation can't have are named before anything runs."""

from __future__ import annotations

import pytest

from services.validation.imports import missing


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import ray, numpy as np, os.path\nfrom pandas import DataFrame", ()),
        ("import torch.nn\nfrom cupy.linalg import norm\nimport torch", ("torch", "cupy")),
        ("def work():\n    import torch", ("torch",)),
        ("try:\n    import torch\nexcept ImportError:\n    import tensorflow", ("tensorflow",)),
        ("try:\n    import torch\nexcept (ModuleNotFoundError, OSError):\n    torch = None", ()),
        ("try:\n    import torch\nexcept ValueError:\n    pass", ("torch",)),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch", ()),
        ("from . import sibling", ()),
        ("import services, bot", ("services", "bot")),
        ("this is no Python", ()),
    ],
)
def test_missing_packages_are_named(code: str, expected: tuple[str, ...]):
    assert missing(code) == expected
