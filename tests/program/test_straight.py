"""A program without jumps does what the program with jumps does, and what waits for what stays the same."""

from __future__ import annotations

import pytest

from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.smt import SmtEngine
from memmodel.errors import Unsupported
from memmodel.events.unroll import unroll
from memmodel.program import ir
from memmodel.program.ir import (
    Address,
    Assert,
    Assume,
    Choose,
    Constant,
    Failed,
    FinalLocal,
    FinalMemory,
    Instruction,
    Load,
    Local,
    Lock,
    LockKind,
    Object,
    Operation,
    Operator,
    Program,
    Quantifier,
    Store,
    Thread,
)
from memmodel.program.load import load
from memmodel.program.spec import check
from memmodel.program.straight import straight
from memmodel.program.types import ADDRESS, BOOL, INT
from memmodel.result import Observation, Result
from memmodel.source import SourceFile, Span
from tests.program.jumps import test_of as jumping
from tests.program.programs import lowered, written
from tests.sampling import in_parts, one_in

LKMM = models.load("lkmm").model
SPAN = Span(SourceFile("t.c", "x"), 0, 1)
ONCE = frozenset(("once",))
X = Address("x")


def shape(body: str, **others: str) -> list[str]:
    """The instructions of P0 without jumps, written out."""
    return written(straight(lowered(body, **others).program).threads[0].body)  # type: ignore[arg-type]


def decided(program: Program) -> Result:
    return SmtEngine().run(unroll(program), LKMM, Request(states=True, timeout=20))


def found(program: Program) -> tuple[object, ...]:
    result = decided(program)
    assert not result.timed_out
    return result.observation, result.flags, result.states, result.no_executions


def program(
    *bodies: tuple[Instruction, ...], finish: tuple[Instruction, ...] = (), objects: tuple[Object, ...] = ()
) -> Program:
    """A C program: it is asked whether an assertion fails."""
    threads = tuple(Thread(f"P{number}", body, span=SPAN) for number, body in enumerate(bodies))
    everything = objects or (Object("x", INT),)
    return Program("t", everything, threads, Quantifier.NOT_EXISTS, Failed(), (), ir.TRUE, exact=True, finish=finish)


def equals(name: str, value: int) -> Operation:
    return Operation(Operator.EQ, (Local(name), Constant(value)), BOOL)


# ── what it looks like ───────────────────────────────────────────────────────────────────────────


def test_a_loop_that_counts_is_all_its_rounds_whatever_the_bound() -> None:
    body = "for (int i = 0; i < 4; i++) WRITE_ONCE(*x, i);"
    assert shape(body) == [f"W[once] &x = {i}" for i in range(4)]


def test_a_loop_that_waits_is_cut_off_at_its_bound() -> None:
    wait = shape("while (READ_ONCE(*x)) { WRITE_ONCE(*y, 1); }")
    nested = str(wait)
    assert nested.count("R[once]") == 3
    assert nested.count("W[once]") == 2
    assert "missed = 1" in nested


def test_what_follows_a_return_moves_into_the_other_arm() -> None:
    assert shape("if (READ_ONCE(*x)) return; WRITE_ONCE(*y, 1);") == [
        "load = R[once] &x",
        "if (!= load 0) {} else {W[once] &y = 1}",
    ]


def test_what_follows_the_block_that_is_left_stays_outside() -> None:
    body = "for (int i = 0; i < 1; i++) { if (READ_ONCE(*x)) continue; WRITE_ONCE(*y, 1); } WRITE_ONCE(*x, 2);"
    assert shape(body) == [
        "load = R[once] &x",
        "if (!= load 0) {} else {W[once] &y = 1}",
        "W[once] &x = 2",
    ]


def test_a_branch_decided_by_constants_is_gone() -> None:
    assert shape("int r = 1; if (r) WRITE_ONCE(*x, r); else WRITE_ONCE(*y, r);") == ["W[once] &x = 1"]


def test_a_copy_is_as_good_as_its_original_until_that_changes() -> None:
    assert shape("int r0 = READ_ONCE(*x); int r1 = r0; WRITE_ONCE(*y, r1);") == ["r0 = R[once] &x", "W[once] &y = r0"]
    assert shape("int r0 = READ_ONCE(*x); int r1 = r0; r0 = READ_ONCE(*y); WRITE_ONCE(*y, r0 + r1);") == [
        "r1 = R[once] &x",
        "r0 = R[once] &y",
        "W[once] &y = (+ r0 r1)",
    ]


def test_a_constant_that_a_read_decided_is_still_waited_for() -> None:
    """The store is controlled by the read of x through r1, though r1 is 1 either way."""
    body = "int r1 = 1; if (READ_ONCE(*x)) r1 = 1; if (r1) WRITE_ONCE(*y, 1);"
    assert shape(body)[-1] == "if (!= r1 0) {W[once] &y = 1} else {}"


def test_what_grows_too_large_is_refused_with_its_place() -> None:
    inner = "if (READ_ONCE(*x)) continue; if (READ_ONCE(*y)) continue;"
    with pytest.raises(Unsupported, match=r"too large|too deeply") as caught:
        shape(f"for (int i = 0; i < 400; i++) {{ while (1) {{ if (READ_ONCE(*x)) return; {inner} break; }} }}")
    assert caught.value.span is not None


# ── what it means ────────────────────────────────────────────────────────────────────────────────


def jumps_agree(seeds: range) -> None:
    refused = 0
    for seed in seeds:
        original = load(SourceFile("t", jumping(seed))).program
        try:
            other = straight(original)
        except Unsupported:
            refused += 1
            continue
        check(other)
        assert found(other) == found(original), f"seed {seed}:\n{jumping(seed)}"
    assert refused <= len(seeds) / 50


def test_programs_that_jump_in_every_way_keep_verdict_states_and_flags() -> None:
    jumps_agree(range(25))


@pytest.mark.slow
@pytest.mark.parametrize("seeds", one_in(3, in_parts(range(300), 100)))
def test_many_programs_that_jump_keep_verdict_states_and_flags(seeds: range) -> None:
    jumps_agree(seeds)


READ_1 = (Load("r", X, INT, ONCE, SPAN), Assert(Operation(Operator.NOT, (equals("r", 1),), BOOL), "", SPAN))
WRITE_1 = (Store(X, Constant(1), INT, ONCE, SPAN),)


def agree(original: Program, observation: Observation) -> Program:
    """Both forms have this verdict; the straight form."""
    other = straight(original)
    check(other)
    assert decided(original).observation is observation
    assert decided(other).observation is observation
    return other


def test_an_assertion_is_a_local_that_the_condition_asks_for() -> None:
    other = agree(program(WRITE_1, READ_1), Observation.SOMETIMES)
    assert other.condition == FinalLocal(1, "failed$", BOOL)
    agree(program(READ_1), Observation.NEVER)


def test_an_assumption_is_a_filter() -> None:
    assumed = (READ_1[0], Assume(equals("r", 0), SPAN), READ_1[1])
    assert agree(program(WRITE_1, assumed), Observation.NEVER).filter != ir.TRUE


def test_an_assumption_after_a_loop_that_was_cut_off_does_not_forget_it() -> None:
    """Only the execution that leaves the loop counts, though what follows is assumed to be true."""
    text = "int r0 = READ_ONCE(*x); while (r0 == 0) r0 = READ_ONCE(*x);"
    waits = lowered(text).program
    body = (*waits.threads[0].body, Load("q", X, INT, ONCE, SPAN), Assume(equals("q", 0), SPAN))
    agree(
        program(body, finish=(Assert(Constant(0, BOOL), "it is reached", SPAN),)),
        Observation.NEVER,
    )


def test_a_choice_is_any_of_its_values_and_orders_nothing() -> None:
    choose = Choose("c", (1, 2, 3), INT, SPAN)
    for value, observation in ((2, Observation.SOMETIMES), (4, Observation.NEVER)):
        unequal = Operation(Operator.NOT, (equals("c", value),), BOOL)
        agree(program((choose, Assert(unequal, "", SPAN))), observation)
    # The read that stands for the choice comes before the first, so that no barrier can hang on it.
    body = (*WRITE_1, choose, Store(Address("y"), Local("c"), INT, ONCE, SPAN))
    other = straight(program(body, objects=(Object("x", INT), Object("y", INT))))
    assert isinstance(other.threads[0].body[0], Load)


def test_final_code_becomes_the_condition() -> None:
    seen = FinalLocal(1, "r")
    finish = (
        Load("end", X, INT, frozenset(), SPAN),
        ir.If(
            Operation(Operator.NE, (seen, Constant(0)), BOOL),
            (Assert(equals("end", 0), "", SPAN),),
            (Assert(equals("end", 1), "", SPAN),),
            SPAN,
        ),
    )
    other = agree(program(WRITE_1, READ_1[:1], finish=finish), Observation.SOMETIMES)
    assert FinalMemory("x", 0) in _leaves(other.condition) and seen in _leaves(other.condition)


def _leaves(node: ir.Expression) -> list[ir.Expression]:
    if isinstance(node, Operation):
        return [leaf for operand in node.operands for leaf in _leaves(operand)]
    return [node]


def test_final_code_that_reads_where_it_cannot_be_told_is_refused() -> None:
    cell = Object("p", INT)
    where = Operation(Operator.ADD, (X, Operation(Operator.CAST, (Local("i"),), ADDRESS)), ADDRESS)
    finish = (Load("i", Address("p"), INT, frozenset(), SPAN), Load("v", where, INT, frozenset(), SPAN))
    with pytest.raises(Unsupported, match="depends on what it read before"):
        straight(program(WRITE_1, finish=finish, objects=(Object("x", INT), cell)))


def test_whether_a_lock_is_held_in_the_end_is_counted() -> None:
    lock, unlock = (Lock(kind, X, None, SPAN) for kind in (LockKind.ACQUIRE, LockKind.RELEASE))
    asked = (Load("l", X, INT, frozenset(), SPAN), Assert(equals("l", 0), "never released", SPAN))
    agree(program((lock, unlock), finish=asked), Observation.NEVER)
    agree(program((lock,), finish=asked), Observation.ALWAYS)
    attempt = Lock(LockKind.TRY, X, "got", SPAN)
    other = program((attempt,), (lock, unlock), finish=asked)
    assert agree(other, Observation.SOMETIMES)
    released = ir.If(Operation(Operator.NE, (Local("got"), Constant(0)), BOOL), (unlock,), (), SPAN)
    agree(program((attempt, released), (lock, unlock), finish=asked), Observation.NEVER)
