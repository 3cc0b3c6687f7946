"""What a program may use and still be a mere calculation: then other numbers can't make it do other things.

These are lists of what is allowed, never of what is forbidden, because there is no end to the ways in which a number becomes
a name or code. None of what is here runs text as code, looks up a name given as text, opens what a number names, starts
processes or reaches a network, whatever it is called with.
"""

from __future__ import annotations

import builtins
import cmath
import itertools
import math
import random
import statistics


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EXCEPTIONS = {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}

NODES = _names(
    "AnnAssign Assert Assign AsyncFor AsyncFunctionDef AsyncWith Attribute AugAssign Await BinOp BoolOp Break Call ClassDef "
    "Compare Constant Continue Delete Dict DictComp ExceptHandler Expr For FormattedValue FunctionDef GeneratorExp Global If "
    "IfExp Import ImportFrom JoinedStr Lambda List ListComp Module Name NamedExpr Nonlocal Pass Raise Return Set SetComp Slice "
    "Starred Subscript Try Tuple UnaryOp While With Yield YieldFrom alias arg arguments comprehension keyword withitem"
)
"""Syntax, as `ast` names it; not `match`, which reads attributes that it doesn't show."""

BUILTINS = (
    _names(
        "abs all any ascii bin bool callable classmethod complex dict divmod enumerate filter float format frozenset hash hex id "
        "int isinstance issubclass iter len list map max min next object oct ord pow print property range repr reversed round "
        "set slice sorted staticmethod str sum super tuple zip Ellipsis NotImplemented __name__"
    )
    | _EXCEPTIONS
)
"""Built-in names; not `open`, which has a rule of its own, nor `chr` and `bytes`, which make text of numbers."""


def _public(module: object) -> str:
    return " ".join(name for name in dir(module) if not name.startswith("_"))


_NUMPY = (
    "abs absolute add all allclose amax amin any append arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax "
    "argmin argpartition argsort argwhere around array array_equal array_split asarray atleast_1d atleast_2d average "
    "bincount block bool_ broadcast_to cbrt ceil clip column_stack concatenate convolve copy corrcoef cos cosh count_nonzero "
    "cov cross cumprod cumsum deg2rad degrees delete diag diagonal diff digitize divide dot dsplit dstack e ediff1d einsum "
    "empty empty_like equal exp exp2 expand_dims expm1 eye fill_diagonal flatnonzero flip float32 float64 floor floor_divide "
    "fmax fmin fmod full full_like gcd geomspace gradient greater greater_equal heaviside histogram hsplit hstack hypot "
    "identity imag in1d indices inf inner insert int16 int32 int64 int8 interp intersect1d isclose isfinite isin isinf isnan "
    "kron lcm less less_equal lexsort linspace log log10 log1p log2 logaddexp logical_and logical_not logical_or logical_xor "
    "logspace matmul max maximum mean median meshgrid min minimum mod moveaxis multiply nan nan_to_num nanmax nanmean nanmedian "
    "nanmin nanstd nansum nanvar ndim negative newaxis nonzero not_equal ones ones_like outer pad partition percentile pi "
    "polyfit polyval power prod ptp quantile rad2deg radians ravel real reciprocal remainder repeat reshape resize roll "
    "rot90 round row_stack searchsorted select setdiff1d shape sign sin sinc sinh size sort split sqrt square squeeze stack "
    "std subtract sum swapaxes take tan tanh tensordot tile trace transpose trapezoid tri tril triu true_divide trunc uint16 "
    "uint32 uint64 uint8 union1d unique var vdot vsplit vstack where zeros zeros_like"
)
_NUMPY_RANDOM = (
    "Generator RandomState SeedSequence beta binomial choice default_rng exponential gamma integers normal permutation poisson "
    "rand randint randn random random_sample seed shuffle standard_normal uniform"
)
_ABSTRACT = "Callable Collection Generator Iterable Iterator Mapping MutableMapping Sequence"

_MODULES = {
    "__future__": "annotations",
    "asyncio": "sleep",
    "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
    "cmath": _public(cmath),
    "collections": "Counter OrderedDict defaultdict deque",
    "collections.abc": _ABSTRACT,
    "csv": "DictReader reader",
    "dataclasses": "asdict astuple dataclass field",
    "datetime": "date datetime timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "functools": "cache cmp_to_key lru_cache partial reduce total_ordering wraps",
    "hashlib": "blake2b md5 sha1 sha256 sha512",
    "heapq": "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
    "itertools": _public(itertools),
    "json": "dumps loads",
    "math": _public(math),
    "numpy": _NUMPY,
    "numpy.fft": "fft fftfreq ifft irfft rfft rfftfreq",
    "numpy.linalg": "LinAlgError cholesky det eig eigh eigvals eigvalsh inv lstsq matrix_rank norm pinv qr slogdet solve svd",
    "numpy.random": _NUMPY_RANDOM,
    "operator": "add and_ eq floordiv ge gt itemgetter le lt mod mul ne neg or_ pow sub truediv xor",
    "os": "cpu_count getpid",
    "pandas": "DataFrame Series concat",
    "platform": "node python_version",
    "random": " ".join(random.__all__),
    "ray": "available_resources cancel cluster_resources get init is_initialized kill nodes put remote shutdown wait",
    "ray.util": "ActorPool",
    "ray.util.actor_pool": "ActorPool",
    "re": "compile escape findall finditer fullmatch match search split sub",
    "socket": "gethostname",
    "statistics": " ".join(statistics.__all__),
    "string": "ascii_letters ascii_lowercase ascii_uppercase digits punctuation",
    "sys": "exit getsizeof maxsize stderr",
    "time": "monotonic monotonic_ns perf_counter perf_counter_ns process_time sleep time time_ns",
    "typing": f"Any Dict Final List Optional Set Tuple TypeVar Union {_ABSTRACT}",
}

MODULES = {module: _names(names) for module, names in _MODULES.items()}
"""What may be used of which module; a module itself is no value that a program may hand around."""

ATTRIBUTES = _names(
    # containers and text
    "add append appendleft capitalize casefold center clear close copy count difference difference_update discard elements "
    "encode endswith extend extendleft find fromkeys get index insert intersection isalnum isalpha isdigit isdisjoint isspace "
    "issubset issuperset items join keys ljust lower lstrip maxlen most_common partition pop popitem popleft read readline "
    "readlines remove removeprefix removesuffix replace reverse rfind rjust rotate rpartition rsplit rstrip setdefault sort "
    "split splitlines startswith strip subtract swapcase symmetric_difference title total union update upper values zfill "
    # numbers, arrays, distributions and generators of random numbers
    "T all any argmax argmin argsort as_integer_ratio astype betavariate binomial bit_length cdf choice choices clip conj "
    "conjugate cumprod cumsum denominator diagonal dot dtype exponential expovariate fill flat flatten gauss getrandbits "
    "imag integers inv_cdf is_integer item itemsize lognormvariate max mean min nbytes ndim nonzero normal normalvariate "
    "numerator pdf permutation poisson prod ptp randint random randrange ravel real repeat reshape round sample searchsorted "
    "shape shuffle size spawn squeeze standard_normal std stdev sum swapaxes take tolist trace transpose triangular uniform "
    "var variance "
    # tables and matches
    "assign columns drop dropna fillna findall finditer fullmatch group groupby groups head idxmax idxmin iloc isna loc match nlargest nsmallest nunique rename reset_index search "
    "set_index sort_values sub tail value_counts "
    # time
    "date day days hour isoformat microseconds minute month now second seconds strftime today total_seconds utc year "
    # Ray, functions, exceptions and hashes
    "args cache_clear cache_info cancel from_iterable get_next get_next_unordered has_free has_next hex hexdigest map map_unordered "
    "push remote setter submit"
)
"""Attributes that a program may use of anything; besides those that its own classes have."""

NEVER = _names(
    "agg aggregate apply bind bit_generator boxplot byteswap cffi ctypes data_ptr decode dump dumps eval format_map from_bytes "
    "from_ray_exception frombytes fromhex getfield get_loop hist mro newbyteorder options pipe plot query setfield setflags strides style tobytes tofile "
    "translate maketrans transform view with_traceback worker"
)
"""Attributes that take a press even if a class of the program has one of that name: anything else might have it, too."""

PREFIXES = ("_", "ag_", "co_", "cr_", "f_", "gi_", "read_", "tb_", "to_")
"""The same by their first characters: they lead from a generator, a coroutine or a traceback to all names, or to files."""

METHODS = frozenset(
    f"__{name}__"
    for name in _names(
        "add and bool call contains enter eq exit ge getitem gt hash init iter le len lt mul ne neg next or post_init radd "
        "repr rmul setitem str sub truediv"
    )
)
"""Special methods that a class may define."""

RESOURCES = _names("bundles memory num_cpus num_gpus object_store_memory resources scheduling_strategy")
"""Arguments whose numbers are resources, in whatever call they stand."""

ASKING = frozenset({"ray.init", "ray.remote"})
"""What takes resources in its arguments, as the `options` of a task or an actor do."""

PRINTING = _names("columns decimals float_format header index justify max_rows na_rep")
"""What the `to_string` of a table may be given; it can write a file as well."""
