"""The text of a unified diff in, as diff -u or git write it, with anything around it; its changes out, file by file."""

from __future__ import annotations

import re

from memmodel import errors
from memmodel.frontends.patch import names
from memmodel.frontends.patch.patch import Change, Hunk, Line, LineKind
from memmodel.frontends.patch.place import line_span, shown
from memmodel.records import replace
from memmodel.source import SourceFile

_HUNK = re.compile(r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@ ?(.*)")
_BINARY = re.compile(r"Binary files (.{1,4096}) and (.{1,4096}) differ")
_SIGNATURE = re.compile(r"--(\s|$)|---")
_GIT_HEADER = re.compile(
    r"(old mode|new mode|deleted file mode|new file mode|rename from|rename to|rename old|rename new|copy from|copy to|"
    r"similarity index|dissimilarity index|index) (.*)"
)
_NOT_TEXT = ("120000", "160000")
"""The modes of a symbolic link and of a submodule: what stands in their hunks is not the text of a file."""


def changes(source: SourceFile, first: int = 1) -> tuple[Change, ...]:
    """The changes in order, from line `first` on; empty where there is no diff. Raises SyntaxError where a hunk is not
    what its @@ line promises."""
    return _Reader(source, first).changes()


class _Reader:
    def __init__(self, source: SourceFile, first: int) -> None:
        self.source = source
        self.lines = source.text.split("\n")
        if not self.lines[-1]:
            self.lines.pop()
        self.at = first - 1

    def changes(self) -> tuple[Change, ...]:
        found: list[Change] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            change = None
            if line.startswith("diff --git "):
                change = self._git_change()
            elif line.startswith("--- ") and self._line(1).startswith("+++ "):
                change = self._plain_change()
            elif line.startswith("Binary files "):
                change = self._plain_binary()
            else:
                self._refuse_other_diffs(line)
                self.at += 1
            if change is not None:
                found.append(change)
        return tuple(found)

    def _line(self, ahead: int = 0) -> str:
        """A line from here on; empty past the end."""
        return self.lines[self.at + ahead] if self.at + ahead < len(self.lines) else ""

    def _error(self, message: str, hint: str, number: int | None = None) -> errors.SyntaxError:
        number = min(number or self.at + 1, len(self.lines))
        return errors.SyntaxError(message, line_span(self.source, number), hint)

    def _refuse_other_diffs(self, line: str) -> None:
        """What would be lost silently if it was taken for text around the diff."""
        if line.startswith("@@ ") and _HUNK.fullmatch(line) and self._line(1).startswith((" ", "+", "-")):
            raise self._error(
                "a hunk without the names of its file",
                "lines '--- a/FILE' and '+++ b/FILE' were expected before it; if it belongs to the hunk above, a line "
                "between them is in no hunk",
            )
        if line.startswith(("diff --cc ", "diff --combined ")):
            raise self._error("the diff of a merge, against several parents", "give the diff against one of them")
        if line.startswith("*** ") and self._line(1).startswith("--- ") and self._line(2).startswith("*******"):
            raise self._error("a context diff", "a unified one was expected: diff -u, or git diff")

    def _plain_change(self) -> Change:
        number = self.at + 1
        old, old_missing = names.named(self._line()[4:])
        new, new_missing = names.named(self._line(1)[4:])
        self._need_name(old, new)
        self.at += 2
        before, after = names.in_tree(old, new, None)
        hunks = self._hunks(after or before or "")
        if old_missing and len(hunks) == 1 and hunks[0].old_count == 0:
            before = None
        if new_missing and len(hunks) == 1 and hunks[0].new_count == 0:
            after = None
        return self._change(before, after, hunks, number)

    def _plain_binary(self) -> Change | None:
        match = _BINARY.fullmatch(self._line().rstrip())
        self.at += 1
        if match is None:
            return None
        old, new = (None if name == "/dev/null" else name for name in match.groups())
        if old is None and new is None:
            return None
        before, after = names.in_tree(old, new, None)
        return self._change(before, after, (), self.at, binary=True)

    def _need_name(self, old: str | None, new: str | None) -> None:
        if old is None and new is None:
            raise self._error("both names are /dev/null", "the name of a file was expected behind '---' or '+++'")

    def _change(
        self,
        old: str | None,
        new: str | None,
        hunks: tuple[Hunk, ...],
        number: int,
        binary: bool = False,
        copied: bool = False,
    ) -> Change:
        if (old is None and new is None) or not (old or new) or old == "" or new == "":
            raise self._error("a change without the name of a file", "expected: '--- a/FILE' and '+++ b/FILE'", number)
        return Change(old, new, hunks, number, binary, copied)

    def _git_change(self) -> Change | None:
        number = self.at + 1
        pair = names.header_pair(self._line()[len("diff --git ") :].rstrip())
        self.at += 1
        headers = self._git_headers()
        old, new = pair or (None, None)
        named = False
        hunks: tuple[Hunk, ...] = ()
        modes = (text for header, text in headers.items() if "mode" in header or header == "index")
        binary = any(text.rpartition(" ")[2] in _NOT_TEXT for text in modes)
        line = self._line()
        if line.startswith("--- ") and self._line(1).startswith("+++ "):
            (old, _), (new, _) = names.named(line[4:]), names.named(self._line(1)[4:])
            self._need_name(old, new)
            self.at += 2
            before, after = names.in_tree(old, new, pair)
            hunks, named = self._hunks(after or before or ""), True
        elif line.startswith("--- "):
            self.at += 1
            found = f"{shown(self._line())} behind a '---' line" if self._line() else "nothing behind a '---' line"
            raise self._error(found, "'+++ b/FILE' was expected")
        elif line.rstrip() == "GIT binary patch":
            self._skip_binary()
            binary = named = True
        elif _BINARY.fullmatch(line.rstrip()):
            self.at += 1
            binary = named = True
        if not named and not headers.keys() - {"index"}:
            if self.at >= len(self.lines) or headers:
                raise self._error("the patch ends before the file's hunks", "is it cut off?", number)
            return None  # git diff names a file of another date, or else it is a line of text
        return self._git_named(old, new, pair, headers, () if binary else hunks, number, binary)

    def _git_headers(self) -> dict[str, str]:
        found = {}
        while match := _GIT_HEADER.fullmatch(self._line().rstrip("\r")):
            found[match[1]] = match[2]
            self.at += 1
        return found

    def _git_named(
        self,
        old: str | None,
        new: str | None,
        pair: tuple[str, str] | None,
        headers: dict[str, str],
        hunks: tuple[Hunk, ...],
        number: int,
        binary: bool,
    ) -> Change:
        for verb in ("rename from", "rename old", "copy from"):
            target = verb.replace("from", "to").replace("old", "new")
            if verb in headers and target in headers:
                source, goal = (names.tidy(names.named(headers[key])[0] or "") for key in (verb, target))
                return self._change(source, goal, hunks, number, binary, copied=verb == "copy from")
        if "new file mode" in headers:
            old, new = None, new if new is not None else old
        elif "deleted file mode" in headers:
            old, new = old if old is not None else new, None
        if old is None and new is None:
            raise self._error(
                "the names of this file cannot be told apart", "expected: diff --git a/FILE b/FILE", number
            )
        before, after = names.in_tree(old, new, pair)
        return self._change(before, after, hunks, number, binary)

    def _skip_binary(self) -> None:
        self.at += 1
        while self._line().startswith(("literal ", "delta ")):
            while self._line():
                self.at += 1
            self.at += 1

    def _hunks(self, name: str) -> tuple[Hunk, ...]:
        found: list[Hunk] = []
        while self._line().startswith("@@"):
            found.append(self._hunk(name))
        line = self._line()
        if not found:
            raise self._error(
                f"{shown(line)} where the first hunk of {name} was expected" if line else f"no hunk of {name}",
                "expected: @@ -1,7 +1,8 @@",
            )
        if line.startswith(("+", "-", " ")) and line.strip() and not _SIGNATURE.match(line):
            last = found[-1]
            raise self._error(
                f"{shown(line)} behind the end of a hunk of {name}",
                f"line {last.number} promises {last.old_count} lines before and {last.new_count} after, and these are "
                "complete: was the patch edited by hand?",
            )
        return tuple(found)

    def _hunk(self, name: str) -> Hunk:
        number = self.at + 1
        match = _HUNK.fullmatch(self._line().rstrip("\r"))
        if match is None:
            raise self._error(f"not the head of a hunk: {shown(self._line())}", "expected: @@ -1,7 +1,8 @@")
        old, new = int(match[1]), int(match[3])
        old_count, new_count = (int(match[group]) if match[group] is not None else 1 for group in (2, 4))
        self.at += 1
        lines = self._hunk_lines(name, number, (old, old_count), (new, new_count))
        return Hunk(old, old_count, new, new_count, match[5].rstrip(), tuple(lines), number)

    def _hunk_lines(self, name: str, head: int, before: tuple[int, int], after: tuple[int, int]) -> list[Line]:
        (old, old_left), (new, new_left) = before, after
        context, added, removed = LineKind.CONTEXT, LineKind.ADDED, LineKind.REMOVED
        found: list[Line] = []
        lines, at = self.lines, self.at
        while old_left or new_left:
            if at >= len(lines):
                self.at = at
                raise self._short_hunk(name, head, old_left, new_left)
            text = lines[at]
            at += 1
            sign, rest = text[:1], text[1:].rstrip("\r")
            if (sign == " " or not text.rstrip("\r")) and old_left and new_left:
                found.append(Line(context, rest, at, old, new))
                old, new, old_left, new_left = old + 1, new + 1, old_left - 1, new_left - 1
            elif sign == "+" and new_left:
                found.append(Line(added, rest, at, None, new))
                new, new_left = new + 1, new_left - 1
            elif sign == "-" and old_left:
                found.append(Line(removed, rest, at, old, None))
                old, old_left = old + 1, old_left - 1
            elif sign == "\\" and found:
                found[-1] = replace(found[-1], unfinished=True)
            else:
                self.at = at - 1
                raise self._short_hunk(name, head, old_left, new_left)
        if at < len(lines) and lines[at].startswith("\\") and found:
            found[-1] = replace(found[-1], unfinished=True)
            at += 1
        self.at = at
        return found

    def _short_hunk(self, name: str, head: int, old_left: int, new_left: int) -> errors.SyntaxError:
        due = f"{old_left} more of the lines before and {new_left} of those after"
        why = "was the patch cut off, edited by hand, or wrapped by a mail program?"
        hint = f"the numbers in line {head} promise {due}: {why}"
        if self.at >= len(self.lines):
            return self._error(f"the patch ends inside a hunk of {name}", hint)
        line = self._line()
        what = "does not fit its numbers" if line[:1] in ("+", "-", " ") else "does not begin with ' ', '+' or '-'"
        return self._error(f"{shown(line)} in a hunk of {name} {what}", hint)
