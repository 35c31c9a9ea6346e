"""A patch as applied in, the functions whose meaning it may change out.

Files are compared definition by definition, token by token: comments and white space are no change, nor is a function
that only stands elsewhere. A function may change without a line of it changing: through a macro, an inline function, a
type, a field or a variable that it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from pathlib import PurePosixPath

from memmodel.analyses.review.definitions import Code, Part
from memmodel.analyses.review.nearby import Around, nearby
from memmodel.analyses.review.renaming import Elsewhere, renamed_fields, renaming
from memmodel.analyses.review.result import Skipped
from memmodel.analyses.review.through import Altered, altered
from memmodel.analyses.review.uncovered import Fragment, fragments
from memmodel.frontends.c.alone.beginnings import Kind
from memmodel.frontends.c.primitives import is_primitive
from memmodel.frontends.patch.applied import Applied, AppliedFile
from memmodel.records import dataclass
from memmodel.source import Span

MOST = 40
"""Functions that are reported as changed through something else, at most."""


class How(Enum):
    """What happens to a function. THROUGH: its text stays, something that it uses changes."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    THROUGH = "changed through something it uses"


@dataclass(frozen=True)
class Touched:
    """One function that a patch touches. `function`: its name after the patch, before it where it is removed.
    `renamed_only`: nothing but names changes in it, and consistently; `whole`: all of it is known, which may not be so
    where there is no tree, or where the braces do not match."""

    path_before: str | None
    path_after: str | None
    function: str
    span_before: Span | None
    span_after: Span | None
    how: How
    through: str = ""
    """What it changes through: "#define slots", "struct ring, field head", "slots()"."""
    renamed_only: bool = False
    whole: bool = True
    function_before: str = ""
    """What it was called before; "" where it was not there."""

    @property
    def path(self) -> str:
        """The file that it is in, after the patch where it is still there."""
        path = self.path_after or self.path_before
        assert path is not None
        return path

    @property
    def span(self) -> Span:
        """All of it, after the patch where it is still there."""
        span = self.span_after or self.span_before
        assert span is not None
        return span


@dataclass(frozen=True)
class Touching:
    """All that a patch touches. `skipped`: what could not be looked at, and why."""

    functions: tuple[Touched, ...]
    skipped: tuple[Skipped, ...]


def touched(applied: Applied, most: int = MOST) -> tuple[Touched, ...]:
    """The functions of C files whose meaning the patch may change: those that it changes itself in the order of the
    patch, then those that change through something they use, at most `most` of them."""
    return touching(applied, most).functions


def touching(applied: Applied, most: int = MOST) -> Touching:
    """The same, with what was left out."""
    files = [_File(item) for item in applied.files if _is_c(item)]
    compared = _Comparison(files)
    direct = compared.functions()
    skipped: list[Skipped] = []
    for file in files:
        for item in fragments(file.applied, file.before, file.after):
            if item.function:
                direct.append(_fragment(file.applied, item))
            else:
                skipped.append(
                    Skipped("changed code outside every function", "only functions are looked at", item.span)
                )
    gone, places = _through(applied, files, compared.same, direct)
    through = list(places)
    if len(through) > most:
        what = f"{len(through) - most} more functions that use what the patch changes"
        skipped.append(Skipped(what, f"the first {most} are looked at", through[most].span))
    return Touching((*direct, *through[:most]), (*skipped, *gone))


def codes(applied: Applied) -> tuple[dict[str, Code], dict[str, Code]]:
    """The C files of a patch by path, before and after."""
    files = [_File(item) for item in applied.files if _is_c(item)]
    before = {file.before.path: file.before for file in files if file.before is not None}
    return before, {file.after.path: file.after for file in files if file.after is not None}


def _is_c(item: AppliedFile) -> bool:
    return not item.change.binary and item.change.path.endswith((".c", ".h"))


class _File:
    """A file of the patch, before and after."""

    def __init__(self, applied: AppliedFile) -> None:
        self.applied = applied
        change = applied.change
        self.before, self.after = (
            Code(path or change.path, file, frozenset(shown) if applied.partial else None) if file is not None else None
            for path, file, shown in (
                (change.old, applied.before, applied.lines_before),
                (change.new, applied.after, applied.lines_after),
            )
        )

    @property
    def old(self) -> tuple[Part, ...]:
        return self.before.functions if self.before is not None else ()

    @property
    def new(self) -> tuple[Part, ...]:
        return self.after.functions if self.after is not None else ()


Pair = tuple[Part | None, Part | None]


class _Comparison:
    """The functions of all files, before and after, paired."""

    def __init__(self, files: list[_File]) -> None:
        self.pairs: list[Pair] = []
        """What is not the same."""
        self._fixed: dict[str, bool] = {}
        same: list[Pair] = []
        lost: list[Part] = []
        fresh: list[Part] = []
        for file in files:
            old, new = _take(file.old, file.new, lambda part: (part.name, part.raw, part.conditions), same)
            old, new = _take(old, new, lambda part: (part.name, part.words, part.conditions), same)
            old, new = _take(old, new, lambda part: (part.name, part.conditions), self.pairs)
            old, new = _take(old, new, lambda part: part.name, self.pairs)
            lost += old
            fresh += new
        lost, fresh = _take(lost, fresh, lambda part: part.words, same)
        self.same = {id(new): old for old, new in same}
        """What a function that has not changed was before, by its identity."""
        lost, fresh = _take(lost, fresh, lambda part: part.name, self.pairs)
        self.fields = _renamed_fields(files)
        self.renames: dict[str, str] = {}
        lost, fresh = self._renamed(lost, fresh)
        self.pairs += [(part, None) for part in lost]
        self.pairs += [(None, part) for part in fresh]

    def functions(self) -> list[Touched]:
        """What is said of each pair, in the order of the text after."""
        found = [self._touched(old, new) for old, new in self.pairs]
        return sorted(found, key=lambda item: (item.span.file.name, item.span.start))

    def _renamed(self, lost: list[Part], fresh: list[Part]) -> tuple[list[Part], list[Part]]:
        """Take out the functions that have another name, and are otherwise the same."""
        elsewhere = Elsewhere({}, self.fields)
        rest: dict[int, list[Part]] = {}
        for part in fresh:
            rest.setdefault(len(part.words), []).append(part)
        left = []
        for old in lost:
            alike = rest.get(len(old.words), [])
            new = next((part for part in alike if renaming(old, part, elsewhere, self._is_fixed)), None)
            if new is None:
                left.append(old)
                continue
            alike.remove(new)
            self.pairs.append((old, new))
            self.renames[old.name] = new.name
        return left, [part for parts in rest.values() for part in parts]

    def _touched(self, old: Part | None, new: Part | None) -> Touched:
        how, through, renamed_only = How.CHANGED, "", False
        if old is None or new is None:
            how = How.ADDED if old is None else How.REMOVED
        elif old.words == new.words:
            how, through = How.THROUGH, _conditions(old, new)
        else:
            renamed_only = renaming(old, new, Elsewhere(self.renames, self.fields), self._is_fixed)
        return _record(old, new, how, through, renamed_only)

    def _is_fixed(self, name: str) -> bool:
        if name not in self._fixed:
            self._fixed[name] = is_primitive(name)
        return self._fixed[name]


def _renamed_fields(files: list[_File]) -> dict[str, str]:
    """The fields of structures that have another name after the patch and are otherwise the same."""
    found: dict[str, str] = {}
    for file in files:
        old, new = (
            {part.name: part for part in code.others if part.kind is Kind.TAG} if code is not None else {}
            for code in (file.before, file.after)
        )
        for name in old.keys() & new.keys():
            if old[name].words != new[name].words:
                found |= renamed_fields(old[name], new[name])
    return found


def _record(old: Part | None, new: Part | None, how: How, through: str = "", renamed_only: bool = False) -> Touched:
    shown = new or old
    assert shown is not None
    return Touched(
        old.code.path if old else None,
        new.code.path if new else None,
        shown.name,
        old.span if old else None,
        new.span if new else None,
        how,
        through,
        renamed_only,
        all(part.whole for part in (old, new) if part is not None),
        old.name if old else "",
    )


def _fragment(file: AppliedFile, item: Fragment) -> Touched:
    """Part of a function whose head the patch does not show."""
    how = How.CHANGED
    change = file.change
    return Touched(change.old, change.new, item.function, item.before, item.after, how, whole=False)


def _take(
    before: Iterable[Part], after: Iterable[Part], key: Callable[[Part], object], pairs: list[Pair]
) -> tuple[list[Part], list[Part]]:
    """Pair what has the same key, in order; what is left of either."""
    waiting: dict[object, list[Part]] = {}
    for part in before:
        waiting.setdefault(key(part), []).append(part)
    rest = []
    for part in after:
        same = waiting.get(key(part))
        if not same:
            rest.append(part)
        else:
            pairs.append((same.pop(0), part))
    return [part for parts in waiting.values() for part in parts], rest


def _conditions(old: Part, new: Part) -> str:
    """What is said of a function that stands under other `#if`s."""
    gone = [item for item in old.conditions if item not in new.conditions]
    come = [item for item in new.conditions if item not in old.conditions]
    changed = (come or gone or ["if"])[0]
    return f"#{changed}" if not changed.startswith("not ") else f"#else of #{changed.removeprefix('not ')}"


# ── through something else ──


def _through(
    applied: Applied, files: list[_File], same: Mapping[int, Part | None], direct: list[Touched]
) -> tuple[list[Skipped], Iterator[Touched]]:
    """The functions that use what has changed, in the files of the patch first; and what was not searched."""
    changes = _changes(files, direct)
    if not any(changes.values()):
        return [], iter(())
    known: Mapping[str, Code] = {file.after.path: file.after for file in files if file.after is not None}
    folders = sorted({str(PurePosixPath(path).parent) for path in known})
    around, skipped = nearby(applied.after, known, {path for path, found in changes.items() if found}, folders)
    return skipped, _users(changes, around, same, direct)


def _changes(files: list[_File], direct: list[Touched]) -> dict[str, Altered]:
    """By file: what has changed in it that others may use. What only moves from one file to another has not."""
    found: dict[str, Altered] = {}
    places = _places(direct)
    removed: list[Part] = []
    added: list[Part] = []
    for file in files:
        old, new = (code.others if code is not None else () for code in (file.before, file.after))
        gone, come = _take(old, new, lambda part: (part.kind, part.name, part.words, part.conditions), [])
        removed += gone
        added += come
    gone, come = _take(removed, added, lambda part: (part.kind, part.name, part.words), [])
    for file in files:
        code = file.after or file.before
        assert code is not None
        mine = altered([p for p in gone if p.code is file.before], [p for p in come if p.code is file.after])
        for part in (*file.old, *file.new):
            if part.inline and (part.name, part.code.file.name, part.start) in places:
                mine.names.setdefault(part.name, f"{part.name}()")
        found[code.path] = mine
    return found


def _places(direct: Iterable[Touched]) -> set[tuple[str, str, int]]:
    """The names and places of what is touched, before and after."""
    found = set()
    for item in direct:
        for name, span in ((item.function_before, item.span_before), (item.function, item.span_after)):
            if span is not None and not item.renamed_only:
                found.add((name, span.file.name, span.start))
    return found


def _users(
    changes: Mapping[str, Altered], around: Around, same: Mapping[int, Part | None], direct: list[Touched]
) -> Iterator[Touched]:
    """The functions of each file that use what has changed in it, or in a file that it includes."""
    already = {(item.path_after, item.function, item.span_after.start) for item in direct if item.span_after}
    for path, (code, includes) in around.items():
        here = Altered()
        for name in (path, *includes):
            here.merge(changes.get(name, Altered()))
        if not here:
            continue
        for name in (*includes, path):
            if name in around:
                other = around[name][0]
                here.spread((*other.others, *(part for part in other.functions if part.inline)))
        for part in code.functions:
            use = here.use(part)
            if use and (path, part.name, part.start) not in already:
                yield _record(same.get(id(part), part), part, How.THROUGH, use)
