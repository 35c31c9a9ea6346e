"""The text below the options of a page of help in, its sections out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent

from memmodel.records import dataclass

_TITLE = re.compile(r"^([a-z][a-z ]*):(?: (.*))?$")
_STATUS = re.compile(r"  (\d+)  (.*)")
_CONTINUED = re.compile(r"     +(.*)")


@dataclass(frozen=True)
class Status:
    """An exit status and what it says."""

    number: int
    meaning: str


@dataclass(frozen=True)
class Section:
    """A section: `examples`, `exit status` and the like, or running text with no title. `text` is running text,
    `laid_out` lines that stay as they are and follow it."""

    title: str
    text: str = ""
    laid_out: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()


@dataclass(frozen=True)
class Example:
    """A command that the help shows: what it is for, the words of the shell, and the exit status that it ends with."""

    about: str
    command: str
    status: int


def sections(epilog: str) -> list[Section]:
    """The sections in order. A title is a line in lower case that ends in a colon; what belongs to it is indented, or
    stands on the same line."""
    return [_section(paragraph.splitlines()) for paragraph in re.split(r"\n\s*\n", epilog.strip("\n")) if paragraph]


def _section(lines: list[str]) -> Section:
    title = _TITLE.match(lines[0])
    if title is None:
        running = [line for line in lines if not line.startswith("  ")]
        return Section("", " ".join(running), tuple(line for line in lines if line.startswith("  ")))
    if title[2]:
        return Section(title[1], " ".join([title[2], *lines[1:]]))
    statuses = list(_statuses(lines[1:]))
    if statuses:
        rest = [line for line in lines[1:] if not _STATUS.match(line) and not _CONTINUED.match(line)]
        return Section(title[1], " ".join(rest), statuses=tuple(statuses))
    return Section(title[1], laid_out=tuple(dedent("\n".join(lines[1:])).splitlines()))


def _statuses(lines: list[str]) -> Iterator[Status]:
    number, meaning = -1, ""
    for line in lines:
        if found := _STATUS.match(line):
            if number >= 0:
                yield Status(number, meaning)
            number, meaning = int(found[1]), found[2]
        elif number >= 0 and (more := _CONTINUED.match(line)):
            meaning += f" {more[1]}"
    if number >= 0:
        yield Status(number, meaning)


def examples(epilog: str) -> list[Example]:
    """The commands under `examples:`, each below a comment; `(status 1)` there says that it ends with another status
    than 0."""
    found: list[Example] = []
    about = ""
    for section in sections(epilog):
        for line in section.laid_out if section.title == "examples" else ():
            word = line.strip()
            if word.startswith("# "):
                about = word[2:]
                continue
            status = re.search(r"\(status (\d+)\)", about)
            found.append(Example(about, word, int(status[1]) if status else 0))
            about = ""
    return found
