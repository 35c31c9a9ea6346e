"""How many writes, one feeding the next, a value can have come through."""

from __future__ import annotations

from memmodel.events.chains import longest_chain
from memmodel.events.graph import Event, EventGraph
from memmodel.events.unroll import unroll
from memmodel.program import ir
from memmodel.program.ir import Operator
from tests.events.programs import assign, compute, load, program, store


def chain(*threads: tuple[ir.Instruction, ...]) -> int:
    graph: EventGraph = unroll(program(*threads))

    def places(event: Event) -> frozenset[int]:
        assert event.address is not None
        return frozenset((event.address.number,))

    return longest_chain(graph.events, places)


def test_constants_come_through_one_write() -> None:
    assert chain((store("x", 1), store("y", 2))) == 2  # and the initial one


def test_a_value_handed_on_comes_through_each_hand() -> None:
    assert chain((store("x", 1),), (load("r", "x"), store("y", "r")), (load("r", "y"), store("z", "r"))) == 4


def test_side_by_side_does_not_add_up() -> None:
    copy_x, copy_y = (load("r", "x"), store("y", "r")), (load("r", "x"), store("z", "r"))
    assert chain((store("x", 1),), copy_x, copy_y) == 3


def test_a_circle_may_be_gone_round_through_each_of_its_writes() -> None:
    add = (load("r", "x"), assign("r", compute(Operator.ADD, "r", 1)), store("x", "r"))
    assert chain(add, add, add) == 4
