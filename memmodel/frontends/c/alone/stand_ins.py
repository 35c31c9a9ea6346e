"""The prototype of a function that nobody defines in, C out that stands in for it: any result, no effect.

That is an assumption, so whoever uses it says which functions were taken so.
"""

from __future__ import annotations

import re
from collections.abc import Callable

AREA = 512
"""Bytes behind a pointer to void that such a function returns."""

ANY_INTEGER = "choose(0, 1, -1)"
_ANY_TRUTH = "choose(0, 1)"
_UNSIGNED = re.compile(r"\b(?:unsigned|bool|_Bool|u8|u16|u32|u64|size_t|__u\w+|gfp_t|ulong|uint)\b")
_ATTRIBUTE = re.compile(
    r"\b(?:extern|static|inline|__always_inline|const|asmlinkage|notrace|noinline|__\w+)\b(?:\s*\(\s*\w[^()]*\))?"
)
_TYPES = frozenset(
    ("__u8", "__u16", "__u32", "__u64", "__s8", "__s16", "__s32", "__s64", "__le32", "__be32", "__poll_t")
)


def stand_in(name: str, prototype: str | None, complete: Callable[[str], bool]) -> str:
    """A definition of the function `name` that returns any value of the type that its prototype says, a long where
    there is none; a pointer is NULL or to an object of its own. `complete`: whether a structure is defined anywhere."""
    result = _result(name, prototype) if prototype is not None else "long"
    if result == "void":
        return f"void {name}(...) {{ }}\n"
    object_ = f"__alone_{name}"
    if result.endswith("*"):
        return _pointing(name, result, object_, complete)
    if result.startswith(("struct ", "union ")):
        return f"{result} {object_};\n{result} {name}(...) {{ return {object_}; }}\n"
    any_ = _ANY_TRUTH if _UNSIGNED.search(result) else ANY_INTEGER
    return f"{result} {name}(...) {{ return {any_}; }}\n"


def _pointing(name: str, result: str, object_: str, complete: Callable[[str], bool]) -> str:
    target = result.removesuffix("*").strip()
    bytes_ = target in ("void", "char", "unsigned char", "u8", "__u8")
    if bytes_ or (target.startswith(("struct ", "union ")) and not complete(target)):
        declared, start = f"char {object_}[{AREA}]", f"({result}){object_}"
    else:
        declared, start = f"{target} {object_}", f"&{object_}"
    return f"{declared};\n{result} {name}(...) {{ return {_ANY_TRUTH} ? {start} : ({result})0; }}\n"


def _result(name: str, prototype: str) -> str:
    """The type in front of the function's name."""
    match = re.search(rf"^(.*?)\b{re.escape(name)}\s*\(", prototype, re.DOTALL)
    if match is None:
        return "long"
    found = _ATTRIBUTE.sub(lambda m: m[0] if m[0] in _TYPES else " ", match[1])
    words = " ".join(found.replace("*", " * ").split())
    return re.sub(r"\s*\*\s*", "*", words).replace("*", " *", 1).strip() if "*" in words else words or "int"
