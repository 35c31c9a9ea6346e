"""What runs before the threads runs concretely, and leaves the memory that the threads start from."""

from __future__ import annotations

import pytest

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program import ir
from memmodel.program.interpret import run
from memmodel.program.ir import (
    Address,
    Assert,
    Assign,
    Assume,
    Block,
    Choose,
    Constant,
    Exit,
    Fence,
    If,
    Instruction,
    Load,
    Local,
    Lock,
    LockKind,
    Loop,
    Object,
    Operation,
    Operator,
    ReadModifyWrite,
    Store,
)
from memmodel.program.types import (
    ADDRESS,
    BOOL,
    CHAR,
    INT,
    UINT,
    ULONG,
    ArrayType,
    Field,
    IntType,
    PointerType,
    StructType,
)
from memmodel.source import SourceFile, Span
from tests.program.programs import lowered

SPAN = Span(SourceFile("init.c", "x = 1;\ny = 2;\n"), 7, 12)
U16 = IntType(16, False)
X = Object("x", INT)
Y = Object("y", INT, {0: Constant(7, INT)})


def number(value: int, type_: IntType = INT) -> Constant:
    return Constant(value, type_)


def store(where: str, value: ir.Expression, at: int = 0) -> Store:
    return Store(Address(where, at), value, value.type, frozenset(), SPAN)


def load(target: str, where: str, type_: IntType = INT, at: int = 0) -> Load:
    return Load(target, Address(where, at), type_, frozenset(), SPAN)


def plus(first: ir.Expression, second: ir.Expression) -> Operation:
    return Operation(Operator.ADD, (first, second), first.type)


def left(objects: tuple[Object, ...], *body: Instruction) -> list[dict[int, object]]:
    """What each object holds when `body` has run; constants as numbers."""
    return [
        {at: value.value if isinstance(value, Constant) else value for at, value in item.initial.items()}
        for item in run(objects, body)
    ]


def test_a_store_is_the_new_initial_value_and_the_rest_stays() -> None:
    assert left((X, Y), store("x", number(3))) == [{0: 3}, {0: 7}]


def test_a_load_sees_what_was_stored_last() -> None:
    body = (store("x", number(3)), load("r", "x"), store("y", plus(Local("r"), number(1))))
    assert left((X, Y), *body) == [{0: 3}, {0: 4}]


def test_a_load_sees_initial_values_and_zero_where_there_is_none() -> None:
    body = (load("r", "y"), load("s", "x"), store("x", plus(Local("r"), Local("s"))))
    assert left((X, Y), *body) == [{0: 7}, {0: 7}]


def test_arithmetic_wraps_in_the_type_of_the_operation() -> None:
    sum_ = plus(Constant(0xFFFF_FFFF, UINT), Constant(2, UINT))
    assert left((Object("x", UINT),), store("x", sum_)) == [{0: 1}]


def test_the_arm_taken_runs_and_the_other_does_not() -> None:
    body = (
        If(number(1, BOOL), (store("x", number(1)),), (store("y", number(1)),), SPAN),
        If(number(0, BOOL), (store("x", number(2)),), (), SPAN),
    )
    assert left((X, Y), *body) == [{0: 1}, {0: 7}]


def test_loops_run_to_their_end_whatever_the_bound() -> None:
    array = Object("a", ArrayType(INT, 10))
    turn = (
        If(Operation(Operator.GE, (Local("i"), number(10)), BOOL), (Exit("out", SPAN),), (), SPAN),
        Store(
            Operation(
                Operator.ADD,
                (
                    Address("a"),
                    Operation(
                        Operator.MUL,
                        (Operation(Operator.CAST, (Local("i"),), ADDRESS), Constant(4, ADDRESS)),
                        ADDRESS,
                    ),
                ),
                ADDRESS,
            ),
            Operation(Operator.MUL, (Local("i"), Local("i")), INT),
            INT,
            frozenset(),
            SPAN,
        ),
        Assign("i", plus(Local("i"), number(1)), SPAN),
    )
    body = (Assign("i", number(0), SPAN), Block("out", (Loop(turn, SPAN, 2),), SPAN))
    assert left((array,), *body) == [{4 * i: i * i for i in range(10)}]


def test_an_exit_leaves_the_block_of_its_label_and_all_inside() -> None:
    inner = Block("inner", (Exit("outer", SPAN),), SPAN)
    outer = Block("outer", (inner, store("x", number(1))), SPAN)
    assert left((X,), outer, store("x", number(2))) == [{0: 2}]


def test_stored_addresses_stay_symbolic_and_can_be_followed() -> None:
    pointer = Object("p", PointerType(INT))
    inside = plus(Address("a"), Constant(4, ADDRESS))
    body = (
        store("p", inside),
        load("r", "p", ADDRESS),
        Store(Local("r", ADDRESS), number(5), INT, frozenset(), SPAN),
    )
    assert left((Object("a", ArrayType(INT, 2)), pointer), *body) == [{4: 5}, {0: Address("a", 4)}]


def test_an_initial_address_can_be_followed() -> None:
    pointer = Object("p", PointerType(INT), {0: Address("x")})
    body = (load("r", "p", ADDRESS), Store(Local("r", ADDRESS), number(5), INT, frozenset(), SPAN))
    assert left((X, pointer), *body) == [{0: 5}, {0: Address("x")}]


def test_an_address_can_be_masked() -> None:
    # Objects lie on 64-byte boundaries: the low bits are those of the offset.
    low = Operation(Operator.AND, (Address("a", 12), Constant(63, ADDRESS)), ADDRESS)
    high = Operation(Operator.AND, (Address("a", 12), Constant((1 << 64) - 64, ADDRESS)), ADDRESS)
    objects = (Object("a", ArrayType(INT, 8)), Object("n", ULONG), Object("p", PointerType(INT)))
    assert left(objects, store("n", low), store("p", high)) == [{}, {0: 12}, {0: Address("a")}]


def test_the_end_of_an_object_is_an_address_but_no_place() -> None:
    objects = (Object("a", ArrayType(INT, 2)), Object("p", PointerType(INT)))
    assert left(objects, store("p", Address("a", 8))) == [{}, {0: Address("a", 8)}]
    with pytest.raises(SyntaxError, match="past the end of 'a'"):
        run(objects, (store("a", number(1), 8),))
    with pytest.raises(SyntaxError, match="past the end of 'a'"):
        run(objects, (store("a", number(1), 6),))


def test_null_and_nowhere_are_no_places() -> None:
    nowhere = Store(Constant(4096, ADDRESS), number(1), INT, frozenset(), SPAN)
    with pytest.raises(SyntaxError, match="outside every object"):
        run((X,), (nowhere,))
    with pytest.raises(SyntaxError, match="NULL") as caught:
        run((X,), (Load("r", Constant(0, ADDRESS), INT, frozenset(), SPAN),))
    assert caught.value.span == SPAN


def test_a_value_takes_the_sign_of_the_cell_as_declared() -> None:
    after = run((X,), (store("x", Constant(0xFFFF_FFFF, UINT)),))
    assert after[0].initial == {0: Constant(-1, INT)}


def test_a_byte_area_gets_the_cells_that_were_stored() -> None:
    area = Object("data", ArrayType(CHAR, 16))
    after = run((area,), (store("data", Constant(9, ULONG), 8), store("data", Constant(1, U16), 2)))
    assert after[0].initial == {2: Constant(1, U16), 8: Constant(9, ULONG)}


def test_of_a_union_the_member_stored_last_counts() -> None:
    union = StructType("u", (Field("word", UINT, 0), Field("bytes", ArrayType(CHAR, 4), 0)), 4)
    after = run((Object("u", union, {0: Constant(1, CHAR)}),), (store("u", Constant(5, UINT)),))
    assert after[0].initial == {0: Constant(5, UINT)}


@pytest.mark.parametrize(
    "second",
    [load("r", "data", U16, 0), load("r", "data", ULONG, 0), load("r", "data", UINT, 2), store("data", number(1), 2)],
)
def test_what_is_not_one_stored_cell_is_not_guessed(second: Instruction) -> None:
    area = Object("data", ArrayType(CHAR, 16))
    with pytest.raises(Unsupported) as caught:
        run((area,), (store("data", Constant(9, UINT)), second))
    assert caught.value.span == SPAN


def test_what_was_never_written_cannot_be_read_where_that_counts() -> None:
    with pytest.raises(Unsupported, match="'x' is read here but was never written"):
        run((Object("x", INT, unwritten=True),), (load("r", "x"),))
    assert left((Object("x", INT, unwritten=True),), store("x", number(2)), load("r", "x")) == [{0: 2}]


def test_a_read_modify_write_writes_where_its_condition_holds() -> None:
    def swap(expected: int) -> ReadModifyWrite:
        holds = Operation(Operator.EQ, (Local("old"), number(expected)), BOOL)
        nothing: frozenset[str] = frozenset()
        value = plus(Local("old"), number(1))
        return ReadModifyWrite("old", Address("y"), value, holds, INT, nothing, nothing, False, SPAN)

    assert left((X, Y), swap(7), store("x", Local("old"))) == [{0: 7}, {0: 8}]
    assert left((X, Y), swap(6), store("x", Local("old"))) == [{0: 7}, {0: 7}]


def test_locks_are_taken_and_given_back() -> None:
    def lock(kind: LockKind) -> Lock:
        return Lock(kind, Address("l"), "r" if kind in (LockKind.TRY, LockKind.IS_LOCKED) else None, SPAN)

    objects = (Object("l", INT), X)
    taken = lock(LockKind.ACQUIRE)
    assert left(objects, taken, lock(LockKind.IS_LOCKED), store("x", Local("r"))) == [{0: 1}, {0: 1}]
    assert left(objects, taken, lock(LockKind.TRY), store("x", Local("r"))) == [{0: 1}, {0: 0}]
    assert left(objects, lock(LockKind.TRY), store("x", Local("r"))) == [{0: 1}, {0: 1}]
    assert left(objects, taken, lock(LockKind.RELEASE), lock(LockKind.IS_LOCKED), store("x", Local("r"))) == [
        {0: 0},
        {0: 0},
    ]
    with pytest.raises(SyntaxError, match="already held"):
        run(objects, (taken, taken))


def test_barriers_do_nothing_alone() -> None:
    assert left((X,), Fence(frozenset(("Mb",)), SPAN)) == [{}]


def test_claims_are_held_to() -> None:
    false, true = number(0, BOOL), number(1, BOOL)
    run((X,), (Assert(true, "", SPAN), Assume(true, SPAN)))
    with pytest.raises(SyntaxError, match="an assertion fails in the initialisation: size is odd") as caught:
        run((X,), (Assert(false, "size is odd", SPAN),))
    assert caught.value.span == SPAN
    with pytest.raises(SyntaxError, match="no execution is left"):
        run((X,), (Assume(false, SPAN),))


def test_what_has_no_one_meaning_is_refused() -> None:
    with pytest.raises(Unsupported, match="choice"):
        run((X,), (Choose("r", (0, 1), INT, SPAN),))


def test_an_endless_loop_ends_in_an_error() -> None:
    for inside in ((), (store("x", number(1)),)):
        with pytest.raises(Unsupported, match="too many steps") as caught:
            run((X,), (Block("out", (Loop(inside, SPAN),), SPAN),))
        assert caught.value.span == SPAN


def test_dividing_by_zero_is_an_error_only_where_c_divides() -> None:
    division = Operation(Operator.NE, (Operation(Operator.DIV, (number(1), Local("z")), INT), number(0)), BOOL)
    skipped = Operation(Operator.LAND, (number(0, BOOL), division), BOOL)
    run((X,), (Assign("b", skipped, SPAN),))
    with pytest.raises(SyntaxError, match="division by zero"):
        run((X,), (Assign("b", division, SPAN),))


def test_it_runs_what_the_front_end_lowers() -> None:
    text = "int s = 0; for (int i = 0; i < 5; i++) { if (i == 3) continue; s += i; } *x = s; atomic_inc(y);"
    program = lowered(text, parameters="int *x, atomic_t *y").program
    after = run(program.objects, program.threads[0].body)
    assert {item.name: dict(item.initial) for item in after} == {"x": {0: number(7)}, "y": {0: number(1)}}
