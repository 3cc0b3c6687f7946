"""Which package provides what a program imports, where that is certain.

An import name is never taken for the name of a package because they are equal: anybody can register a name that looks
like a well-known one. Only what is listed here is certain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

_DIFFERENT = {
    "absl": "absl-py", "Bio": "biopython", "bs4": "beautifulsoup4", "cairosvg": "CairoSVG", "confluent_kafka": "confluent-kafka",
    "cv2": "opencv-python-headless", "dateutil": "python-dateutil", "docx": "python-docx", "dotenv": "python-dotenv",
    "faiss": "faiss-cpu", "fitz": "PyMuPDF", "flask_cors": "Flask-Cors", "gensim": "gensim", "git": "GitPython",
    "grpc": "grpcio", "imblearn": "imbalanced-learn", "jose": "python-jose", "jwt": "PyJWT", "kafka": "kafka-python",
    "ldap3": "ldap3", "lightgbm_ray": "lightgbm-ray", "magic": "python-magic", "Levenshtein": "Levenshtein",
    "mpl_toolkits": "matplotlib", "multipart": "python-multipart", "MySQLdb": "mysqlclient", "nacl": "PyNaCl",
    "odf": "odfpy", "OpenSSL": "pyOpenSSL", "osgeo": "GDAL", "PIL": "pillow", "pkg_resources": "setuptools",
    "pptx": "python-pptx", "psycopg2": "psycopg2-binary", "pyspark": "pyspark", "pythonjsonlogger": "python-json-logger",
    "pytorch_lightning": "pytorch-lightning", "rapidfuzz": "RapidFuzz", "rest_framework": "djangorestframework",
    "sentence_transformers": "sentence-transformers", "serial": "pyserial", "skimage": "scikit-image",
    "sklearn": "scikit-learn", "skopt": "scikit-optimize", "slugify": "python-slugify", "snowflake": "snowflake-connector-python",
    "socks": "PySocks", "sqlalchemy": "SQLAlchemy", "tlz": "toolz", "umap": "umap-learn", "usaddress": "usaddress",
    "websocket": "websocket-client", "xgboost_ray": "xgboost-ray", "yaml": "PyYAML", "zmq": "pyzmq",
    "zstd": "zstd", "pywt": "PyWavelets", "talib": "TA-Lib", "Crypto": "pycryptodome", "attr": "attrs", "markdown": "Markdown",
    "community": "python-louvain", "hdbscan": "hdbscan", "implicit": "implicit", "surprise": "scikit-surprise",
    "lifelines": "lifelines", "arch": "arch", "prophet": "prophet", "yfinance": "yfinance", "tables": "tables",
    "open_clip": "open-clip-torch", "clip": "", "ffmpeg": "ffmpeg-python", "lxml": "lxml", "pycocotools": "pycocotools",
    "google": "", "azure": "", "ruamel": "ruamel.yaml", "win32api": "pywin32", "unidecode": "Unidecode", "igraph": "igraph",
    "gymnasium": "gymnasium", "gym": "gym", "sb3_contrib": "sb3-contrib", "stable_baselines3": "stable-baselines3",
    "sentencepiece": "sentencepiece", "pynndescent": "pynndescent", "mysql": "mysql-connector-python", "pymysql": "PyMySQL",
    "pylab": "matplotlib", "llama_index": "llama-index", "huggingface_hub": "huggingface-hub", "typing_extensions": "typing-extensions",
    "sqlalchemy_utils": "SQLAlchemy-Utils", "snappy": "python-snappy", "editdistance": "editdistance", "rdkit": "rdkit",
}  # fmt: skip
_SAME = """
accelerate aiofiles aiohttp airflow altair anthropic anyio arrow asyncpg autogluon bokeh boto3 botocore cachetools catboost category_encoders
chardet charset_normalizer click cloudpickle colorama cryptography cvxpy cython dask datasets delta_sharing deltalake diffusers dill
distributed django duckdb einops evaluate faker fastapi fastparquet fiona flask flax folium fsspec geopandas geopy gradio
greenlet h5py httpx humanize hyperopt ibis imageio jax jaxlib jinja2 joblib jsonschema keras kneed langchain librosa lightgbm lightning
llvmlite loguru lz4 matplotlib mlflow modin msgpack mypy nbformat nevergrad nltk networkx nibabel numba numexpr numpy numpyro onnx
onnxruntime openai openpyxl opentelemetry optax optuna orjson packaging pandas pandera paramiko parso patsy peft pendulum pint
plotly polars pooch portalocker psutil psycopg pyarrow pyarrow_hotfix pydantic pygments pymc pymongo pyproj pypdf pytest pytz
ray redis regex requests rich rtree s3fs safetensors scipy scrapy seaborn selenium sentry_sdk setuptools shap shapely simpy six skorch
skrub spacy sqlglot sqlmodel starlette statsforecast statsmodels streamlit sympy tabulate tenacity tensorboard tensorboardX
tensorflow textblob threadpoolctl tiktoken tifffile timm tokenizers toml tomli toolz torch torchaudio torchmetrics torchvision tqdm
trafilatura transformers trl tsfresh typer tzdata ujson urllib3 uvicorn vaex vllm wandb wordcloud wrapt xarray xgboost xlrd
xlsxwriter xxhash yarl zarr zstandard
"""  # spelled so that the words can be sorted
# Of these, the package has another name or is no longer made.
_NO = frozenset(
    {"airflow", "delta_sharing", "ibis", "vaex", "gym", "opentelemetry", "lightgbm_ray", "xgboost_ray"}
)

_CERTAIN = {
    **{name: canonicalize_name(name) for name in _SAME.split()},
    **{name: canonicalize_name(package) for name, package in _DIFFERENT.items()},
}
PROVIDERS: dict[str, str] = {
    name: package for name, package in _CERTAIN.items() if package and name not in _NO
}
"""Packages by the import names that they are known for."""

# Packages of which each provides the same import name: one that is declared is the one that is meant.
_ALSO = {
    "cv2": ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless"),
    "faiss": ("faiss-gpu", "faiss-gpu-cu12", "faiss-gpu-cu11"),
    "psycopg2": ("psycopg2",),
    "tensorflow": ("tensorflow-cpu", "tensorflow-gpu"),
    "Crypto": ("pycrypto",),
    "xgboost": ("xgboost-cpu",),
    "onnxruntime": ("onnxruntime-gpu",),
    "docx": ("docx",),
    "kafka": ("kafka-python-ng",),
}


@dataclass(frozen=True, slots=True)
class Undeclared:
    """What a program imports without declaring it."""

    requirements: tuple[str, ...] = ()
    """Packages that provide it with certainty."""
    unknown: tuple[str, ...] = ()
    """Import names for which no package is certain."""

    @property
    def sentence(self) -> str:
        """What the author has to do about the unknown ones; empty where there are none."""
        if not self.unknown:
            return ""
        one = len(self.unknown) == 1
        names = ", ".join(f"`{name[:100]}`" for name in self.unknown[:10])
        return f"It imports {names}; declare the {'package that provides it' if one else 'packages that provide them'} in its `script` block."


def undeclared(imports: Iterable[str], declared: Iterable[str] = ()) -> Undeclared:
    """What of `imports`, top-level names that are not installed, the requirements `declared` don't seem to provide.

    A declared package provides an import name when they are equal by normalized name, when the name is known to be
    the package's, or when the import name begins the package's name, as `google` does for `google-cloud-storage`.
    """
    names = {name for text in declared if (name := _name(text))}
    required: list[str] = []
    unknown: list[str] = []
    for imported in dict.fromkeys(imports):
        provider = PROVIDERS.get(imported)
        if _provided(imported, names):
            continue
        if provider:
            required.append(provider)
        else:
            unknown.append(imported)
    return Undeclared(tuple(dict.fromkeys(required)), tuple(unknown))


def _provided(imported: str, declared: set[str]) -> bool:
    plain = canonicalize_name(imported)
    known = {plain, PROVIDERS.get(imported, plain), *_ALSO.get(imported, ())}
    if known & declared:
        return True
    if imported in PROVIDERS:
        return False
    alike = {f"py{plain}", f"python-{plain}", f"{plain}-python"}
    return bool(alike & declared) or any(
        plain in name.split("-") or name.startswith(f"{plain}-") for name in declared
    )


def _name(requirement: str) -> str:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return ""
