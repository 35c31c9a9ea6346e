"""Files before and after in, the patch between them as applied out: for tests of what comes after."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from memmodel.files import Files
from memmodel.frontends.patch.applied import Applied, AppliedFile
from memmodel.frontends.patch.patch import Change, Hunk, Line, LineKind, Patch
from memmodel.source import SourceFile

KINDS = {" ": LineKind.CONTEXT, "+": LineKind.ADDED, "-": LineKind.REMOVED}


def applied(before: Mapping[str, str], after: Mapping[str, str], section: str = "", partial: bool = False) -> Applied:
    """The patch that makes `after` of `before`, with three lines of context. `partial`: as where there is no tree."""
    text: list[str] = []
    files = []
    for path in dict.fromkeys((*before, *after)):
        old, new = before.get(path), after.get(path)
        if old != new:
            files.append(_file(path, old, new, text, section, partial))
    source = SourceFile("the.patch", "\n".join(text) + "\n")
    patch = Patch(source, "A patch", "", "", "", None, tuple(file.change for file in files))
    everything: dict[str, str | None] = dict(before.items())
    gone = dict.fromkeys(before.keys() - after.keys())
    return Applied(patch, Files(changed=everything), Files(changed={**everything, **after, **gone}), tuple(files))


def _file(path: str, old: str | None, new: str | None, text: list[str], section: str, partial: bool) -> AppliedFile:
    was, now = (old or "").splitlines(), (new or "").splitlines()
    start = len(text) + 1
    hunks = []
    lines: list[Line] = []
    for group in difflib.SequenceMatcher(None, was, now, autojunk=False).get_grouped_opcodes(3):
        text.append(f"@@ -{group[0][1] + 1} +{group[0][3] + 1} @@ {section}")
        number, first = len(text), len(lines)
        for tag, a, b, c, d in group:
            for i in range(a, b):
                kind = LineKind.CONTEXT if tag == "equal" else LineKind.REMOVED
                text.append(kind.value + was[i])
                new_line = c + i - a + 1 if tag == "equal" else None
                lines.append(Line(kind, was[i], len(text), i + 1, new_line))
            for i in range(c, d) if tag != "equal" else ():
                text.append("+" + now[i])
                lines.append(Line(LineKind.ADDED, now[i], len(text), None, i + 1))
        counts = group[-1][2] - group[0][1], group[-1][4] - group[0][3]
        shown = tuple(lines[first:])
        hunks.append(Hunk(group[0][1] + 1, counts[0], group[0][3] + 1, counts[1], section, shown, number))
    change = Change(path if old is not None else None, path if new is not None else None, tuple(hunks), start)
    lines_before = {line.old: line.number for line in lines if line.old is not None}
    lines_after = {line.new: line.number for line in lines if line.new is not None}
    if partial:
        was = [line if number in lines_before else "" for number, line in enumerate(was, 1)]
        now = [line if number in lines_after else "" for number, line in enumerate(now, 1)]
    return AppliedFile(
        change,
        SourceFile(path, "".join(f"{line}\n" for line in was)) if old is not None else None,
        SourceFile(path, "".join(f"{line}\n" for line in now)) if new is not None else None,
        frozenset(line.new for line in lines if line.kind is LineKind.ADDED and line.new is not None),
        frozenset(line.old for line in lines if line.kind is LineKind.REMOVED and line.old is not None),
        lines_before,
        lines_after,
        partial,
    )
