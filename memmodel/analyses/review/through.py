"""What a patch changes besides functions in, the functions that mean something else because they use it out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from memmodel.analyses.review.definitions import Part
from memmodel.analyses.review.renaming import renamed_fields
from memmodel.frontends.c.alone.beginnings import Kind
from memmodel.records import dataclass, field


@dataclass(frozen=True, eq=False)
class Altered:
    """Names that mean something else after a patch, each with what people call it: "#define slots". `names`: of
    macros, types, variables, constants and inline functions; `members`: of fields of structures."""

    names: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.names or self.members)

    def use(self, part: Part) -> str:
        """What a definition uses of it; "" for nothing. Its own name is no use."""
        for name in sorted(part.names & self.names.keys()):
            if name != part.name.rpartition(" ")[2]:
                return self.names[name]
        member = min(part.fields & self.members.keys(), default="")
        return self.members.get(member, "")

    def spread(self, parts: Iterable[Part]) -> None:
        """Add the macros, types and inline functions that use it, and those that use these."""
        waiting = [part for part in parts if part.kind is not Kind.VARIABLE and part.kind is not Kind.ENUMERATOR]
        while True:
            found = [(part, use) for part in waiting if part.name not in self.names and (use := self.use(part))]
            if not found:
                return
            for part, use in found:
                self.names.setdefault(part.name.rpartition(" ")[2], use)
            waiting = [part for part in waiting if all(part is not other for other, _ in found)]

    def merge(self, other: Altered) -> None:
        """Add another's names."""
        for name, label in other.names.items():
            self.names.setdefault(name, label)
        for name, label in other.members.items():
            self.members.setdefault(name, label)


def altered(before: Iterable[Part], after: Iterable[Part]) -> Altered:
    """What differs between two lists of definitions that are no functions."""
    found = Altered()
    old, new = _by_name(before), _by_name(after)
    for key in dict.fromkeys((*old, *new)):
        kind, name = key
        was, now = old.get(key, []), new.get(key, [])
        if Counter(map(_essence, was)) == Counter(map(_essence, now)):
            continue
        if kind is Kind.TAG and not name.startswith("enum "):
            _members(name, was, now, found)
        elif kind is not Kind.TAG:
            found.names.setdefault(name, _called(kind, name))
    return found


def _by_name(parts: Iterable[Part]) -> dict[tuple[Kind, str], list[Part]]:
    found: dict[tuple[Kind, str], list[Part]] = {}
    for part in parts:
        found.setdefault((part.kind, part.name), []).append(part)
    return found


def _essence(part: Part) -> tuple[object, ...]:
    """What a definition is compared by. Of an enumerator: what stands up to it, as its value hangs on that."""
    if part.kind is not Kind.ENUMERATOR:
        return part.words, part.conditions
    words = part.words
    at = words.index(part.name) if part.name in words else len(words) - 1
    end = next((i for i in range(at, len(words)) if words[i] in (",", "}")), len(words))
    return words[words.index("{") if "{" in words else 0 : end], part.conditions


def _called(kind: Kind, name: str) -> str:
    return {Kind.MACRO: f"#define {name}", Kind.TYPEDEF: f"typedef {name}"}.get(kind, name)


def _members(tag: str, was: list[Part], now: list[Part], found: Altered) -> None:
    """Which fields of a structure have another type, or are new or gone. One that only has another name is neither."""
    if len(was) == len(now) == 1 and renamed_fields(was[0], now[0]):
        return
    old, new = (Counter(pair for part in parts for pair in _fields(part)) for parts in (was, now))
    for name, _ in ((old - new) + (new - old)).elements():
        found.members.setdefault(name, f"{tag}, field {name}")


_FIELD_NAME = re.compile(r"[A-Za-z_]\w*")


def _fields(part: Part) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The fields that a structure declares, at any depth, each with the words of its declaration."""
    words = part.words
    opening = words.index("{") if "{" in words else len(words)
    declaration: list[str] = []
    for word in words[opening + 1 :]:
        if word in ("{", "}"):
            declaration = [] if word == "{" else ["}"]
        elif word != ";":
            declaration.append(word)
        else:
            yield from _declared(declaration, part)
            declaration = []


def _declared(declaration: list[str], part: Part) -> Iterator[tuple[str, tuple[str, ...]]]:
    depth, last, found = 0, "", []
    for word in declaration:
        if word in (",", ":", "[", "(") and depth == 0 and last:
            found.append(last)
            last = ""
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(word, 0)
        if _FIELD_NAME.fullmatch(word) and (depth == 0 or (depth == 1 and "(" in declaration and not found)):
            last = word
    if last:
        found.append(last)
    for name in found:
        yield name, (*declaration, *part.conditions)
