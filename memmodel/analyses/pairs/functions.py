"""A C file in, the functions of it that are worth being threads of a pairing table out.

A static function of a C file that others of the file call is looked at within those: it alone knows neither what its
callers hold nor what they do before and after. A function in which nothing orders or marks an access has no say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from memmodel.frontends.c.text.tokens import clean
from memmodel.records import dataclass
from memmodel.source import SourceFile, Span

_WORD = re.compile(r"\b[A-Za-z_]\w*")
FIELD = re.compile(r"(?:->|\.)\s*([A-Za-z_]\w*)")
_VARIABLE = re.compile(r"\b([A-Za-z_]\w*)\s*(?:\[[^\]]*\]\s*)*(?=[=;,])")
"""A name that is declared: what follows it in C."""
_BODY = re.compile(r"\{[^{}]*\}")
_TYPE = re.compile(r"\b(?:struct|union|enum)\s+\w+\s*;")
_STATIC = re.compile(r"\s*(?:\w+\s+)*?static\b")


@dataclass(frozen=True, eq=False)
class Unit:
    """A function with those of the file that it calls, through others too. `fields`: the names of the members that
    they access, and of the file's variables; `orders`: whether a primitive of the model is among what they call."""

    name: str
    span: Span
    calls: frozenset[str]
    fields: frozenset[str]
    orders: bool
    static: bool
    wraps: bool = False
    """It orders nothing itself: it takes a lock at most, and calls others of the file that do."""


class Functions:
    """The functions of a file. `written`: their names and places; `primitive`: whether a name is one of the model's."""

    def __init__(
        self, file: SourceFile, written: tuple[tuple[str, Span], ...], primitive: Callable[[str], bool]
    ) -> None:
        self._written = written
        self._primitive = primitive
        self._text = clean(file)
        self._header = file.name.endswith(".h")
        self.file = file

    @cached_property
    def units(self) -> dict[str, Unit]:
        """All functions by name; of several definitions of a name the first."""
        spans: dict[str, Span] = {}
        for name, span in self._written:
            spans.setdefault(name, span)
        texts = {name: self._text[span.start : span.end] for name, span in spans.items()}
        direct = {name: frozenset(_WORD.findall(text)) - {name} for name, text in texts.items()}
        variables = self._variables(spans.values())
        fields = {name: frozenset(FIELD.findall(text)) | direct[name] & variables for name, text in texts.items()}
        return {name: self._unit(name, span, direct, fields) for name, span in spans.items()}

    def _variables(self, functions: Iterable[Span]) -> frozenset[str]:
        """The names that the file declares outside of functions and of types."""
        pieces, end = [], 0
        for span in sorted(functions, key=lambda span: span.start):
            pieces.append(self._text[end : span.start])
            end = max(end, span.end)
        text = " ".join([*pieces, self._text[end:]])
        while (inside := _BODY.sub(" ", text)) != text:
            text = inside
        return frozenset(_VARIABLE.findall(_TYPE.sub(" ", text)))

    def _unit(
        self, name: str, span: Span, direct: Mapping[str, frozenset[str]], own_fields: Mapping[str, frozenset[str]]
    ) -> Unit:
        reached, waiting = {name}, [name]
        words: set[str] = set()
        fields: set[str] = set()
        while waiting:
            here = waiting.pop()
            words |= direct[here]
            fields |= own_fields[here]
            for other in direct[here] & direct.keys() - reached:
                reached.add(other)
                waiting.append(other)
        static = _STATIC.match(self._text, span.start, span.end) is not None
        orders = any(self._primitive(word) for word in words)
        own = {word for word in direct[name] if "lock" not in word}
        wraps = len(reached) > 1 and not any(self._primitive(word) for word in own - direct.keys())
        return Unit(name, span, frozenset(reached - {name}), frozenset(fields), orders, static, wraps)

    @cached_property
    def _called(self) -> dict[str, list[str]]:
        """By whom of the file a function is called."""
        found: dict[str, list[str]] = {}
        for unit in self.units.values():
            for other in unit.calls:
                found.setdefault(other, []).append(unit.name)
        return found

    def stands_for(self, name: str) -> tuple[str, ...]:
        """The functions in which a function is looked at: itself, or those that call it and that nobody calls."""
        unit = self.units.get(name)
        if unit is None:
            return ()
        if self._header or not unit.static or name not in self._called:
            return (name,)
        callers = [self.units[other] for other in self._called[name]]
        outer = [other.name for other in callers if not (other.static and other.name in self._called)]
        return tuple(outer) or (name,)

    @cached_property
    def threads(self) -> tuple[str, ...]:
        """The functions for a table, in the order of the file."""
        wanted = {outer for name, unit in self.units.items() if unit.orders for outer in self.stands_for(name)}
        return tuple(name for name in self.units if name in wanted)

    def partners(self, name: str) -> tuple[str, ...]:
        """The functions of the table that have fields in common with one of them, that itself among them."""
        mine = self.units[name].fields
        common = {other: len(mine & self.units[other].fields) for other in self.threads}
        others = sorted((o for o in self.threads if o != name and common[o] > 0), key=lambda o: -common[o])
        return (*([name] if name in self.threads else []), *others)
