"""Readers of output formats, written from what those who made the formats say of them, not from our writers."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COMMAND = re.compile(r"::(?P<name>[a-z-]+)(?: (?P<properties>.*?))?::(?P<data>.*)")


@dataclass(frozen=True)
class Command:
    """A workflow command of GitHub Actions, with what its escapes stand for."""

    name: str
    properties: dict[str, str]
    message: str


def workflow_command(line: str) -> Command:
    """`::name key=value,key=value::message`. In a message %25, %0D and %0A are escapes, in a value %3A and %2C too. The
    first `::` after the name ends the properties."""
    match = _COMMAND.fullmatch(line)
    assert match, f"no workflow command: {line!r}"
    properties = {}
    for part in (match["properties"] or "").split(","):
        key, equals, value = part.partition("=")
        assert equals, f"no property: {part!r}"
        properties[key] = _decoded(value, "%3A", ":", "%2C", ",")
    return Command(match["name"], properties, _decoded(match["data"]))


def _decoded(text: str, *more: str) -> str:
    table = ("%0D", "\r", "%0A", "\n", *more, "%25", "%")  # the per cent sign last
    for escape, character in zip(table[::2], table[1::2], strict=True):
        text = text.replace(escape, character)
    return text


@dataclass(frozen=True)
class Complaint:
    """What checkpatch.pl says of a line of a file."""

    level: str
    kind: str
    message: str
    file: str | None
    line: int | None
    text: str | None


@dataclass(frozen=True)
class Checkpatch:
    complaints: tuple[Complaint, ...]
    errors: int
    warnings: int
    lines: int


_HEAD = re.compile(r"(ERROR|WARNING|CHECK):([A-Z0-9_]+): (.*)")
_PLACE = re.compile(r"#(\d+): FILE: (.*):(\d+):")
_TOTAL = re.compile(r"total: (\d+) errors, (\d+) warnings, (\d+) lines checked")


def checkpatch(text: str) -> Checkpatch:
    """Blocks that blank lines end: a head, a place and the line with a plus; then the total."""
    *blocks, total = text.removesuffix("\n").split("\n\n") if "\n\n" in text else [text.removesuffix("\n")]
    counted = _TOTAL.fullmatch(total)
    assert counted, f"no total: {total!r}"
    return Checkpatch(tuple(map(_complaint, blocks)), *(int(number) for number in counted.groups()))


def _complaint(block: str) -> Complaint:
    head, *rest = block.split("\n")
    match = _HEAD.fullmatch(head)
    assert match, f"no head: {head!r}"
    if not rest:
        return Complaint(*match.groups(), None, None, None)
    where, line = rest
    place = _PLACE.fullmatch(where)
    assert place and line.startswith("+") and place[1] == place[3], f"no place: {where!r}"
    return Complaint(*match.groups(), place[2], int(place[1]), line[1:])
