"""Two functions as tokens in, whether they differ in nothing but what their own variables and labels are called out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from memmodel.analyses.review.definitions import Part, Words
from memmodel.records import dataclass

_NAME = re.compile(r"[A-Za-z_]\w*")
_NO_TYPE = frozenset(
    ("return", "goto", "sizeof", "else", "do", "case", "typeof", "__typeof__", "if", "while", "for", "switch", "break")
)


@dataclass(frozen=True)
class Elsewhere:
    """What the patch calls otherwise outside the function at hand: functions, and fields of structures."""

    functions: Mapping[str, str]
    fields: Mapping[str, str]


def renaming(before: Part, after: Part, elsewhere: Elsewhere, fixed: Callable[[str], bool]) -> bool:
    """Whether `after` is `before` with names replaced one for one: those of its parameters, variables and labels, its
    own, and those that the patch replaces elsewhere. `fixed`: whether a name means something everywhere, so that
    nothing is renamed to or from it."""
    names = renamed(before.words, after.words)
    if names is None:
        return False
    own, other = declared(before.words), declared(after.words)
    taken = before.code.defined | after.code.defined
    for old, new in names.items():
        if old == new or elsewhere.functions.get(old) == new or (old, new) == (before.name, after.name):
            continue
        if old in taken or new in taken or fixed(old) or fixed(new):
            return False
        member = old in before.fields or new in after.fields
        if member and elsewhere.fields.get(old) != new:
            return False
        if (old not in own or new not in other) and not (member and _only_member(before.words, old)):
            return False
    return True


def renamed_fields(before: Part, after: Part) -> dict[str, str]:
    """What the fields of a structure are called now, if nothing else in it is different."""
    names = renamed(before.words, after.words) or {}
    changed = {old: new for old, new in names.items() if old != new}
    ends = (";", ",", "[", ":", ")")
    for words, wanted in ((before.words, changed.keys()), (after.words, set(changed.values()))):
        for at, word in enumerate(words):
            if word in wanted and (words[at - 1] == ":" or words[at + 1 : at + 2] not in [(end,) for end in ends]):
                return {}
    return changed


def _only_member(words: Words, name: str) -> bool:
    """Whether a name stands behind a dot or an arrow wherever it stands."""
    return all(words[at - 1] in (".", "->") for at, word in enumerate(words) if word == name)


def renamed(before: Words, after: Words) -> dict[str, str] | None:
    """What each identifier of `before` is called in `after`, if the two are the same but for that, one for one."""
    if len(before) != len(after):
        return None
    names: dict[str, str] = {}
    back: dict[str, str] = {}
    for old, new in zip(before, after, strict=True):
        if bool(_NAME.fullmatch(old)) != bool(_NAME.fullmatch(new)):
            return None
        if not _NAME.fullmatch(old):
            if old != new:
                return None
        elif names.setdefault(old, new) != new or back.setdefault(new, old) != old:
            return None
    return names


def declared(words: Words) -> frozenset[str]:
    """The parameters, the variables and the labels of a function. Some may be missed; no other name is among them."""
    found: set[str] = set()
    head = next((i for i, word in enumerate(words) if word == "{"), len(words))
    found |= _parameters(words[:head])
    for at in range(head, len(words)):
        begins = words[at] in ("{", "}", ";") or words[at - 1 : at + 1] == ("for", "(")
        if begins:
            found |= _variables(words, at + 1)
            if _is_name(words, at + 1) and words[at + 2 : at + 3] == (":",) and words[at + 1] != "default":
                found.add(words[at + 1])
    return frozenset(found)


def _is_name(words: Words, at: int) -> bool:
    return at < len(words) and _NAME.fullmatch(words[at]) is not None


def _parameters(head: Words) -> set[str]:
    """Of `int f(struct s *a, int b[], void (*c)(int))`: a and b."""
    depth, found = 0, set()
    for at, word in enumerate(head):
        depth += {"(": 1, ")": -1}.get(word, 0)
        inside = (depth == 1 and word in (",", "[")) or (depth == 0 and word == ")")
        if inside and _is_name(head, at - 1) and (_is_name(head, at - 2) or head[at - 2] == "*"):
            found.add(head[at - 1])
    return found


def _variables(words: Words, at: int) -> set[str]:
    """The names that a declaration at `at` declares; none if there is no declaration."""
    found: set[str] = set()
    start = at
    while _is_name(words, at) and words[at] not in _NO_TYPE:
        at += 1
    stars = at
    while at < len(words) and words[at] == "*":
        at += 1
    if at > stars:
        if at == start or not _is_name(words, at):
            return found
        at += 1
    elif at - start < 2:
        return found
    while at < len(words) and words[at] in ("=", ";", ",", "["):
        found.add(words[at - 1])
        at = _next_declarator(words, at)
        while at < len(words) and words[at] == "*":
            at += 1
        if not _is_name(words, at):
            break
        at += 1
    return found


def _next_declarator(words: Words, at: int) -> int:
    """Behind the comma that ends the declarator at `at`; at the end of the declaration where none follows."""
    depth = 0
    while at < len(words):
        word = words[at]
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(word, 0)
        if depth < 0 or (depth == 0 and word == ";"):
            return len(words)
        if depth == 0 and word == ",":
            return at + 1
        at += 1
    return at
