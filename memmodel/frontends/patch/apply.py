"""A patch and the files of a tree in; the files before and after out. The tree on disk is only read."""

from __future__ import annotations

from memmodel import errors
from memmodel.files import NOWHERE, Files
from memmodel.frontends.patch.applied import Applied, AppliedFile, LeftOut
from memmodel.frontends.patch.edit import Edited, Misfit, edit
from memmodel.frontends.patch.fit import Text
from memmodel.frontends.patch.misfit import misfit_error
from memmodel.frontends.patch.patch import Change, Patch
from memmodel.frontends.patch.paths import check_paths
from memmodel.frontends.patch.place import line_span
from memmodel.frontends.patch.rebuild import Rebuilt, rebuilt
from memmodel.source import SourceFile

MOST_BYTES = 4_000_000
"""Of a file that is looked at."""


def apply(patch: Patch, files: Files, *, rebuild: bool = False) -> Applied:
    """What the patch makes of the files. `rebuild`: if there is no tree (the root is NOWHERE), files are rebuilt from
    what the patch shows of them. Raises SyntaxError where a hunk does not fit, and UsageError for a path that leaves
    the tree; both with the line of the patch."""
    work = _Work(patch, files, rebuild and files.root == NOWHERE)
    for change in patch.changes:
        check_paths(patch, change, files)
        work.apply(change)
    return Applied(
        patch=patch,
        before=files.with_changes(work.rebuilt_before),
        after=files.with_changes({**work.rebuilt_before, **work.changed}),
        files=tuple(work.files),
        left_out=tuple(work.left_out),
    )


class _Work:
    """The changes of one patch, so far."""

    def __init__(self, patch: Patch, files: Files, rebuild: bool) -> None:
        self.patch = patch
        self.original = files
        self.rebuild = rebuild
        self.changed: dict[str, str | None] = {}
        self.written: set[str] = set()
        self.rebuilt_before: dict[str, str | None] = {}
        self.files: list[AppliedFile] = []
        self.left_out: list[LeftOut] = []
        self.leaving = {change.old for change in patch.changes if change.old != change.new and not change.copied}

    def apply(self, change: Change) -> None:
        if change.binary:
            self._leave_out(change, "the patch does not show it as text")
        elif change.old is None:
            self._create(change)
        elif change.hunks or change.new != change.old:
            self._change(change, change.old)

    def _error(self, change: Change, message: str, hint: str) -> errors.SyntaxError:
        return errors.SyntaxError(message, line_span(self.patch.source, change.number), hint)

    def _leave_out(self, change: Change, why: str) -> None:
        self.left_out.append(LeftOut(change, why))
        if change.old is not None and change.old != change.new and not change.copied:
            self._remove(change.old)

    def _remove(self, path: str) -> None:
        if path not in self.written:
            self.changed[path] = None

    def _write(self, path: str, text: str) -> None:
        self.changed[path] = text
        self.written.add(path)

    def _is_file(self, path: str) -> bool:
        if path in self.changed:
            return self.changed[path] is not None
        return self.original.is_file(self.original.root / path)

    def _read(self, path: str, original: bool = False) -> str | None:
        """The text as it is by now, or (`original`) as it was before the patch: None for a file that is too long."""
        if path in self.changed and not original:
            return self.changed[path]
        return self.original.read(self.original.root / path, MOST_BYTES)

    def _create(self, change: Change) -> None:
        path = change.path
        edited = edit(Text([], True), change.hunks)
        if isinstance(edited, Misfit):
            raise self._error(
                change, f"{path} is created, but its hunks change lines that there are before", "is this hunk damaged?"
            )
        self._refuse_existing(change, edited.text())
        self._write(path, edited.text())
        self._add(change, None, edited)

    def _refuse_existing(self, change: Change, text: str | None = None) -> None:
        """A file must not be there before it is created, unless the patch moves it away."""
        path = change.path
        if not self._is_file(path) or (path in self.leaving and path not in self.written):
            return
        if text is not None and self._read(path) == text:
            raise self._error(
                change,
                f"{path} is created, but is there already, as the patch has it",
                "is the patch applied to this tree?",
            )
        raise self._error(
            change, f"{path} is created, but is there already", "is this the tree that the patch was made for?"
        )

    def _change(self, change: Change, old: str) -> None:
        moved = change.new is not None and change.new != old
        if not self._exists(change, old, moved):
            return
        if moved:
            self._refuse_existing(change)
        text = self._read(old, original=moved)
        if text is None or "\0" in text:
            why = (
                "it is not text"
                if text is not None
                else f"it has more than {MOST_BYTES // 1_000_000} MB, or cannot be read"
            )
            self._leave_out(change, why)
            return
        edited = self._edited(change, old, text)
        if edited is None:
            return
        if change.new is None:
            self._refuse_rest(change, edited)
            if not change.hunks:
                edited = Edited(removed=set(range(1, len(Text.of(text).lines) + 1)))
        self._finish(change, old, text, edited)

    def _exists(self, change: Change, old: str, moved: bool) -> bool:
        """Whether the file before is there; where it is not, the change may be done with in another way."""
        if self._is_file(old) or (moved and self.original.is_file(self.original.root / old)):
            return True
        if len(change.hunks) == 1 and change.hunks[0].old_start == 0 and change.old == change.new:
            self._create(change)  # diff -N does not always say that there was no file
            return False
        if self.rebuild and old not in self.changed and old not in self.original.changed:
            self._rebuild(change, old)
            return False
        raise self._missing(change, old)

    def _missing(self, change: Change, old: str) -> errors.SyntaxError:
        hint = "is this the tree that the patch was made for? Are earlier patches of the series missing?"
        shorter = old.partition("/")[2]
        root = self.original.root
        if change.new is not None and change.new != old and self._is_file(change.new):
            hint = f"{change.new} is there, to which the patch moves it: is the patch applied to this tree?"
        elif change.new is None:
            hint = "the patch removes it: is the patch applied to this tree?"
        elif shorter and self._is_file(shorter):
            hint = f"there is {shorter}: the paths of the patch begin one folder higher"
        elif root != NOWHERE and not root.is_dir():
            hint = f"{root} is no folder"
        where = "in the tree" if root != NOWHERE else "(no tree was given)"
        return self._error(change, f"there is no {old} {where}", hint)

    def _edited(self, change: Change, old: str, text: str) -> Edited | None:
        """The text after; None where it was rebuilt instead."""
        lines = Text.of(text)
        partial = isinstance(text, Rebuilt)
        edited = edit(lines, change.hunks, 0) if partial else edit(lines, change.hunks)
        if isinstance(edited, Edited):
            return edited
        if partial:
            self._rebuild(change, old)
            return None
        raise misfit_error(self.patch, old, lines, change.hunks, edited)

    def _refuse_rest(self, change: Change, edited: Edited) -> None:
        if change.hunks and edited.lines:
            raise self._error(
                change,
                f"{change.path} is removed, but has {len(edited.lines)} lines that the patch does not remove",
                "is this the tree that the patch was made for?",
            )

    def _rebuild(self, change: Change, old: str) -> None:
        if not change.hunks:
            if change.new is None or not change.copied:
                self._remove(old)
            return  # moved or removed whole, and nothing is known of it
        text, edited = rebuilt(self.patch, change)
        self.rebuilt_before[old] = text
        self._finish(change, old, text, edited)

    def _finish(self, change: Change, old: str, text: str, edited: Edited) -> None:
        after = edited.text()
        if change.new != old and not change.copied:
            self._remove(old)
        if change.new is not None:
            self._write(change.new, Rebuilt(after) if isinstance(text, Rebuilt) else after)
        if change.new != old or after != text:
            self._add(change, text, edited)

    def _add(self, change: Change, before: str | None, edited: Edited) -> None:
        source = None if before is None or change.old is None else SourceFile(change.old, before)
        self.files.append(
            AppliedFile(
                change=change,
                before=source,
                after=None if change.new is None else SourceFile(change.new, edited.text()),
                added=frozenset(edited.added),
                removed=frozenset(edited.removed),
                lines_before=edited.lines_before,
                lines_after=edited.lines_after,
                partial=isinstance(before, Rebuilt),
                fuzz=edited.fuzz,
                offset=edited.offset,
            )
        )
