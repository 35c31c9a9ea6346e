"""C's numbers, characters and strings as written in, their values out."""

from __future__ import annotations

import re

from memmodel.errors import SyntaxError, Unsupported
from memmodel.source import Span
from memmodel.syntax import tree

_INTEGER = re.compile(r"(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)([uUlL]*)")
_SUFFIXES = frozenset(("", "u", "l", "ul", "lu", "ll", "ull", "llu"))
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]+|[0-7]{1,3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_SIMPLE = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27, "0": 0}


def number(text: str, span: Span) -> tree.Number:
    """An integer in any base. C tries unsigned int before long for one that is not decimal: it gets a `u` then, as
    the syntax tree has no digits.

    Raises:
        Unsupported: it is a floating-point number.
        SyntaxError: it is no number.
    """
    match = _INTEGER.fullmatch(text)
    if match is None or match.group(2).lower() not in _SUFFIXES:
        if re.fullmatch(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?[fFlL]?", text):
            raise Unsupported(f"the floating-point number {text}", span, "only integers are computed with")
        raise SyntaxError(f"'{text}' is no number", span, "expected a number such as 12, 0x1f or 10UL")
    digits, suffix = match.group(1), match.group(2).lower().replace("ll", "l").replace("lu", "ul")
    prefix = digits[:2].lower()
    if prefix in ("0x", "0b"):
        value = int(digits[2:], 16 if prefix == "0x" else 2)
    elif digits[0] == "0":
        value = int(digits, 8)
    else:
        return tree.Number(_bounded(digits, span), suffix, span)
    if value >= 1 << 64:
        raise _too_large(span)
    return tree.Number(value, suffix or ("u" if 1 << 31 <= value < 1 << 32 else ""), span)


def _bounded(digits: str, span: Span) -> int:
    # The length first: Python refuses to read a decimal of thousands of digits.
    if len(digits) > 20 or int(digits) >= 1 << 64:
        raise _too_large(span)
    return int(digits)


def _too_large(span: Span) -> SyntaxError:
    return SyntaxError("this number is too large", span, "the widest integers here have 64 bits")


def character(text: str, span: Span) -> tree.Number:
    """`'a'`: an int. Raises Unsupported for one of several characters or a wide one."""
    inner = _unescaped(text[1:-1], span) if text[:1] == "'" else []
    if len(inner) != 1:
        raise Unsupported("this character", span, "expected one character in '…'")
    value = inner[0]
    return tree.Number(value - 256 if 128 <= value < 256 else value, "", span)


def string(parts: list[str], span: Span) -> tree.Text:
    """String literals next to each other, as one."""
    values = [value for part in parts for value in _unescaped(part[part.index('"') + 1 : -1], span)]
    return tree.Text("".join(chr(value) for value in values), span)


def _unescaped(text: str, span: Span) -> list[int]:
    found: list[int] = []
    at = 0
    while at < len(text):
        match = _ESCAPE.match(text, at)
        if match is None:
            found.append(ord(text[at]))
            at += 1
            continue
        found.append(_escape(match.group(1), span))
        at = match.end()
    return found


def _escape(text: str, span: Span) -> int:
    if text[0] in "01234567":
        return int(text, 8) & 255
    if text[0] in "xuU" and len(text) > 1:
        value = int(text[1:], 16)
        if value > 0x10FFFF:
            raise SyntaxError(f"'\\{text}' is no character", span, "it is too large")
        return value
    return _SIMPLE.get(text, ord(text))
