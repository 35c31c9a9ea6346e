"""The rules of the representation: each broken once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memmodel.program import ir
from memmodel.program.spec import IllegalProgram, check
from memmodel.program.types import ADDRESS, BOOL, INT, LONG
from memmodel.source import SourceFile

SPAN = SourceFile("t", "").span(0, 0)
X = ir.Address("x")
ONE = ir.Constant(1, INT)
R = ir.Local("r", INT)
PLAIN: frozenset[str] = frozenset()
EXIT = ir.Exit("b", SPAN)


def with_body(*body: ir.Instruction) -> ir.Program:
    return ir.Program(
        "t",
        (ir.Object("x", INT, {0: ir.Constant(3, INT)}),),
        (ir.Thread("P0", body, {"a": ir.Address("x")}),),
        ir.Quantifier.EXISTS,
        ir.Operation(ir.Operator.EQ, (ir.FinalLocal(0, "r", INT), ONE), BOOL),
        (ir.Observable("x", ir.FinalMemory("x", 0, INT), False),),
    )


def operation(operator: ir.Operator, *operands: ir.Expression, type_: ir.IntType = INT) -> ir.Assign:
    return ir.Assign("s", ir.Operation(operator, operands, type_), SPAN)


GOOD = with_body(
    ir.Load("r", X, INT, PLAIN, SPAN),
    ir.Store(X, R, INT, frozenset(("once",)), SPAN),
    ir.Block("b", (ir.Loop((ir.If(R, (EXIT,), (), SPAN),), SPAN),), SPAN),
    ir.ReadModifyWrite("old", X, ONE, None, INT, PLAIN, PLAIN, False, SPAN),
    ir.Fence(frozenset(("mb",)), SPAN),
    ir.Lock(ir.LockKind.TRY, X, "got", SPAN),
)


def test_a_legal_program_passes() -> None:
    check(GOOD)


@pytest.mark.parametrize(
    "instruction",
    [
        ir.Load("r", ONE, INT, PLAIN, SPAN),
        ir.Load("r", ir.Address("nowhere"), INT, PLAIN, SPAN),
        ir.Load("r", X, LONG, PLAIN, SPAN),
        ir.Load("a", X, INT, PLAIN, SPAN),
        ir.Store(X, ir.Constant(1, LONG), INT, PLAIN, SPAN),
        ir.Assign("s", ir.Constant(1 << 40, INT), SPAN),
        ir.Assign("s", ir.FinalMemory("x", 0, INT), SPAN),
        ir.Assign("s", ir.Address("x", 0, INT), SPAN),
        operation(ir.Operator.ADD, R, ir.Constant(1, LONG)),
        operation(ir.Operator.ADD, R),
        operation(ir.Operator.LT, R, ir.Constant(1, LONG)),
        operation(ir.Operator.LAND, R, R),
        operation(ir.Operator.ITE, R, R, R),
        operation(ir.Operator.NEG, R, type_=LONG),
        ir.Fence(frozenset(), SPAN),
        ir.Fence(frozenset(("mb",)), SPAN, ONE),
        ir.Lock(ir.LockKind.ACQUIRE, X, "r", SPAN),
        EXIT,
        ir.Loop((EXIT,), SPAN),
        ir.Block("b", (ir.Block("b", (), SPAN),), SPAN),
        ir.ReadModifyWrite("old", X, ir.Constant(1, LONG), None, INT, PLAIN, PLAIN, False, SPAN),
        ir.ReadModifyWrite("old", X, ONE, None, INT, PLAIN, PLAIN, False, SPAN, None, PLAIN),
        ir.Choose("c", (), INT, SPAN),
        ir.Choose("c", (1 << 40,), INT, SPAN),
        ir.If(ir.Operation(ir.Operator.NOT, (R,), BOOL), (), (), SPAN),
    ],
)
def test_an_illegal_instruction_is_found(instruction: ir.Instruction) -> None:
    with pytest.raises(IllegalProgram):
        check(with_body(ir.Load("r", X, INT, PLAIN, SPAN), instruction))


@pytest.mark.parametrize(
    "program",
    [
        replace(GOOD, objects=GOOD.objects * 2),
        replace(GOOD, objects=(ir.Object("x", INT, {4: ONE}),)),
        replace(GOOD, objects=(ir.Object("x", INT, {0: ir.Constant(1, LONG)}),)),
        replace(GOOD, objects=(ir.Object("x", INT, {0: ir.Address("nowhere")}),)),
        replace(GOOD, condition=ONE),
        replace(GOOD, condition=ir.Operation(ir.Operator.EQ, (R, ONE), BOOL)),
        replace(GOOD, condition=ir.Operation(ir.Operator.EQ, (ir.FinalLocal(3, "r", INT), ONE), BOOL)),
        replace(GOOD, filter=ir.Operation(ir.Operator.EQ, (ir.FinalMemory("x", 2, INT), ONE), BOOL)),
        replace(GOOD, observables=GOOD.observables * 2),
        replace(GOOD, observables=(ir.Observable("r", ir.FinalLocal(0, "r", LONG), False),)),
        replace(GOOD, observables=(ir.Observable("x", ir.FinalMemory("x", 0, ADDRESS), False),)),
        replace(GOOD, unroll=-1),
    ],
)
def test_an_illegal_program_is_found(program: ir.Program) -> None:
    with pytest.raises(IllegalProgram):
        check(program)
