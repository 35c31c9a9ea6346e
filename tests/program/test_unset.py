"""Which locals are read before anything can have assigned them."""

from __future__ import annotations

from memmodel.program import ir
from memmodel.program.unset import unset
from tests.events.programs import SPAN, assign, block, compute, leave, load, store, when

ADD = ir.Operator.ADD


def found(*body: ir.Instruction) -> set[str]:
    return set(unset(body, ()))


def test_a_local_that_nothing_assigned_has_no_value() -> None:
    assert found(store("x", compute(ADD, "r", 1))) == {"r"}
    assert found(assign("r", 1), store("x", compute(ADD, "r", 1))) == set()
    assert found(load("r", "x"), when("r", ())) == set()


def test_one_arm_of_a_branch_may_be_the_one_that_was_taken() -> None:
    assert found(load("c", "x"), when("c", (assign("r", 1),)), when("r", ())) == set()


def test_in_a_loop_an_earlier_turn_may_have_assigned_it() -> None:
    turn = (when("r", (leave("l"),)), assign("r", 1))
    assert found(block("l", ir.Loop(turn, SPAN))) == set()


def test_a_copy_has_no_value_either_and_is_told_by_its_origin() -> None:
    assert found(assign("copy", "r")) == set()
    assert found(assign("copy", "r"), when("copy", ())) == {"r"}


def test_what_a_thread_starts_with_is_known() -> None:
    assert unset((when("r", ()),), ("r",)) == {}
