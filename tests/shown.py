"""A page of the documentation in, the commands of memmodel that it shows and what they print by it out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LEFT_OUT = "[...]"
"""A line of a page that stands for any lines of output."""

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SHOWN = re.compile(r"^\$ memmodel (?P<words>.+)\n(?P<out>(?:(?!\$ ).*\n)*)(?:\$ echo \$\?\n(?P<status>\d)\n)?", re.M)


@dataclass(frozen=True)
class Shown:
    """A command on a page. `given`: the file that is its standard input; `status`: the exit status, if it is shown."""

    words: tuple[str, ...]
    given: str | None
    out: str
    status: int | None

    @property
    def title(self) -> str:
        return " ".join(self.words)


def shown(page: Path) -> list[Shown]:
    """The commands of a page, in its order."""
    return [_shown(match) for block in _BLOCK.findall(page.read_text()) for match in _SHOWN.finditer(block)]


def _shown(match: re.Match[str]) -> Shown:
    words = shlex.split(match["words"])
    given = None
    if "<" in words:
        words, given = words[: words.index("<")], words[-1]
    return Shown(tuple(words), given, match["out"], int(match["status"]) if match["status"] else None)


def without_times(text: str) -> str:
    """The text with every time that something took made the same."""
    return re.sub(r"\d+\.\d+ s\b", "… s", text)


def with_ends_left_out(printed: str, wanted: str) -> str:
    """What was printed, with the ends of those lines left out whose ends are left out on the page."""
    for line in wanted.splitlines():
        start, dots, rest = line.rpartition(f" {LEFT_OUT}")
        if dots and not rest and not start.endswith(">"):
            printed = re.sub(rf"^({re.escape(start)}) .*$", rf"\1 {LEFT_OUT}", printed, flags=re.MULTILINE)
    return printed


def missing(shown: str, printed: str) -> str:
    """The first lines that are shown and were not printed, in order and without a gap that is not shown; "" if all
    were. Times do not count."""
    text = without_times(printed)
    parts = list(_parts(without_times(shown)))
    at = 0
    for number, part in enumerate(parts):
        if number == 0:
            found = 0 if text.startswith(part) else -1
        elif number == len(parts) - 1 and part:
            found = len(text) - len(part) if text.endswith(f"\n{part}") else -1
        else:
            found = text.find(f"\n{part}", max(at - 1, 0)) + 1 if part else at
            found = found or -1
        if found < at:
            return part
        at = found + len(part)
    return "" if len(parts) > 1 or at == len(text) else text[at:]


def _parts(shown: str) -> Iterator[str]:
    """What stands between the lines that are left out."""
    part = ""
    for line in shown.splitlines(keepends=True):
        if line.strip() == LEFT_OUT:
            yield part
            part = ""
        else:
            part += line
    yield part
