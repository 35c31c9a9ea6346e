"""A C file with two functions in, how the pairing table's rows fare against all executions of concrete programs out.

An order that the table claims is looked for broken in the executions of a harness that calls both functions on memory
that holds this or that, as the explicit engine lists them. Of what the table says is not ordered, the execution that it
shows is replayed and judged. Whether four events are out of order is worked out here, from rf and co alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from random import Random
from unittest.mock import patch

from memmodel.analyses.pairs import pairing
from memmodel.analyses.pairs.question import Quartet
from memmodel.analyses.pairs.row import Row, Shape, Standing
from memmodel.analyses.pairs.table import Paired, Tables
from memmodel.cat import models
from memmodel.cat.evaluate import judge
from memmodel.engines.enumerate import _Findings, _OutOfTime, _Search
from memmodel.errors import MemmodelError
from memmodel.events.execution import NotAnExecution, Replay, replay
from memmodel.events.graph import EventGraph, EventKind
from memmodel.events.unroll import unroll
from memmodel.files import Files
from memmodel.frontends.c.alone.index import Headers
from memmodel.frontends.c.load import load
from memmodel.records import replace
from memmodel.source import SourceFile

LKMM = models.load("lkmm").model

HARNESS = """
struct box shared;
struct item one, two;
{start}
void P0(void) {{ f(&shared, {mine}); }}
void P1(void) {{ g(&shared, {mine}); }}
"""

NAME = "pair.c"


@dataclass
class Tally:
    """What was compared. `wrong`: claims that do not hold, each with the file."""

    programs: int = 0
    executions: int = 0
    found: int = 0
    """Rows without order that the executions of concrete programs break: what shows that they would break others."""
    rows: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.programs += other.programs
        self.executions += other.executions
        self.found += other.found
        self.skipped += other.skipped
        self.rows += other.rows
        self.refused += other.refused
        self.why += other.why
        self.wrong += other.wrong


def check(text: str, seed: int, memories: int = 3, turns: int = 2, seconds: float = 2.0, shown: bool = True) -> Tally:
    """The rows of f and g in `text`, each looked at. `turns`: of loops, in the concrete programs; `seconds`: for the
    executions of one."""
    tally = Tally(1)
    files = Tables(Headers(Files()), LKMM)
    paired = files.table(SourceFile(NAME, text), NAME).paired("f", "g", everything=True)
    if paired.why:
        tally.refused[paired.why] += 1
    rows = [row for row in paired.rows if not row.first.caller and not row.then.caller]
    for broken in _broken(text, rows, seed, memories, turns, seconds, tally):
        if broken.standing is Standing.ORDERED:
            tally.wrong.append(f"{describe(broken)}\nis not so\n{text}")
        else:
            tally.found += 1
    for row in rows:
        looked, sound = _looked(paired, row) if shown else (row, True)
        tally.rows[looked.standing.value] += 1
        if looked.standing is Standing.OPEN:
            tally.why[looked.why] += 1
        if not sound:
            tally.wrong.append(f"{describe(looked)}\nis shown by no execution\n{text}")
    return tally


def describe(row: Row) -> str:
    parts = (f"{a.does} {a.field} in line {a.span.line}" for a in (row.first, row.second, row.sees, row.then))
    return f"{row.shape.value} {row.standing.value}: {', '.join(parts)}; by {row.one.by!r} and {row.other.by!r}"


# ── claims of order ──────────────────────────────────────────────────────────────────────────────


def _broken(
    text: str, rows: list[Row], seed: int, memories: int, turns: int, seconds: float, tally: Tally
) -> Iterator[Row]:
    """The rows of which an execution of a concrete program is out of order."""
    random = Random(seed)
    left = list(rows)
    for number in range(memories if rows else 0):
        program = load(SourceFile(NAME, text + _harness(random, number)), folder=None, tree=None, defines={}).program
        graph = unroll(replace(program, unroll=turns))
        quartets = {id(row): list(_quartets(graph, row)) for row in left}
        try:
            for done in _executions(graph, seconds):
                tally.executions += 1
                for row in left:
                    if any(out_of_order(done, quartet, row.shape) for quartet in quartets[id(row)]):
                        yield row
                        left = [other for other in left if other is not row]
        except _OutOfTime:
            tally.skipped += 1
        except MemmodelError as error:
            tally.refused[f"by the explicit engine: {error}"] += 1


def _harness(random: Random, number: int) -> str:
    """A harness, at first with memory that holds nothing, then with memory that holds anything."""
    table = "shared.table[0] = &one; shared.table[1] = &two;"
    start = f"void init(void) {{ {table} shared.item = &one; }}"
    if number:
        values = {name: random.choice((0, 0, 1, 2)) for name in ("a", "b", "c", "array[0]", "array[1]")}
        sets = " ".join(f"shared.{name} = {value};" for name, value in values.items())
        sets += f" atomic_set(&shared.n, {random.choice((0, 1))});"
        start = f"void init(void) {{ {sets} {table} shared.item = &{random.choice(('one', 'two'))}; }}"
    return HARNESS.format(start=start, mine=random.choice(("&one", "&two")))


def _executions(graph: EventGraph, seconds: float) -> Iterator[Replay]:
    """All allowed executions, as the explicit engine lists them."""
    import time

    search = _Search(graph, LKMM, True, time.monotonic() + seconds)
    for execution, chosen in search.candidates(_Findings(graph, LKMM)):
        if any(trace.cut or trace.faults for trace in chosen):
            continue
        try:
            done = replay(graph, execution)
        except NotAnExecution:
            continue
        if done.complete and judge(LKMM, done).allowed:
            yield done


def _quartets(graph: EventGraph, row: Row) -> Iterator[Quartet]:
    """The events of the four lines, in the order that the row has them."""
    at: list[list[int]] = []
    for access in (row.first, row.second, row.sees, row.then):
        kind = EventKind.WRITE if access.does == "writes" else EventKind.READ
        at.append(
            [
                event.id
                for event in graph.events
                if event.thread >= 0
                and event.kind is kind
                and event.span is not None
                and (event.span.start, event.span.end) == (access.span.start, access.span.end)
            ]
        )
    assert all(at), "the concrete program has no such access"
    for first, second, sees, then in product(*at):
        threads = [graph.events[event].thread for event in (first, second, sees, then)]
        if first < second and sees < then and threads in ([0, 0, 1, 1], [1, 1, 0, 0]):
            yield Quartet(first, second, sees, then)


def out_of_order(done: Replay, quartet: Quartet, shape: Shape) -> bool:
    """Whether an execution has the four events out of order."""
    execution = done.execution
    if not all(execution.executed >> event & 1 for event in quartet):
        return False
    first, second, sees, then = quartet
    source = {read: write for write, read in execution.rf}
    rank = {write: place for order in execution.co for place, write in enumerate(order)}

    def before(early: int, late: int) -> bool:
        """fr, rf or co."""
        if done.addresses[early] != done.addresses[late]:
            return False
        if early in source:
            return rank[source[early]] < rank[late]
        return source[late] == early if late in source else rank[early] < rank[late]

    if shape is Shape.CROSSING:
        return before(second, sees) and before(then, first)
    return source[sees] == second and before(then, first)


# ── executions that are shown ────────────────────────────────────────────────────────────────────


def _looked(paired: Paired, row: Row) -> tuple[Row, bool]:
    """The row with an execution where one is shown, and whether that is one, is allowed, and is out of order."""
    with patch.object(pairing, "steps_of", wraps=pairing.steps_of) as told:
        looked = paired.look(row)
    if looked.standing is not Standing.REORDERED:
        return looked, True
    (graph, model, witness, quartet, _), _ = told.call_args
    done = replay(graph, witness.execution)
    sound = done.complete and judge(model, done).allowed and out_of_order(done, quartet, row.shape)
    return looked, sound and _is_of(graph, quartet, row)


def _is_of(graph: EventGraph, quartet: Quartet, row: Row) -> bool:
    """Whether the events are those of the row's lines."""
    accesses = (row.first, row.second, row.sees, row.then)
    return all(graph.events[event].span == access.span for event, access in zip(quartet, accesses, strict=True))
