"""Barriers that are called redundant make no difference in any surroundings; those that would, are not called so."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from memmodel.analyses.review.definitions import Code
from memmodel.analyses.review.redundant import Redundant, redundant
from memmodel.engines.base import Request
from memmodel.engines.smt import SmtEngine
from memmodel.events.graph import EventKind
from memmodel.events.unroll import unroll
from memmodel.program.load import load
from memmodel.records import replace
from memmodel.source import SourceFile
from tests.analyses.rules.programs import model

PARAMETERS = "int *x, int *y, int *z, atomic_t *a"


def found(*statements: str, head: str = f"static void f({PARAMETERS})") -> tuple[Redundant, ...]:
    body = "".join(f"\t{statement}\n" for statement in statements)
    (part,) = Code("f.c", SourceFile("f.c", f"{head}\n{{\n\tint t;\n{body}}}\n")).functions
    return redundant(part)


def names(*statements: str) -> list[tuple[str, str]]:
    return [(item.barrier.text.replace(" ", ""), item.neighbour.text.replace(" ", "")) for item in found(*statements)]


FENCES = ("smp_mb", "smp_wmb", "smp_rmb", "smp_mb__before_atomic", "smp_mb__after_atomic")
CASES = (
    *((f"{one}();", f"{other}();") for one, other in product(FENCES, FENCES)),
    *((f"{one}();", "t = atomic_fetch_add(1, a);") for one in FENCES),
    *(("t = xchg(z, 1);", f"{one}();") for one in FENCES),
    *(("t = atomic_fetch_add_acquire(1, a);", f"{one}();") for one in FENCES),
    *((f"{one}();", "atomic_inc(a);") for one in FENCES),
    *(("atomic_inc(a);", f"{one}();") for one in FENCES),
    *((f"{one}();", "t = cmpxchg(z, 0, 1);") for one in FENCES),
    *((f"{one}();", "smp_store_release(z, 1);") for one in FENCES),
    *((f"{one}();", "smp_store_release(z, 1);", "smp_mb();") for one in FENCES),
    *(("smp_store_mb(*z, 1);", f"{one}();") for one in FENCES),
    *((f"{one}();", "smp_store_mb(*z, 1);") for one in FENCES),
    *(("t = smp_load_acquire(z);", f"{one}();") for one in FENCES),
    *((f"{one}();", "t = smp_load_acquire(z);") for one in FENCES),
    ("t = xchg(z, 1);", "smp_store_release(y, 1);"),
    ("smp_wmb();", "smp_store_release(z, 1);", "atomic_set_release(a, 1);", "smp_wmb();"),
    ("smp_wmb();", "WRITE_ONCE(*z, 1);", "smp_wmb();"),
    ("smp_rmb();", "smp_store_release(z, 1);", "smp_rmb();"),
    ("smp_mb();", "WRITE_ONCE(*z, 1);", "smp_mb();"),
)

BEFORE = ("WRITE_ONCE(*x, 1);", "int b = READ_ONCE(*x);", "*x = 1;", "int b = xchg_relaxed(x, 1);")
AFTER = ("WRITE_ONCE(*y, 1);", "int c = READ_ONCE(*y);", "atomic_inc(a);", "int c = READ_ONCE(*z);", "int c = *y;")
OTHERS = (
    "WRITE_ONCE(*y, 2); smp_mb(); int d = READ_ONCE(*x);",
    "int e = READ_ONCE(*y); smp_mb(); int d = READ_ONCE(*x);",
    "int e = READ_ONCE(*y); smp_mb(); WRITE_ONCE(*x, 2);",
    "int e = READ_ONCE(*z); smp_rmb(); int d = READ_ONCE(*x);",
    "WRITE_ONCE(*z, 2); smp_mb(); int d = READ_ONCE(*x);",
    "int e = atomic_read(a); smp_mb(); int d = READ_ONCE(*x);",
    "int e = READ_ONCE(*y); smp_mb(); int d = READ_ONCE(*z);",
    "if (READ_ONCE(*y)) { int d = *x; }",
    "WRITE_ONCE(*y, 2); smp_mb(); int d = READ_ONCE(*z);",
)


def outcomes(text: str, barrier: str, statement: str, relaxed: bool) -> tuple[object, object]:
    """All final states and flags of a program, with a statement's order and without it."""
    graph = unroll(load(SourceFile("t.litmus", text)).program)
    at = text.index(statement) if barrier == "first" else text.rindex(statement, 0, text.index("P1"))
    span = range(at, at + len(statement))

    def changed(tags: frozenset[str]) -> frozenset[str]:
        return frozenset(("once",)) if relaxed else frozenset()

    events = tuple(
        replace(e, tags=changed(e.tags))
        if e.span is not None and e.span.start in span and (e.kind is EventKind.FENCE or relaxed)
        else e
        for e in graph.events
    )
    assert events != graph.events
    request = Request(states=True, timeout=20)
    one, other = (SmtEngine().run(g, model(), request) for g in (graph, replace(graph, events=events)))
    assert one.states is not None and other.states is not None
    return (one.states, one.flags - {"mixed-accesses"}), (other.states, other.flags - {"mixed-accesses"})


def program(segment: tuple[str, ...], before: str, after: str, other: str) -> str:
    parameters = "int *x, int *y, int *z, atomic_t *a"
    first = "\n".join((f"int t = 0; {before}", *segment, after))
    values = "x; y; z; a" + "; 1:d" * ("int d" in other) + "; 1:e" * ("int e" in other)
    values += "; 0:b" * ("int b" in before) + "; 0:c" * ("int c" in after) + "; 0:t"
    threads = f"P0({parameters})\n{{\n{first}\n}}\nP1({parameters})\n{{\n{other}\n}}\n"
    return f"C t\n{{}}\n{threads}locations [{values}]\nexists (x=9)\n"


CLAIMED = [case for case in CASES if found(*case)]


def differs(segment: tuple[str, ...], item: Redundant, seed: int, count: int) -> bool:
    """Whether a barrier makes a difference in some of `count` surroundings."""
    everything = list(product(BEFORE, AFTER, OTHERS))
    surroundings = Random(seed).sample(everything, count)
    index = next(i for i, s in enumerate(segment) if s.replace(" ", "")[:-1] == item.barrier.text.replace(" ", ""))
    last = item.barrier.span.start > item.neighbour.span.start and segment[0] == segment[-1]
    for before, after, other in surroundings:
        text = program(segment, before, after, other)
        one, two = outcomes(text, "last" if last else "first", segment[index], item.access)
        if one != two:
            return True
    return False


@pytest.mark.parametrize("segment", CLAIMED, ids=" ".join)
def test_what_is_called_redundant_makes_no_difference(segment: tuple[str, ...]) -> None:
    for item in found(*segment):
        assert not differs(segment, item, len("".join(segment)), 6)


NEEDED = (
    # the barrier, what is beside it, what stands around, and who sees the difference
    ("smp_wmb();", ("smp_wmb();", "smp_store_release(z, 1);"), 0, 0, 1),
    ("smp_mb();", ("smp_mb();", "smp_store_release(z, 1);"), 0, 1, 0),
    ("smp_wmb();", ("smp_wmb();", "smp_rmb();"), 0, 0, 1),
    ("smp_mb__before_atomic();", ("smp_mb__before_atomic();", "atomic_inc(a);"), 0, 1, 0),
    ("smp_mb();", ("smp_mb();", "t = cmpxchg(z, 2, 1);"), 0, 1, 0),
    ("smp_mb();", ("smp_mb();", "t = atomic_fetch_add_relaxed(1, a);"), 0, 1, 0),
)


@pytest.mark.parametrize("needed", NEEDED, ids=lambda needed: " ".join(needed[1]))
def test_what_makes_a_difference_somewhere_is_not_called_redundant(
    needed: tuple[str, tuple[str, ...], int, int, int],
) -> None:
    barrier, segment, before, after, other = needed
    assert not [item for item in found(*segment) if f"{item.barrier.text.replace(' ', '')};" == barrier]
    one, two = outcomes(program(segment, BEFORE[before], AFTER[after], OTHERS[other]), "first", barrier, False)
    assert one != two


def test_barriers_with_something_between_them_are_not_redundant() -> None:
    for between in ("WRITE_ONCE(*x, 1);", "kick(x);", "t = *x;", "if (t)", "again:", "{ }", "#ifdef CONFIG_X\n"):
        assert not found("smp_mb();", between, "smp_wmb();"), between
    assert not found("if (t)", "smp_mb();", "smp_wmb();")
    assert found("smp_mb();", "/* Comment. */", "smp_wmb();")
    assert found("again:", "smp_mb();", "smp_wmb();")


def test_what_may_read_memory_stands_between() -> None:
    assert found("smp_mb();", "t = xchg(&x->y, t);", head="static void f(struct s *x)")
    for operation in ("t = xchg(&x->y->z, t);", "t = xchg(x, *y);", "t = xchg(&global->x, 1);", "t = xchg(x, here());"):
        assert not found("smp_mb();", operation), operation
    assert not found("smp_mb();", "smp_store_release(z, *x);")


def test_barriers_that_speak_to_devices_are_not_called_redundant() -> None:
    assert not found("smp_wmb();", "wmb();")[1:]
    assert [item.barrier.text for item in found("mb();", "smp_wmb();")] == ["smp_wmb ( )"]
    assert not found("smp_mb();", "mb();")[1:]
    assert not found("smp_mb();", "preempt_disable();")
    assert not found("smp_mb();", "dma_wmb();")


def test_a_failing_operation_is_no_full_barrier() -> None:
    assert not found("smp_mb();", "t = atomic_cmpxchg(a, 0, 1);")
    assert not found("smp_mb();", "t = test_and_set_bit(1, x);")
