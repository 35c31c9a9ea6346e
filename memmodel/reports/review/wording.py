"""A patch or a finding in, the words by which the reports name it out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from memmodel.analyses.finding import Finding
from memmodel.analyses.review.result import PatchReview, Remark, Review
from memmodel.reports.review.places import suggestion
from memmodel.reports.review.printable import code, one_line

_WORD = re.compile(r"[a-z]+,? ")
_NUMBERED = re.compile(r"\[\d+\]$")
"""What stands behind the name of a mailbox to say which of its mails is meant."""


def called(review: PatchReview) -> str:
    """The subject of a patch with its number in the series, or the name of the file it came from."""
    patch = review.patch
    subject = one_line(patch.subject) or one_line(patch.source.name)
    if subject.startswith("[") or patch.position is None:
        return subject
    return f"Patch {patch.position[0]}/{patch.position[1]}: {subject}"


def sentence(text: str) -> str:
    """The text on one line, with a capital unless it starts with code, and a full stop."""
    line = one_line(text)
    if _WORD.match(line):
        line = line[0].upper() + line[1:]
    return line if line.endswith((".", "?", "!")) else f"{line}."


def told(message: str) -> str:
    """A message as sentences; one of several lines is laid out already."""
    return sentence(message) if message and "\n" not in message else message


def instead(remark: Remark) -> tuple[str, list[str]]:
    """What to do, and the lines of code to write for it; '' where nothing is suggested."""
    lines = unindented(suggestion(remark))
    if lines:
        return "Instead:", lines
    return ("Remove it." if remark.finding.edits else ""), []


def model(name: str) -> str:
    """The memory model in running text."""
    return f"the LKMM ({one_line(name)})" if name.startswith("lkmm") else f"the memory model {one_line(name)}"


def command(review: Review, typed: str) -> str:
    """What makes the review again: as it was typed, where that is known."""
    if typed:
        return one_line(typed)
    names = dict.fromkeys(_NUMBERED.sub("", patch.patch.source.name) for patch in review.patches)
    words = ["memmodel", "review", *("-" if name == "<stdin>" else name for name in names)]
    return one_line(shlex.join([*words, *(["--tree", review.tree] if review.tree else [])]))


def execution(finding: Finding, columns: int, indent: int) -> list[str]:
    """The lines that show the execution, indented as far as they then still fit."""
    lines = [code(line) for line in finding.witness]
    longest = max(map(len, lines), default=0)
    pad = " " * max(0, min(indent, columns - longest))
    return [f"{pad}{line}".rstrip() for line in lines]


def unindented(lines: Sequence[str]) -> list[str]:
    """Lines of code without the tabs that all of them begin with."""
    shared = min((len(line) - len(line.lstrip("\t")) for line in lines if line.strip()), default=0)
    return [line[shared:] for line in lines]


def counted(count: int, one: str, many: str = "") -> str:
    """`1 error`, `2 errors`."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"
