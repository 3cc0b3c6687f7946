"""Which names an input file may have: none that Python, Ray or raygen would take for something of their own."""

from __future__ import annotations

import ntpath
import re
import sys
import unicodedata
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires

PYTHON = ".py"
_LONGEST = 200
_DEEPEST = 8
_RAYGEN = frozenset(
    str.split(
        "bot handlers services raygen raygen_driver default_worker setup_worker inside program launch outputs"
    )
)
_PLACES = frozenset({"outputs", "raygen_driver"})
_HOOKS = frozenset({"sitecustomize", "usercustomize", "conftest", "__pycache__"})
_COMPILED = re.compile(r"\.(?:py[cod]|so(?:\.\d+)*|dll|dylib|sl)$")
_INSTALLED = (".pth", ".egg", ".egg-link", ".egg-info", ".dist-info")
_SETTINGS = frozenset({"pyvenv.cfg", "pyproject.toml", "setup.cfg", "uv.toml", "pip.conf"})
# Modules of the standard library of other Pythons than this one, from 3.9 to 3.14.
_OTHER_PYTHONS = frozenset(
    str.split(
        "annotationlib asynchat asyncore binhex compression distutils imp smtpd tomllib _colorize _interpreters "
        "_opcode_metadata _suggestions _sysconfig _zstd"
    )
)
# Import names of packages that targets have, whose distributions are called otherwise or are not asked for by Ray.
_COMMON = frozenset(
    str.split(
        "attr boto3 botocore bs4 catboost colorama cupy cv2 dask datasets deltalake django duckdb fastapi flask google gym "
        "gymnasium jax jaxlib joblib keras lightgbm matplotlib mlflow modin nltk numba onnx onnxruntime openai optuna "
        "PIL plotly polars psutil psycopg psycopg2 pymongo pymysql pyspark pytest redis scipy seaborn setuptools sklearn "
        "skimage snowflake spacy sqlalchemy statsmodels sympy tensorflow tiktoken tokenizers torch torchaudio "
        "torchvision tqdm transformers uvicorn vllm wandb wheel xgboost yaml zmq"
    )
)


def objection(name: str) -> str:
    """Why no input file may be called `name`, as the rest of a sentence after its name; empty when it may.

    A name is a file's or, with `/`, a path below the working directory.
    """
    parts = name.split("/")
    if not name.isprintable() or not all(_plain(part) for part in parts):
        return "needs a plain file name; rename it"
    if len(name.encode()) > _LONGEST or len(parts) > _DEEPEST:
        return "has too long a name; shorten it"
    return next(filter(None, (_by_part(part) for part in parts)), "") or _at_the_top(parts)


def importable(name: str) -> bool:
    """Whether `name` is Python code that `import` finds."""
    return name.endswith(PYTHON)


def folded(name: str) -> str:
    """The name as systems see it that take no notice of case, and as Python reads it in an `import`."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


@cache
def packages() -> frozenset[str]:
    """Folded import names of what is installed here, of what Ray works with, and of what targets commonly have."""
    found = {*packages_distributions(), *_COMMON, "ray"}
    try:
        wanted = requires("ray") or []
    except PackageNotFoundError:
        wanted = []
    found |= {re.split(r"[^\w.-]", each, maxsplit=1)[0].replace("-", "_") for each in wanted}
    return frozenset(map(folded, found))


@cache
def _standard() -> frozenset[str]:
    return frozenset(map(folded, sys.stdlib_module_names | _OTHER_PYTHONS))


def _shadowed(module: str) -> str:
    """What a top-level module or folder of this name would stand in for; empty for nothing."""
    known = folded(module)
    if known in _HOOKS:
        return f"the start-up hook `{known}`"
    if known in _standard() or known.startswith("__"):
        return f"Python's own module `{known}`"
    if known in _RAYGEN or known.startswith("ray_bootstrap"):
        return f"`{known}`, which raygen and Ray use"
    return f"the package `{known}`" if known in packages() else ""


def _plain(part: str) -> bool:
    """Whether it is neither hidden nor a path of any system: Ray leaves out files that look like one of Windows."""
    return bool(part) and not part.startswith(".") and "\\" not in part and not ntpath.splitdrive(part)[0]


def _by_part(part: str) -> str:
    known = folded(part)
    stem = known.partition(".")[0]
    if stem in {"sitecustomize", "usercustomize", "__pycache__"}:
        return f"would be mistaken for the start-up hook `{stem}`; rename it"
    if _COMPILED.search(known):
        return "is compiled code, which can't be reviewed before it runs; share its source instead"
    if known.endswith(_INSTALLED):
        return "would be mistaken for an installed package; rename it"
    if known in _SETTINGS:
        return "would be mistaken for a tool's configuration; rename it"
    if known.endswith((PYTHON, ".pyw")) and not part.endswith(PYTHON):
        return f"is code, so its name must end in lowercase `{PYTHON}`; rename it"
    return ""


def _at_the_top(parts: list[str]) -> str:
    first = parts[0]
    code = len(parts) > 1 or importable(first)
    stem = first.removesuffix(PYTHON) if len(parts) == 1 else first
    if code and (what := _shadowed(stem)):
        return f"would shadow {what}; rename it"
    if folded(first) in _PLACES:
        return "has a name that raygen reserves; rename it"
    return ""
