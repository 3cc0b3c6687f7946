"""Regular expressions that Monty, whose engine is another, matches as CPython does: found by running both."""

from __future__ import annotations

import ast
import re

_FUNCTIONS = {"findall": 2, "search": 2, "match": 2, "fullmatch": 2, "finditer": 2, "split": 2, "sub": 3}
# No "$", which Monty takes for the very end; no "?" or "^" after "(" or "[" but the common groups; nothing nested.
_SIMPLE = re.compile(
    r"""(?x)
    (?: [ \w\ ,;:=@#%!'"<>/~_-]        # themselves
      | \\ [dDsSwW.\-+*?()$\[\]/,@|]      # a class of characters, or itself
      | \.
      | \[ \^? (?: [\w\ ,;:=@#%!'"</_.+*?()$-] (?!--) | \\[dswDSW.\-\]\[] )+ \]
      | \( (?: \?: | \?P<[a-z_]\w*> )?
      | \) | \|
      | (?<![(|+*?}]) (?: [+*?] | \{\d{1,2}(?:,\d{0,2})?\} ) \??
      | \\b
    )+
    """,
    re.ASCII,
)
_TEMPLATE = re.compile(r"(?:[^\\$]|\\[1-9](?!\d))*")
_GROUP = re.compile(r"\\(\d)")
_REPEATED = re.compile(r"\)(?:[*+?]|\{[\d,]*\})\??")
_OPTIONAL = re.compile(r"[*{]|(?<!\()\?|\|\)|\(\||:\||>\||\|\||\\b")
_LONGEST = 200
_TEXT = re.compile(r"[\t\n -~]*")


def plain(text: str) -> bool:
    """Whether text is what classes of characters mean the same for in both."""
    return _TEXT.fullmatch(text) is not None


def is_plain_call(node: ast.Call) -> bool:
    """Whether this calls a function of `re` with a simple pattern that is written there, and matches no empty text."""
    function = node.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    if function.value.id != "re" or node.keywords or len(node.args) != _FUNCTIONS.get(function.attr):
        return False
    groups = _groups(_text(node.args[0]))
    if groups is None or function.attr != "sub":
        return groups is not None
    template = _text(node.args[1])
    return bool(_TEMPLATE.fullmatch(template)) and all(
        int(group) <= groups for group in _GROUP.findall(template)
    )


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "$"


def _groups(pattern: str) -> int | None:
    """How many groups a simple pattern has; None for others."""
    if len(pattern) > _LONGEST or not _SIMPLE.fullmatch(pattern):
        return None
    once = _REPEATED.sub(")", pattern)
    if once != pattern and _OPTIONAL.search(once):  # what repeated empty matches leave in groups differs
        return None
    try:
        compiled = re.compile(pattern)
        empty = re.compile(pattern.replace(r"\b", "")).match("")
    except (re.error, OverflowError):
        return None
    return compiled.groups if empty is None else None
