"""An execution of a program is the same execution of its twin, and none of another program's."""

from __future__ import annotations

import pytest

from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.smt import SmtEngine
from memmodel.events.execution import replay
from memmodel.events.graph import EventGraph, EventKind
from memmodel.events.transport import twins
from memmodel.events.unroll import unroll
from memmodel.machines import registry
from memmodel.machines.translate import translate
from memmodel.program.ir import Program
from memmodel.result import Witness
from tests.machines.asking import litmus

WRITE = "smp_store_release(x, 1); smp_wmb(); WRITE_ONCE(*y, 1);"
PROGRAMS = {
    "barriers": litmus(WRITE, "int r; r = READ_ONCE(*y); smp_rmb(); WRITE_ONCE(*z, r);", exists="z=1"),
    "branches": litmus(WRITE, "int r; r = READ_ONCE(*y); if (r) { WRITE_ONCE(*x, 2); smp_mb(); }", exists="x=2"),
    "exchanges": litmus("int r; r = cmpxchg(x, 0, 1);", "int r; r = xchg_release(x, 2);", exists="0:r=2 /\\ 1:r=0"),
    "values": litmus("int r; r = READ_ONCE(*x); WRITE_ONCE(*y, r + 1);", "atomic_add(3, x);", exists="y=4"),
}
SUCH = pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())


def witness(graph: EventGraph) -> Witness:
    found = SmtEngine().run(graph, models.load("lkmm").model, Request()).witness
    assert found is not None
    return found


def pair(program: Program, machine: str = "power") -> tuple[EventGraph, EventGraph]:
    found = registry.find(machine)
    assert found is not None
    return unroll(program), unroll(translate(program, found))


@SUCH
@pytest.mark.parametrize("machine", ["x86", "arm64-llsc", "riscv", "power"])
def test_there_and_back_it_is_the_same(program: Program, machine: str) -> None:
    first, second = pair(program, machine)
    there, back = twins(first, second), twins(second, first)
    assert there is not None and back is not None
    done = replay(first, witness(first).execution)
    away = replay(second, there.execution(done))
    again = back.execution(away)
    assert again.executed == done.execution.executed
    assert set(again.rf) == set(done.execution.rf)
    assert set(again.co) == set(done.execution.co)
    assert replay(first, again).values == done.values


@SUCH
def test_it_ends_as_it_did(program: Program) -> None:
    first, second = pair(program)
    matched = twins(first, second)
    assert matched is not None
    done = replay(first, witness(first).execution)
    away = replay(second, matched.execution(done))
    assert away.complete
    assert second.state(away.value) == first.state(done.value)
    assert away.value(second.condition) == done.value(first.condition) == 1


@SUCH
def test_each_access_keeps_its_thread_its_kind_and_its_value(program: Program) -> None:
    first, second = pair(program)
    matched = twins(first, second)
    assert matched is not None
    done = replay(first, witness(first).execution)
    away = replay(second, matched.execution(done))
    for event in first.events:
        if event.kind is not EventKind.FENCE:
            other = second.events[matched.there[event.id]]
            assert (other.thread, other.kind) == (event.thread, event.kind)
            assert away.values[other.id] == done.values[event.id]
            assert away.addresses[other.id] == done.addresses[event.id]


def test_the_fences_of_the_twin_run_where_their_path_does() -> None:
    first, second = pair(PROGRAMS["branches"])
    matched = twins(first, second)
    assert matched is not None
    fences = [event for event in second.events if event.kind is EventKind.FENCE and event.guard.value != 1]
    assert fences
    result = EnumerateEngine().run(first, models.load("lkmm").model, Request())
    for one in (result.witness, result.counterexample):
        assert one is not None
        done = replay(first, one.execution)
        away = replay(second, matched.execution(done))
        taken = any(done.values[e.id] == 2 for e in first.events if e.kind is EventKind.WRITE)
        assert all(bool(away.execution.executed >> e.id & 1) is taken for e in fences)


def test_programs_with_other_accesses_are_no_twins() -> None:
    graphs = [unroll(program) for program in PROGRAMS.values()]
    for one in graphs:
        for other in graphs:
            assert (twins(one, other) is not None) == (one is other)


def test_nor_are_those_with_the_same_accesses_in_another_order() -> None:
    first = litmus("int r; r = READ_ONCE(*x); WRITE_ONCE(*y, 1);", exists="x=0")
    second = litmus("int r; WRITE_ONCE(*y, 1); r = READ_ONCE(*x);", exists="x=0")
    assert twins(unroll(first), unroll(second)) is None
