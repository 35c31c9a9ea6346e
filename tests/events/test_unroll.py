"""What the unroller makes of control flow, locals, loops and locks."""

from __future__ import annotations

import time
from itertools import product

import pytest

from memmodel.errors import Unsupported
from memmodel.events.graph import INITIAL, EventKind, FaultKind
from memmodel.events.terms import TRUE
from memmodel.events.unroll import unroll
from memmodel.program import ir
from memmodel.program.ir import LockKind, Operator
from memmodel.program.types import ADDRESS, INT, ArrayType, Field, StructType
from tests.events.programs import (
    SPAN,
    assign,
    at_end,
    block,
    compare,
    compare_exchange,
    compute,
    equal,
    events_of,
    fence,
    leave,
    load,
    lock,
    pairs,
    pointer,
    program,
    store,
    value_with,
    when,
    while_,
)

READ, WRITE = EventKind.READ, EventKind.WRITE


def test_what_no_access_touches_gets_no_initial_write() -> None:
    graph = unroll(program((store("x", 1),), condition=equal(ir.FinalMemory("y", 0), 0)))
    names = [graph.cells[e.address.number] for e in events_of(graph, INITIAL) if e.address is not None]
    assert names == ["x", "y"]
    assert [e.id for e in graph.events] == [0, 1, 2]


def test_cells_are_the_scalars_of_arrays_and_structures() -> None:
    pair = StructType("pair", (Field("a", INT, 0), Field("b", ArrayType(INT, 2), 4)), 12)
    graph = unroll(program((store("s", 1),), objects={"s": ArrayType(pair, 2)}))
    names = [name for name in graph.cells.values() if name.startswith("s")]
    assert names == ["s[0].a", "s[0].b[0]", "s[0].b[1]", "s[1].a", "s[1].b[0]", "s[1].b[1]"]


def test_a_computed_index_may_touch_the_elements_that_it_can_reach() -> None:
    index = compute(Operator.MUL, compute(Operator.AND, ir.Local("i", ADDRESS), ir.Constant(1, ADDRESS)), 4)
    where = ir.Operation(Operator.ADD, (ir.Address("a"), index), ADDRESS)
    body = (load("i", "x", type_=ADDRESS), store(where, 1))
    graph = unroll(program(body, (store("x", 5),), objects={"a": ArrayType(INT, 8)}))
    names = {graph.cells[e.address.number] for e in events_of(graph, INITIAL) if e.address is not None}
    assert names == {"x", "a[0]", "a[1]"}
    assert events_of(graph, 0, WRITE)[0].guard is TRUE
    assert not graph.faults


def test_an_if_guards_its_arms_and_nothing_after_them() -> None:
    body = (load("a", "x"), when("a", (store("y", 1),), (store("y", 2),)), store("z", 1))
    graph = unroll(program(body))
    read, then, otherwise, after = events_of(graph)
    assert after.guard is TRUE
    for value in (0, 1):
        assert value_with(then.guard, {read.id: value}) == value
        assert value_with(otherwise.guard, {read.id: value}) == 1 - value
    assert pairs(graph.ctrl) == {(read.id, then.id), (read.id, otherwise.id)}


def test_a_local_set_in_both_arms_is_merged() -> None:
    body = (load("a", "x"), when("a", (assign("b", 3),), (assign("b", 4),)), store("y", "b"))
    graph = unroll(program(body))
    read, write = events_of(graph)
    assert write.value is not None
    assert [value_with(write.value, {read.id: v}) for v in (0, 1)] == [4, 3]
    assert not graph.data, "the value written is chosen by control, not computed from what was read"
    assert not graph.ctrl


def test_a_local_carries_what_it_was_read_from_only_on_that_path() -> None:
    body = (load("a", "x"), load("b", "y"), when("a", (assign("c", "b"),)), store("z", "c"))
    graph = unroll(program(body))
    first, second, _ = events_of(graph)
    (dependency,) = graph.data
    assert dependency.source == second.id
    assert [value_with(dependency.condition, {first.id: v, second.id: 7}) for v in (0, 1)] == [0, 1]


def test_a_dependency_says_no_more_than_the_execution_of_its_ends() -> None:
    body = (load("a", "x"), when("a", (load("b", "y"),)), store("z", "b"))
    graph = unroll(program(body))
    assert [(d.source, d.condition) for d in graph.data] == [(events_of(graph)[1].id, TRUE)]


def test_a_local_set_under_control_controls_what_branches_on_it() -> None:
    body = (load("a", "x"), when("a", (assign("b", 1),)), when("b", (store("y", 1),)))
    graph = unroll(program(body))
    read, write = events_of(graph)
    assert pairs(graph.ctrl) == {(read.id, write.id)}


def test_the_address_of_a_load_is_not_inherited_by_its_result() -> None:
    body = (load("p", "x", type_=ADDRESS), load("b", pointer("p")), store("z", "b"))
    graph = unroll(program(body, initial={"x": ir.Address("y")}, objects={"x": ADDRESS}))
    first, second, write = events_of(graph)
    assert pairs(graph.addr) == {(first.id, second.id)}
    assert pairs(graph.data) == {(second.id, write.id)}


def test_leaving_a_block_early_controls_the_rest_of_it_and_nothing_after() -> None:
    body = (
        load("a", "x"),
        block("b", when("a", (leave("b"),)), store("y", 1)),
        store("z", 1),
    )
    graph = unroll(program(body))
    read, inside, after = events_of(graph)
    assert [value_with(inside.guard, {read.id: v}) for v in (0, 1)] == [1, 0]
    assert after.guard is TRUE
    assert pairs(graph.ctrl) == {(read.id, inside.id)}


def test_a_branch_that_is_always_taken_hides_no_exit() -> None:
    body = (load("a", "x"), block("b", when(1, (when("a", (leave("b"),)),)), store("y", 1)))
    graph = unroll(program(body))
    read, inside = events_of(graph)
    assert [value_with(inside.guard, {read.id: v}) for v in (0, 1)] == [1, 0]
    assert pairs(graph.ctrl) == {(read.id, inside.id)}


def test_leaving_an_outer_block_controls_what_follows_the_inner_one() -> None:
    inner = block("inner", load("b", "y"), when("b", (leave("outer"),)))
    body = (load("a", "x"), block("outer", when("a", (inner,)), store("z", 1)), store("z", 2))
    graph = unroll(program(body))
    first, second, inside, after = events_of(graph)
    for a, b in product((0, 1), repeat=2):
        assert value_with(inside.guard, {first.id: a, second.id: b}) == (not (a and b))
    assert after.guard is TRUE
    assert pairs(graph.ctrl) == {(first.id, second.id), (first.id, inside.id), (second.id, inside.id)}


def test_locals_take_the_value_of_the_way_on_which_a_block_was_left() -> None:
    body = (
        load("a", "x"),
        load("b", "y"),
        block("k", assign("r", 1), when("a", (leave("k"),)), assign("r", 2), when("b", (leave("k"),)), assign("r", 3)),
        store("z", "r"),
    )
    graph = unroll(program(body))
    first, second, write = events_of(graph)
    assert write.value is not None
    found = [value_with(write.value, {first.id: a, second.id: b}) for a, b in product((0, 1), repeat=2)]
    assert found == [3, 2, 1, 1]


@pytest.mark.parametrize("bound", [0, 1, 2, 5])
def test_a_waiting_loop_tests_once_more_than_it_runs(bound: int) -> None:
    graph = unroll(program((load("a", "x"), while_(equal("a", 0), load("a", "x")), store("y", 1)), unroll=bound))
    reads = events_of(graph, 0, READ)
    assert len(reads) == 1 + bound
    (cut,) = graph.cuts
    assert value_with(cut.condition, {r.id: 0 for r in reads}) == 1
    for last in range(len(reads)):
        assert value_with(cut.condition, {r.id: int(i == last) for i, r in enumerate(reads)}) == 0
    assert events_of(graph, 0, WRITE)[0].guard is TRUE
    assert all(target != events_of(graph, 0, WRITE)[0].id for _, target in pairs(graph.ctrl))


def test_a_loop_that_counts_needs_no_bound() -> None:
    loop = while_(compare(Operator.LT, "i", 10), store("x", "i"), assign("i", compute(Operator.ADD, "i", 1)), label="l")
    graph = unroll(program((loop,), unroll=1))
    written = [e.value.number for e in events_of(graph) if e.value is not None]
    assert written == list(range(10))
    assert not graph.cuts


def test_a_loop_that_counts_may_also_be_left_early() -> None:
    count = assign("i", compute(Operator.ADD, "i", 1))
    loop = while_(compare(Operator.LT, "i", 5), load("a", "x"), when("a", (leave("l"),)), count, label="l")
    graph = unroll(program((loop, store("y", "i")), unroll=1))
    assert len(events_of(graph, 0, READ)) == 5
    assert not graph.cuts


def test_a_loop_whose_test_never_changes_is_bounded() -> None:
    body = (assign("on", 1), while_("on", load("a", "x"), when("a", (leave("l"),)), label="l"), store("y", 1))
    graph = unroll(program(body, unroll=3))
    assert len(events_of(graph, 0, READ)) == 4
    assert len(graph.cuts) == 1


def test_a_loop_without_end_is_cut_and_nothing_follows() -> None:
    graph = unroll(program((block("l", ir.Loop((store("x", 1),), SPAN)), store("y", 1))))
    assert graph.cuts[0].condition is TRUE
    assert {graph.cells[e.address.number] for e in events_of(graph) if e.address is not None} == {"x"}


def test_a_loop_that_counts_too_far_is_refused() -> None:
    loop = while_(compare(Operator.GE, "i", 0), assign("i", compute(Operator.ADD, "i", 1)), label="l")
    with pytest.raises(Unsupported, match="4096"):
        unroll(program((loop,)))


def test_assertions_and_assumptions_do_not_count_after_a_cut() -> None:
    body = (
        load("a", "x"),
        while_(equal("a", 0), load("a", "x")),
        ir.Assume(equal("a", 1), SPAN),
        ir.Assert(equal("a", 0), "a is 0", SPAN),
    )
    graph = unroll(program(body, unroll=0))
    (read,) = events_of(graph, 0, READ)
    assert [value_with(graph.assumptions[0].condition, {read.id: v}) for v in (0, 1, 2)] == [1, 1, 0]
    assert [value_with(graph.assertions[0].failed, {read.id: v}) for v in (0, 1)] == [0, 1]


def test_taking_a_lock_is_an_atomic_pair_that_must_find_it_free() -> None:
    graph = unroll(program((lock(LockKind.ACQUIRE), lock(LockKind.RELEASE))))
    read, write, release = events_of(graph)
    assert [e.tags for e in (read, write, release)] == [{"LKR"}, {"LKW"}, {"UL"}]
    assert graph.rmw == ((read.id, write.id),)
    (assumption,) = graph.assumptions
    assert assumption.lock
    assert [value_with(assumption.condition, {read.id: v}) for v in (0, 1)] == [1, 0]


def test_trying_a_lock_has_two_outcomes_of_which_only_failure_is_a_dependency() -> None:
    body = (lock(LockKind.TRY, target="a"), when("a", (store("x", 1),), (store("y", 1),)))
    graph = unroll(program(body))
    read, write, failed, taken, missed = events_of(graph)
    for outcome in (0, 1):
        values = {read.id: 0, failed.id: 1}
        run = [value_with(e.guard, values, {0: outcome}) for e in (read, write, failed, taken, missed)]
        assert run == ([1, 1, 0, 1, 0] if outcome else [0, 0, 1, 0, 1])
    assert pairs(graph.ctrl) == {(failed.id, taken.id), (failed.id, missed.id)}
    assert not any(assumption.lock for assumption in graph.assumptions)


def test_a_compare_and_exchange_depends_on_its_new_value_only() -> None:
    body = (load("a", "x"), load("b", "y"), compare_exchange("r", "z", "a", "b"), store("x", "r"))
    graph = unroll(program(body))
    old, new, read, write, after = events_of(graph)
    assert pairs(graph.data) == {(new.id, write.id), (read.id, after.id)}
    assert not graph.ctrl
    assert [value_with(write.guard, {old.id: 5, read.id: v}) for v in (5, 6)] == [1, 0]


def test_a_failed_operation_may_have_a_read_of_its_own() -> None:
    mb, weak = frozenset(("mb",)), frozenset(("once",))
    body = (compare_exchange("r", "x", 0, 1, weak, around=mb, failed=weak | {"noreturn"}), store("y", "r"))
    graph = unroll(program(body))
    before, read, write, after, failed, last = events_of(graph)
    assert failed.tags == {"once", "noreturn", "RMW"}
    assert graph.rmw == ((read.id, write.id),)
    for outcome, value in product((0, 1), repeat=2):
        values = {read.id: value if outcome else 0, failed.id: 0 if outcome else value}
        choices = {0: outcome}
        fits = all(value_with(a.condition, values, choices) for a in graph.assumptions)
        assert fits == (outcome != value)
        assert [value_with(e.guard, values, choices) for e in (before, read, write, after)] == [outcome] * 4
        assert last.value is not None
        assert value_with(last.value, values, choices) == value


def test_a_pointer_that_may_be_null_or_stray_is_a_fault_there() -> None:
    stray = ir.Constant(12, ADDRESS)
    body = (load("p", "x", type_=ADDRESS), store(pointer("p"), 1))
    other = (store("x", stray, type_=ADDRESS), store("x", ir.Address("y"), type_=ADDRESS))
    graph = unroll(program(body, other, objects={"x": ADDRESS}))
    read, write = events_of(graph)
    home = next(a for a, name in graph.cells.items() if name == "y")
    for value, expected in ((0, FaultKind.NULL), (12, FaultKind.OUT_OF_BOUNDS), (home, None)):
        found = [f.kind for f in graph.faults if value_with(f.condition, {read.id: value})]
        assert found == ([] if expected is None else [expected])
        assert value_with(write.guard, {read.id: value}) == (expected is None)


def test_division_by_zero_is_a_fault_where_it_is_evaluated() -> None:
    quotient = compute(Operator.DIV, 6, "a")
    guarded = ir.Operation(Operator.LAND, (equal("b", 1), equal(quotient, 2)), INT)
    graph = unroll(program((load("a", "x"), load("b", "y"), assign("c", guarded))))
    first, second = events_of(graph)
    (fault,) = graph.faults
    assert fault.kind is FaultKind.DIVISION
    for a, b in product((0, 1), repeat=2):
        assert value_with(fault.condition, {first.id: a, second.id: b}) == (a == 0 and b == 1)


def test_fences_keep_their_place() -> None:
    graph = unroll(program((store("x", 1), fence("wmb"), store("y", 1))))
    assert [e.kind for e in events_of(graph)] == [WRITE, EventKind.FENCE, WRITE]


def test_the_condition_speaks_of_final_values() -> None:
    graph = unroll(program((load("a", "x"),), condition=equal(at_end(0, "a"), at_end(0, "never"))))
    (read,) = events_of(graph)
    assert [value_with(graph.condition, {read.id: v}) for v in (0, 1)] == [1, 0]


def test_a_thousand_branches_take_a_moment() -> None:
    step = (load("a", "x"), when("a", (assign("b", "a"), store("y", "b")), (assign("b", 0),)), store("z", "b"))
    begun = time.monotonic()
    graph = unroll(program(step * 1000))
    assert len(graph.events) == 3003
    assert time.monotonic() - begun < 10
