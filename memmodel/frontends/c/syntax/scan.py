"""Expanded C in, its words out, and the pieces at file scope that they make up: functions and other declarations."""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from memmodel.records import dataclass

_WORD = re.compile(
    r"(?P<blank>\s+|/\*.*?(?:\*/|\Z)|//[^\n]*)"
    r"|(?P<name>[A-Za-z_$][\w$]*)"
    r"|(?P<number>\.?[0-9](?:[eEpP][+-]|[\w.])*)"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<sign>\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|[<>=!]=|&&|\|\||[-+*/%&|^]=|.)",
    re.DOTALL | re.ASCII,
)

ATTRIBUTES = frozenset(("__attribute__", "__attribute"))
_NOT_FUNCTIONS = frozenset(("typeof", "__typeof__", "__typeof", "asm", "__asm__", "__asm", "_Alignas", "__declspec"))
_PARTNERS = {")": "(", "]": "[", "}": "{"}
_OPENING = frozenset(_PARTNERS.values())
_CLOSING = frozenset(_PARTNERS)


class Kind(Enum):
    NAME = "name"
    NUMBER = "number"
    STRING = "string"
    SIGN = "sign"


_KINDS = {kind.value: kind for kind in Kind}


class Word(NamedTuple):
    """A token of C and the offset of its first character."""

    text: str
    kind: Kind
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, eq=False, repr=False)
class Chunk:
    """One external declaration: a function's definition, whose name is `function`, or anything up to a semicolon."""

    words: tuple[Word, ...]
    function: str | None

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end

    @property
    def is_typedef(self) -> bool:
        return any(word.text == "typedef" for word in self.words[:2])


def words(text: str) -> list[Word]:
    """The tokens of a text without macros."""
    return [
        Word(match.group(), _KINDS[match.lastgroup], match.start())
        for match in _WORD.finditer(text)
        if match.lastgroup is not None and match.lastgroup != "blank"
    ]


def pairs(sequence: list[Word] | tuple[Word, ...]) -> dict[int, int]:
    """For the number of each bracket that has a partner, the partner's number."""
    found: dict[int, int] = {}
    open_ = _Brackets()
    for number, word in enumerate(sequence):
        if word.text in _OPENING:
            open_.push(word.text, number)
        elif word.text in _CLOSING:
            partner = open_.close(word.text)
            if partner is not None:
                found[partner], found[number] = number, partner
    return found


class _Brackets:
    """The brackets that are open. A brace closes those in it that are open still."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []

    def __len__(self) -> int:
        return len(self._open)

    def push(self, bracket: str, number: int) -> None:
        self._open.append((bracket, number))

    def close(self, bracket: str) -> int | None:
        """The number of the bracket that this one closes, None if there is none."""
        wanted = _PARTNERS[bracket]
        if bracket == "}" and any(found == wanted for found, _ in self._open):
            while self._open[-1][0] != wanted:
                self._open.pop()
        if self._open and self._open[-1][0] == wanted:
            return self._open.pop()[1]
        return None


def chunks(text: str) -> list[Chunk]:
    """The external declarations of a text, in order. Where brackets do not match, a closing brace at the start of a
    line ends one, so that a broken definition does not take the rest of the file with it."""
    all_words = words(text)
    found: list[Chunk] = []
    first = 0
    while first < len(all_words):
        last, function = _one(text, all_words, first)
        if last > first or all_words[first].text != ";":
            found.append(Chunk(tuple(all_words[first : last + 1]), function))
        first = last + 1
    return found


def _one(text: str, all_words: list[Word], first: int) -> tuple[int, str | None]:
    """The number of the last word of the declaration that starts at word `first`; its name if it is a function."""
    state = _Reader(text)
    for number in range(first, len(all_words)):
        if state.read(all_words[number], number):
            return number, state.function
    for number in range(first, len(all_words)):
        word = all_words[number]
        if word.text == "}" and (word.start == 0 or text[word.start - 1] == "\n"):
            return number, state.function
    return len(all_words) - 1, state.function


class _Reader:
    """Reads the words of one declaration until it is complete."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open_brackets = _Brackets()
        self._skipped = False
        """Whether what stands in parentheses is an attribute's."""
        self._before: Word | None = None
        self._group = False
        """Whether the last thing at file scope was a list in parentheses."""
        self._named: str | None = None
        self._assigned = False
        self.function: str | None = None

    def read(self, word: Word, number: int) -> bool:
        """Takes the next word; True if it is the last."""
        text = word.text
        if text in _OPENING:
            if not self._open_brackets:
                self._open(word)
            self._open_brackets.push(text, number)
            return False
        if text not in _CLOSING:
            return self._plain(word) if not self._open_brackets else False
        self._open_brackets.close(text)
        if self._open_brackets:
            return False
        self._group = (text == ")" and not self._skipped) or (self._skipped and self._group)
        self._skipped = False
        self._before = word if not self._group else self._before
        return text == "}" and self.function is not None

    def _open(self, word: Word) -> None:
        if word.text == "(":
            before = self._before
            self._skipped = before is not None and before.text in ATTRIBUTES
            if not self._skipped and before is not None and before.kind is Kind.NAME:
                self._named = None if before.text in _NOT_FUNCTIONS else before.text
        elif word.text == "{" and self._group and not self._assigned:
            self.function = self._named or ""

    def _plain(self, word: Word) -> bool:
        if word.text == ";":
            return True
        if word.text not in ATTRIBUTES:
            self._group = False
        if word.text == "=":
            self._assigned = True
        self._before = word
        return False


def declared_types(chunk: Chunk) -> list[str]:
    """The names that a typedef gives: in each declarator the one in `(*name)`, or else the last."""
    found: list[str] = []
    name: str | None = None
    inner: str | None = None
    depth = 0
    skip_at: int | None = None
    partners = pairs(chunk.words)
    number = 0
    while number < len(chunk.words):
        word = chunk.words[number]
        if word.text in ATTRIBUTES or word.text in _NOT_FUNCTIONS:
            skip_at = partners.get(number + 1)
            number = (skip_at if skip_at is not None else number) + 1
            continue
        if word.text == "{":
            number = partners.get(number, len(chunk.words)) + 1
            continue
        if word.text in "([":
            if depth == 0 and word.text == "(" and inner is None:
                inner = _pointer(chunk.words, number)
            depth += 1
        elif word.text in ")]":
            depth -= 1
        elif depth == 0 and word.text in ",;":
            if inner or name:
                found.append(inner or name or "")
            name = inner = None
        elif depth == 0 and word.kind is Kind.NAME:
            name = word.text
        number += 1
    return found


def _pointer(sequence: tuple[Word, ...], opening: int) -> str | None:
    """The name in `(*name`."""
    number = opening + 1
    if number >= len(sequence) or sequence[number].text != "*":
        return None
    for word in sequence[number:]:
        if word.kind is Kind.NAME and word.text not in ("const", "volatile", "restrict", "__restrict"):
            return word.text
        if word.text in ")],;":
            return None
    return None


def declared_values(chunk: Chunk) -> list[str]:
    """Names in a declaration that what follows them shows to be no types."""
    sequence = chunk.words
    return [
        one.text for one, after in pairwise(sequence) if one.kind is Kind.NAME and after.text in (";", ",", "=", "[")
    ]
