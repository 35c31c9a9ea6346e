"""The text of a C file in, where the definitions in it begin and end out, by their names: found, not parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from memmodel.records import dataclass


class Kind(Enum):
    """What a name is the name of. Tags are looked up with their keyword: 'struct sock', 'union x', 'enum y'."""

    TAG = "structure"
    TYPEDEF = "typedef"
    ENUMERATOR = "enumerator"
    MACRO = "macro"
    FUNCTION = "function"
    VARIABLE = "variable"
    PROTOTYPE = "function without its body"


@dataclass(frozen=True)
class Start:
    kind: Kind
    offset: int


BEGIN = re.compile(
    r"^[ \t]*\#[ \t]*define[ \t]+(?P<macro>\w+)"
    r"|^(?:(?:typedef|extern)[ \t]+)?(?P<word>struct|union|enum)\b(?P<tag>[^;{}()\n=]*(?:\n[^;{}()\n=]*)?)\{"
    r"|^(?P<typedef>typedef)\b"
    r"|^(?P<static>static|__always_inline|extern)\b"
    r"|^(?:DECLARE_PER_CPU\w*)\((?P<percpu>)"
    r"|^(?P<plain>[A-Za-z_]\w*[ \t*]+(?:[\w \t*]*?\n)?[\w \t*]*?\w+[ \t]*\()",
    re.MULTILINE,
)
_SKIPPED = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|^[ \t]*\#(?:[^\n\\]|\\.)*", re.DOTALL | re.M
)
_WORD = re.compile(r"\w+")
_ATTRIBUTE = re.compile(
    r"__attribute__|__(?:aligned|printf|scanf|acquires|releases|must_hold|cond_acquires|cond_releases|alloc_size"
    r"|realloc_size|malloc|section|nonnull|counted_by|diagnose_as|error|warning)$"
)


# ── where definitions begin ──────────────────────────────────────────────────────────────────────


def starts(text: str) -> Iterator[tuple[str, Start]]:
    """The names that a header defines, each with where its definition begins."""
    for match in BEGIN.finditer(text):
        at = match.start()
        if match["macro"] is not None:
            yield match["macro"], Start(Kind.MACRO, at)
        elif match["word"] is not None:
            tag = _WORD.search(match["tag"])
            if tag is not None:
                yield f"{match['word']} {tag[0]}", Start(Kind.TAG, at)
            if match["word"] == "enum":
                for name in _enumerators(text, match.end() - 1):
                    yield name, Start(Kind.ENUMERATOR, at)
            if text.startswith("typedef", at):
                yield from _typedef(text, at)
            elif text.startswith("extern", at):
                yield from _last_name(text, at)
        elif match["typedef"] is not None:
            yield from _typedef(text, at)
        elif match["static"] is not None or match["plain"] is not None:
            yield from _declared(text, at)
        else:
            yield from _last_name(text, at)


def _last_name(text: str, at: int) -> Iterator[tuple[str, Start]]:
    """A declaration whose name is its last word."""
    names = _WORD.findall(text[at : _semicolon(text, at)])
    if len(names) > 1:
        yield names[-1], Start(Kind.VARIABLE, at)


_TRAILING = (
    r"(?:__packed|_*cacheline\w*|__aligned\s*\((?:[^()]|\([^()]*\))*\)|__attribute__\s*\(\(.*?\)\)"
    r"|__bitwise|__randomize_layout)"
)


def _typedef(text: str, at: int) -> Iterator[tuple[str, Start]]:
    end = _semicolon(text, at)
    if end is None:
        return
    body = _SKIPPED.sub(" ", text[at:end])
    pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)", body) if "{" not in body else None
    plain = re.search(rf"(\w+)\s*(?:\[[^\]]*\]\s*|{_TRAILING}\s*)*;$|(\w+)\s*\([^(]*\)\s*;$", body)
    name = pointer[1] if pointer else (plain[1] or plain[2]) if plain else None
    if name is not None:
        yield name, Start(Kind.TYPEDEF, at)


def _enumerators(text: str, brace: int) -> list[str]:
    end = closing(text, brace)
    if end is None:
        return []
    body = _SKIPPED.sub(" ", text[brace + 1 : end - 1])
    return [match[1] for part in _split(body) if (match := re.match(r"\s*([A-Za-z_]\w*)", part))]


def _split(body: str) -> list[str]:
    """The pieces between the commas that stand in no parentheses."""
    depth, last, parts = 0, 0, []
    for match in re.finditer(r"[(),]", body):
        depth += {"(": 1, ")": -1, ",": 0}[match[0]]
        if match[0] == "," and depth == 0:
            parts.append(body[last : match.start()])
            last = match.end()
    return [*parts, body[last:]]


_DECLARED = re.compile(r"(\w+)\s*\(|[;{}=#\[]")


def _declared(text: str, at: int) -> Iterator[tuple[str, Start]]:
    """What `static`, `extern` or a type begins: a function, or a variable."""
    position = at
    name = ""
    while (match := _DECLARED.search(text, position)) is not None and match.start() - at < 2000:
        sign = match[0][0]
        if match[1] is not None:
            end = closing(text, match.end() - 1)
            if end is None:
                return
            if not _ATTRIBUTE.match(match[1]) and not name:
                name = match[1]
            position = end
            continue
        if sign == "{" and name:
            yield name, Start(Kind.FUNCTION, at)
        elif sign == ";" and name:
            yield name, Start(Kind.PROTOTYPE, at)
        elif sign in ";=[" and not name:
            words = _WORD.findall(text[at : match.start()])
            if len(words) > 2:
                yield words[-1], Start(Kind.VARIABLE, at)
        return


# ── where definitions end ────────────────────────────────────────────────────────────────────────


def end_of(text: str, start: Start) -> int | None:
    """The end of the definition that begins there."""
    at = start.offset
    if start.kind is Kind.MACRO:
        match = _MACRO.match(text, at)
        return match.end() if match else None
    if start.kind is Kind.FUNCTION:
        brace = _brace(text, at)
        return None if brace is None else closing(text, brace)
    return _semicolon(text, at)


_MACRO = re.compile(r"(?:/\*.*?\*/|//[^\n]*|[^\n\\]|\\[ \t]*\r?\n|\\.)*", re.DOTALL)
_SIGN = re.compile(_SKIPPED.pattern + r"|[(){}\[\];]", re.DOTALL | re.MULTILINE)


def _brace(text: str, at: int) -> int | None:
    """The first `{` outside parentheses from `at` on."""
    depth = 0
    for match in _SIGN.finditer(text, at):
        if match[0] in ("(", "["):
            depth += 1
        elif match[0] in (")", "]"):
            depth -= 1
        elif match[0] == "{" and depth == 0:
            return match.start()
        elif match[0] == ";" and depth == 0:
            return None
    return None


def closing(text: str, opening: int) -> int | None:
    """The offset behind the bracket that closes the one at `opening`."""
    depth = 0
    for match in _SIGN.finditer(text, opening):
        if match[0] in ("(", "{", "["):
            depth += 1
        elif match[0] in (")", "}", "]"):
            depth -= 1
            if depth == 0:
                return match.end()
    return None


def _semicolon(text: str, at: int) -> int | None:
    """The offset behind the first `;` outside all brackets."""
    depth = 0
    for match in _SIGN.finditer(text, at):
        if match[0] in ("(", "{", "["):
            depth += 1
        elif match[0] in (")", "}", "]"):
            depth -= 1
        elif match[0] == ";" and depth == 0:
            return match.end()
    return None
