"""What git show and git log -p print in; the text of each commit, with what is said above its diff, out."""

from __future__ import annotations

import re
from email.utils import mktime_tz, parsedate_tz

from memmodel.records import dataclass

_COMMIT = re.compile(r"(?m)^commit [0-9a-f]{40,64}\b.*$")
_AUTHOR = re.compile(r"(?m)^Author: +(.*)$")
_DATE = re.compile(r"(?m)^(?:Author)?Date: +(.*)$")
_SUBJECT = re.compile(r"(?m)^    (\S.*)$")


@dataclass(frozen=True)
class Shown:
    """One commit. `text` begins with the line that names it."""

    text: str
    subject: str
    author: str
    date: str


def shown_commits(text: str) -> list[Shown]:
    """The commits, the oldest first (git log begins with the newest, unless it is asked not to); none where the text
    does not begin with the line that names a commit."""
    first = _COMMIT.match(text)
    if first is None:
        return []
    starts = [match.start() for match in _COMMIT.finditer(text)]
    found = [_shown(text[start:end]) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return found if _seconds(found[0]) < _seconds(found[-1]) else found[::-1]


def _shown(text: str) -> Shown:
    head = text.partition("\ndiff ")[0]
    values = [match[1].strip() if (match := pattern.search(head)) else "" for pattern in (_SUBJECT, _AUTHOR, _DATE)]
    return Shown(text, *values)


def _seconds(commit: Shown) -> float:
    try:
        date = parsedate_tz(commit.date)
        return mktime_tz(date) if date else 0
    except (ValueError, OverflowError):
        return 0
