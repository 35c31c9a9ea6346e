"""A litmus program as a small tree that can be cut down piece by piece; litmus text comes out.

The tree knows only what generating and shrinking need: lines, what stands around them, and clauses of the condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

ADDRESS_REGISTER = re.compile(r"\ba\d+\b")
REGISTER = re.compile(r"\b[arsk]\d+\b")
"""r0 holds integers, a0 addresses, s0 what srcu_read_lock returned, k0 whether a lock was taken."""


@dataclass(frozen=True)
class Line:
    """One statement, with its semicolon."""

    text: str


@dataclass(frozen=True)
class Branch:
    condition: str
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()
    keyword: str = "if"


@dataclass(frozen=True)
class Region:
    """`body` between two lines that belong together: a lock and its unlock."""

    opening: str
    body: tuple[Statement, ...]
    closing: str


Statement = Line | Branch | Region


@dataclass(frozen=True)
class Clause:
    """`place operator value`; `thread` is the one whose register the place is, None for a shared variable."""

    thread: int | None
    name: str
    operator: str
    value: str

    def __str__(self) -> str:
        place = self.name if self.thread is None else f"{self.thread}:{self.name}"
        return f"{place}{self.operator}{self.value}"


@dataclass(frozen=True)
class Variable:
    """A shared variable: `type` as C writes it before the `*` of a parameter, `initial` '' for 0."""

    name: str
    type: str
    initial: str = ""


@dataclass(frozen=True)
class Case:
    name: str
    variables: tuple[Variable, ...]
    threads: tuple[tuple[Statement, ...], ...]
    quantifier: str
    clauses: tuple[Clause, ...]
    connective: str = "/\\"
    locations: tuple[str, ...] = ()
    filter: Clause | None = None

    def render(self) -> str:
        """The litmus text."""
        bodies = [list(_lines(body)) for body in self.threads]
        init = "".join(f" {v.name}={v.initial};" for v in self.variables if v.initial)
        out = [f"C {self.name}", "", "{" + init + " }" if init else "{}"]
        for number, body in enumerate(bodies):
            parameters = [f"{v.type}*{v.name}" for v in self.variables if any(_mentions(x, v.name) for x in body)]
            out += ["", f"P{number}({', '.join(parameters)})", "{"]
            out += [f"\tint {'*' if name[0] == 'a' else ''}{name};" for name in registers(self.threads[number])]
            out += [f"\t{line}" for line in body]
            out += ["}"]
        out += [""]
        if self.locations:
            out += [f"locations [{' '.join(f'{place};' for place in self.locations)}]"]
        if self.filter is not None:
            out += [f"filter ({self.filter})"]
        condition = f" {self.connective} ".join(map(str, self.clauses)) or "true"
        return "\n".join([*out, f"{self.quantifier} ({condition})", ""])

    @property
    def well_formed(self) -> bool:
        """No address register is followed before it has been assigned on every path."""
        return all(_assigned(body, frozenset()) is not None for body in self.threads)


def size(statements: tuple[Statement, ...]) -> int:
    """Statements in all, inner ones included."""
    return sum(1 + sum(map(size, _bodies(s))) for s in statements)


def registers(body: tuple[Statement, ...]) -> list[str]:
    """Names of the registers that a thread mentions, sorted."""
    return sorted({name for line in _lines(body) for name in REGISTER.findall(line)})


def mentioned(body: tuple[Statement, ...], name: str) -> bool:
    """Whether a thread names the shared variable."""
    return any(_mentions(line, name) for line in _lines(body))


def _bodies(statement: Statement) -> tuple[tuple[Statement, ...], ...]:
    match statement:
        case Branch(_, then, otherwise):
            return then, otherwise
        case Region(_, body, _):
            return (body,)
        case Line():
            return ()


def _mentions(line: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", line) is not None


def _lines(statements: tuple[Statement, ...], depth: int = 0) -> Iterator[str]:
    indent = "\t" * depth
    for statement in statements:
        match statement:
            case Line(text):
                yield indent + text
            case Branch(condition, then, otherwise, keyword):
                yield f"{indent}{keyword} ({condition}) {{"
                yield from _lines(then, depth + 1)
                if otherwise:
                    yield f"{indent}}} else {{"
                    yield from _lines(otherwise, depth + 1)
                yield f"{indent}}}"
            case Region(opening, body, closing):
                yield indent + opening
                yield from _lines(body, depth)
                yield indent + closing


def _assigned(statements: tuple[Statement, ...], before: frozenset[str]) -> frozenset[str] | None:
    """Address registers assigned after `statements`, None if one is used too early."""
    known: frozenset[str] | None = before
    for statement in statements:
        assert known is not None
        match statement:
            case Line(text):
                target, _, value = text.partition(" = ")
                target = target if ADDRESS_REGISTER.fullmatch(target) else ""
                if not set(ADDRESS_REGISTER.findall(value if target else text)) <= known:
                    return None
                known = known | {target} if target else known
            case Branch(_, then, otherwise):
                one, other = _assigned(then, known), _assigned(otherwise, known)
                if one is None or other is None:
                    return None
                known = one & other
            case Region(_, body, _):
                known = _assigned(body, known)
        if known is None:
            return None
    return known


# ── smaller versions ─────────────────────────────────────────────────────────────────────────────


def smaller(case: Case) -> Iterator[Case]:
    """Every case that is one step smaller, the largest steps first; only well-formed ones."""
    for candidate in _smaller(case):
        if candidate.well_formed:
            yield candidate


def _smaller(case: Case) -> Iterator[Case]:
    for number in range(len(case.threads)):
        if len(case.threads) > 1:
            yield _without_thread(case, number)
    for number, body in enumerate(case.threads):
        for shorter in _shorter(body):
            yield replace(case, threads=(*case.threads[:number], shorter, *case.threads[number + 1 :]))
    if case.filter is not None:
        yield replace(case, filter=None)
    if case.locations:
        yield replace(case, locations=())
        for index in range(len(case.locations)):
            yield replace(case, locations=case.locations[:index] + case.locations[index + 1 :])
    for index in range(len(case.clauses)):
        yield replace(case, clauses=case.clauses[:index] + case.clauses[index + 1 :])
    if case.quantifier != "exists":
        yield replace(case, quantifier="exists")
    for index, variable in enumerate(case.variables):
        if variable.initial and not variable.type.endswith("*"):
            plain = replace(variable, initial="")
            yield replace(case, variables=(*case.variables[:index], plain, *case.variables[index + 1 :]))


def _without_thread(case: Case, gone: int) -> Case:
    def renumbered(clause: Clause) -> Clause | None:
        if clause.thread is None or clause.thread < gone:
            return clause
        return None if clause.thread == gone else replace(clause, thread=clause.thread - 1)

    clauses = [renumbered(clause) for clause in case.clauses]
    return replace(
        case,
        threads=case.threads[:gone] + case.threads[gone + 1 :],
        clauses=tuple(clause for clause in clauses if clause is not None),
        locations=tuple(place for place in case.locations if ":" not in place),
        filter=None if case.filter is None else renumbered(case.filter),
    )


def _shorter(body: tuple[Statement, ...]) -> Iterator[tuple[Statement, ...]]:
    for index, statement in enumerate(body):
        before, after = body[:index], body[index + 1 :]
        yield before + after
        for inner in _bodies(statement):
            if inner:
                yield before + inner + after
        match statement:
            case Branch(_, then, otherwise):
                for arm in _shorter(then):
                    yield (*before, replace(statement, then=arm), *after)
                for arm in _shorter(otherwise):
                    yield (*before, replace(statement, otherwise=arm), *after)
            case Region():
                for inner in _shorter(statement.body):
                    yield (*before, replace(statement, body=inner), *after)
            case Line():
                pass
