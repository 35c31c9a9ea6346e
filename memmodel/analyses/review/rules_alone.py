"""The functions that a patch touches, each by itself, in; barriers that order nothing there out (MM205, MM206, MM101).

Of a function alone little can be said: its partners are in other functions, its callers and what it calls access
memory before it, after it and in between, and its parameters have other values than those that it is tried with. So of
the rules MM101 to MM108 only the first is asked:

- MM101 (smp_mb__before_atomic() without a read-modify-write) is, of the access right beside the barrier: see `beside`.
  The rule itself says that the function has no read-modify-write on that side for which the barrier could be meant;
  where the function cannot be read as a program, its text says so.
- MM102, MM103 (smp_rmb(), smp_wmb() with nothing on one side): the reads or writes may be the caller's.
- MM104 (smp_mb__after_spinlock() without a lock): the caller may have taken it.
- MM105, MM106 (a release without an acquire, and the reverse): the partner is elsewhere, always.
- MM107, MM108 (control dependencies, failed operations): they speak of a bad execution, and there is none.

Barriers that a neighbour makes redundant are found by `redundant`, which says why that is so for every caller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from memmodel.analyses.finding import Finding, Level, Related
from memmodel.analyses.review.barriers import Becomes, barrier_changes
from memmodel.analyses.review.beside import Beside, beside, by_text, edits, instead, orders_itself
from memmodel.analyses.review.definitions import Code, Part
from memmodel.analyses.review.edits import removal, renaming
from memmodel.analyses.review.redundant import RELAXED, Redundant, redundant
from memmodel.analyses.review.statements import Statement
from memmodel.analyses.review.touched import How, Touched, codes
from memmodel.analyses.rules import barrier_without_rmw
from memmodel.analyses.rules.subject import Subject
from memmodel.cat.terms import Model
from memmodel.errors import MemmodelError
from memmodel.events.graph import EventGraph
from memmodel.events.unroll import unroll
from memmodel.files import Files
from memmodel.frontends.c.alone.alone import Alone
from memmodel.frontends.c.alone.beginnings import Kind
from memmodel.frontends.c.alone.index import Headers
from memmodel.frontends.patch.applied import Applied
from memmodel.program.strengths import Kind as Strength
from memmodel.records import dataclass
from memmodel.result import Result
from memmodel.source import Span


@dataclass(frozen=True)
class RulesAlone:
    """`findings`: what the patch introduces; `fixes`: what it puts right (MM208)."""

    findings: tuple[Finding, ...]
    fixes: tuple[Finding, ...]


def rules_alone(
    applied: Applied,
    functions: Iterable[Touched],
    model: Model,
    before: Headers | None = None,
    after: Headers | None = None,
) -> RulesAlone:
    """What is to be said of the functions by themselves. `before`, `after`: the headers of the two trees, where they
    have been read already."""
    old, new = codes(applied)
    work = _Work(applied, _Side(old, applied.before, before, model), _Side(new, applied.after, after, model))
    for item in functions:
        if item.how in (How.ADDED, How.CHANGED) and not item.renamed_only:
            work.look(item)
    return RulesAlone(tuple(work.findings), tuple(work.fixes))


class _Side:
    """The tree before or after."""

    def __init__(self, codes: Mapping[str, Code], files: Files, headers: Headers | None, model: Model) -> None:
        self.codes = codes
        self.files = files
        self.model = model
        self._headers = headers
        self._alone: dict[str, Alone] = {}

    def part(self, path: str | None, span: Span | None, name: str) -> Part | None:
        """A function as a piece of the text; None where it is not there."""
        if path is None or path not in self.codes or span is None:
            return None
        return Part(Kind.FUNCTION, name, self.codes[path], span.start, span.end, ())

    def idle(self, part: Part) -> frozenset[int]:
        """Where the barriers of atomic operations stand in a function that have no such operation on their side, by
        rule MM101. Raises MemmodelError."""
        subject = Subject(self._graph(part), self.model, Result(None))
        found = barrier_without_rmw.RULE.check(subject)
        return frozenset(
            item.span.start for item in found if item.span is not None and item.span.file == part.code.file
        )

    def _graph(self, part: Part) -> EventGraph:
        path = part.code.path
        if path not in self._alone:
            if self._headers is None:
                self._headers = Headers(self.files)
            self._alone[path] = Alone(part.code.file, self.files.root / Path(path), self._headers)
        return unroll(self._alone[path].lower(part.name, part.span.line).program)


class _Work:
    """The functions, one after the other."""

    def __init__(self, applied: Applied, before: _Side, after: _Side) -> None:
        self.applied = applied
        self.before = before
        self.after = after
        self.added = {item.after.name: item.added for item in applied.files if item.after is not None}
        self.findings: list[Finding] = []
        self.fixes: list[Finding] = []

    def look(self, item: Touched) -> None:
        """One function before and after."""
        old = self.before.part(item.path_before, item.span_before, item.function_before)
        new = self.after.part(item.path_after, item.span_after, item.function)
        assert new is not None or item.span_after is None
        was = list(beside(old)) if old is not None else []
        now = list(beside(new)) if new is not None else []
        come, gone = _difference(was, now)
        if new is not None and come:
            self._misplaced(item, new, come)
        if old is not None and gone:
            changes = barrier_changes(self.applied, (item,))
            ordered = {c.before.start for c in changes if c.kind is Becomes.STRENGTHENED and c.before is not None}
            self._fixed(item, old, [one for one in gone if not ordered.isdisjoint(_starts(one))])
        self._redundant(old, new)

    # ── beside no read-modify-write ──

    def _misplaced(self, item: Touched, part: Part, found: list[Beside]) -> None:
        idle = self._idle(item, self.after, part, found)
        for one in found:
            if one.barrier.span.start in idle:
                self.findings.append(self._wrong(one))

    def _fixed(self, item: Touched, part: Part, found: list[Beside]) -> None:
        """What was wrong before, where the barrier or the access has become stronger."""
        if not found:
            return
        idle = self._idle(item, self.before, part, found)
        for one in found:
            if one.barrier.span.start in idle:
                title = f"no longer leans on {one.barrier.span.text} to order {one.name}"
                message = "it is no read-modify-write, so the barrier did not order it"
                self.fixes.append(Finding("MM208", Level.NOTE, title, message, one.barrier.span))

    def _idle(self, item: Touched, side: _Side, part: Part, found: list[Beside]) -> frozenset[int]:
        """Where those of the barriers stand that no operation of the function can be meant for: by the rule, or by the
        text where the function cannot be read as a program."""
        try:
            return side.idle(part) if item.whole else by_text(part, found)
        except MemmodelError:
            return by_text(part, found)

    def _wrong(self, one: Beside) -> Finding:
        barrier, access = one.barrier, one.access
        added = self._is_added(barrier.span)
        title = f"{barrier.span.text} does not order {one.name}, which is no read-modify-write"
        first, second = ("what comes before it", one.name) if one.before else (one.name, "what comes after it")
        message = (
            f"this barrier works only together with a read-modify-write such as atomic_inc(), and {one.name} is none: "
            f"it does not keep {first} before {second}. Instead, {instead(one)}."
        )
        related = (Related("a mere store or load to the memory model", access.span),)
        if orders_itself(one):
            title = f"{barrier.span.text} does nothing: {one.name} orders {first if one.before else second} by itself"
            message = f"the barrier works only together with a read-modify-write, and {one.name} is none: it can go."
            code = "MM205" if added else "MM206"
            return Finding(code, Level.WARNING, title, message, barrier.span, related, (), removal(barrier.span))
        return Finding(
            "MM205" if added else "MM101", Level.WARNING, title, message, barrier.span, related, (), edits(one)
        )

    def _is_added(self, span: Span) -> bool:
        return span.line in self.added.get(span.file.name, frozenset())

    # ── redundant ──

    def _redundant(self, old: Part | None, new: Part | None) -> None:
        was = Counter(one.key for one in redundant(old)) if old is not None else Counter[tuple[str, str]]()
        told = {finding.span for finding in self.findings}
        for one in redundant(new) if new is not None else ():
            if one.barrier.span in told:
                continue
            if was[one.key]:
                was[one.key] -= 1
            elif self._is_added(one.barrier.span):
                self.findings.append(_useless(one, "MM205"))
            elif self._is_added(one.neighbour.span):
                self.findings.append(_useless(one, "MM206"))


def _starts(one: Beside) -> set[int]:
    """Where the two calls stand."""
    return {span.start for span in (one.barrier.call_span, one.access.call_span) if span is not None}


def _difference(was: list[Beside], now: list[Beside]) -> tuple[list[Beside], list[Beside]]:
    """What is new, and what is gone: what both have is neither."""
    left = Counter(one.key for one in was) & Counter(one.key for one in now)
    return list(_without(now, left)), list(_without(was, left))


def _without(found: list[Beside], shared: Counter[tuple[str, str]]) -> Iterator[Beside]:
    rest = shared.copy()
    for one in found:
        if rest[one.key]:
            rest[one.key] -= 1
        else:
            yield one


def _useless(one: Redundant, code: str) -> Finding:
    name, other = _called(one.barrier), _called(one.neighbour)
    where = f"({one.neighbour.span.where})"
    related = (Related("orders the same", one.neighbour.span),)
    call = one.barrier.call
    assert call is not None
    if one.access:
        relaxed = RELAXED[call.name]
        kind = "release" if call.kind is Strength.STORE else "acquire"
        title = f"the {kind} of {name} adds nothing to {other} {where}, which orders all that it does"
        message = (
            f"either of the two is enough here: {relaxed}() beside {other}; or {name} alone, unless the full barrier "
            "is also meant for accesses on its other side, in this function or in its callers."
        )
        return Finding(
            code, Level.WARNING, title, message, one.barrier.span, related, (), renaming(one.barrier, relaxed)
        )
    if code == "MM205":
        title = f"{name} adds no order: {other} {where} already orders all that it could"
    else:
        title = f"{name} is redundant now: {other} {where} orders all that it does"
    message = (
        f"every pair of accesses that {name} orders, in this function or around it in its callers, is ordered without "
        "it too. Take it away, or put it where an order is missing."
    )
    return Finding(code, Level.WARNING, title, message, one.barrier.span, related, (), removal(one.barrier.span))


def _called(statement: Statement) -> str:
    assert statement.call is not None
    return f"{statement.call.name}()"
