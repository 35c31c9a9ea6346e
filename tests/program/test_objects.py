"""Shared objects: where they come from, what type they have, what they hold at first."""

from __future__ import annotations

import pytest

from memmodel.errors import MemmodelError, SyntaxError, Unsupported
from memmodel.program import ir
from memmodel.program.load import load
from memmodel.program.spec import check
from memmodel.program.types import INT, LONG, ArrayType, IntType, PointerType, Type
from memmodel.source import SourceFile


def program(initial: str, *parameters: str, condition: str = "exists (true)", before: str = "") -> ir.Program:
    processes = "\n".join(f"P{number}({text}) {{ }}" for number, text in enumerate(parameters or ("",)))
    found = load(SourceFile("t", f"C t\n{{ {initial} }}\n{before}\n{processes}\n{condition}\n")).program
    check(found)
    return found


def types(initial: str, *parameters: str) -> dict[str, Type]:
    return {item.name: item.type for item in program(initial, *parameters).objects}


def initial_values(initial: str, *parameters: str) -> dict[str, dict[int, ir.Constant | ir.Address]]:
    return {item.name: dict(item.initial) for item in program(initial, *parameters).objects}


def test_objects_come_from_the_initial_state_parameters_addresses_and_the_condition() -> None:
    found = program("x; p=y", "int *z", condition="exists (w=1 /\\ p=v)")
    assert [item.name for item in found.objects] == ["x", "p", "y", "z", "w", "v"]


@pytest.mark.parametrize(
    ("initial", "parameters", "type_"),
    [
        ("", ("int *x",), INT),
        ("x", (), INT),
        ("", ("long *x",), LONG),
        ("", ("atomic_t *x",), INT),
        ("", ("atomic64_t *x",), LONG),
        ("", ("volatile int *x",), INT),
        ("", ("u8 *x",), IntType(8, False)),
        ("", ("int *x", "long *x"), LONG),
        ("long x", ("int *x",), LONG),
        ("", ("int **x",), PointerType(INT)),
        ("", ("int *x", "int **x"), PointerType(INT)),
        ("x=y", ("int *x",), PointerType(INT)),
        ("int *x=&y", (), PointerType(INT)),
        ("int x[3]", ("int *x",), ArrayType(INT, 3)),
        ("x[3]", ("u16 *x",), ArrayType(IntType(16, False), 3)),
    ],
)
def test_the_type_of_an_object_is_the_widest_that_is_declared(
    initial: str, parameters: tuple[str, ...], type_: Type
) -> None:
    assert types(initial, *parameters)["x"] == type_


@pytest.mark.parametrize("parameters", [("u8 *x", "u64 *x"), ("u8 *x", "int *x"), ("char *x", "int **x")])
def test_declarations_of_different_fixed_size_are_refused(parameters: tuple[str, ...]) -> None:
    with pytest.raises(Unsupported, match="different size"):
        program("", *parameters)


def test_initial_values() -> None:
    found = initial_values("x=3; int *p=&x; q=x; int a[2]={1,-2}; atomic_t v=ATOMIC_INIT(4); z; u8 b=257")
    assert found["x"] == {0: ir.Constant(3, INT)}
    assert found["p"] == found["q"] == {0: ir.Address("x")}
    assert found["a"] == {0: ir.Constant(1, INT), 4: ir.Constant(-2, INT)}
    assert found["v"] == {0: ir.Constant(4, INT)}
    assert found["z"] == {}
    assert found["b"] == {0: ir.Constant(1, IntType(8, False))}


def test_an_address_may_be_that_of_an_element() -> None:
    assert initial_values("int a[2]; int *p=&a[1]")["p"] == {0: ir.Address("a", 4)}


def test_registers_have_initial_values_too() -> None:
    found = program("0:r1=3; 0:r2=x; u8 0:r3=300", "int *x")
    assert found.threads[0].initial == {
        "r1": ir.Constant(3, LONG),
        "r2": ir.Address("x"),
        "r3": ir.Constant(44, IntType(8, False)),
    }


def test_a_structure_has_its_fields_as_cells() -> None:
    found = program("struct s q = {1, 2}", "struct s *q", before="struct s { int a; long b; };")
    assert found.objects[0].initial == {0: ir.Constant(1, INT), 8: ir.Constant(2, LONG)}


@pytest.mark.parametrize(
    ("initial", "parameters", "message"),
    [
        ("x=1; x=2", "", "initialised twice"),
        ("int a[2]={1,2,3}", "", "too many values"),
        ("x={1}", "", "no array"),
        ("int a[2]=1", "", "several values"),
        ("p=&a[5]; int a[2]", "", "no element 5"),
        ("1:r0=1", "int *x", "no process P1"),
        ("0:r0={1}", "int *x", "one value"),
        ("", "int x", "no pointer"),
        ("", "int *x, int *x", "twice"),
        ("int a[0]", "", "0 elements"),
        ("", "struct nothing *x", "unknown type"),
    ],
)
def test_declarations_that_mean_nothing_are_errors(initial: str, parameters: str, message: str) -> None:
    with pytest.raises(MemmodelError, match=message) as caught:
        program(initial, parameters)
    assert caught.value.span is not None


@pytest.mark.parametrize(("header", "option", "bound"), [("", None, 2), ("Unroll=5", None, 5), ("Unroll=5", 3, 3)])
def test_the_loop_bound_is_the_callers_the_files_or_two(header: str, option: int | None, bound: int) -> None:
    text = f"C t\n{header}\n{{ }}\nP0(int *x) {{ }}\nexists (true)\n"
    assert load(SourceFile("t", text), unroll=option).program.unroll == bound


def test_a_loop_bound_that_is_no_number_is_an_error() -> None:
    with pytest.raises(SyntaxError, match="no loop bound"):
        load(SourceFile("t", "C t\nUnroll=many\n{ }\nP0(int *x) { }\n"))


RING = "struct ring { int slots[2]; int head; int *owner; };"


def initial_of(initial: str, before: str = RING) -> dict[int, int | str]:
    """What the first object holds, by offset; an address as its object's name."""
    held = program(initial, before=before).objects[0].initial
    return {offset: value.object if isinstance(value, ir.Address) else value.value for offset, value in held.items()}


@pytest.mark.parametrize("values", ["{{5, 6}, 7, &x}", "{5, 6, 7, x}", "{{5, 6}, 7, {x},}"])
def test_a_structure_is_initialised_with_inner_braces_or_without(values: str) -> None:
    assert initial_of(f"struct ring rb={values};") == {0: 5, 4: 6, 8: 7, 16: "x"}


def test_inner_braces_may_leave_the_rest_at_zero() -> None:
    assert initial_of("struct ring rb={{5}, 7};") == {0: 5, 8: 7}
    assert initial_of("struct ring rb[2]={{{1, 2}, 3}, {{4}}};") == {0: 1, 4: 2, 8: 3, 24: 4}
    assert initial_of("int a[2][2]={{1}, {2, 3}};", "") == {0: 1, 8: 2, 12: 3}


@pytest.mark.parametrize("values", ["{{5, 6, 1}, 7}", "{5, 6, 7, x, 8}", "{{5, 6}, {7, 8}}"])
def test_more_values_than_a_structure_has_room_for_are_refused(values: str) -> None:
    with pytest.raises(SyntaxError, match="too many values"):
        initial_of(f"struct ring rb={values};")


def test_values_for_a_structure_that_is_not_defined_are_unsupported() -> None:
    with pytest.raises(Unsupported, match="unknown type 'struct ring'") as caught:
        program("struct ring rb={0, 1};", "int *rb")
    assert caught.value.hint is not None and "define it" in caught.value.hint


def test_null_is_no_forgotten_parameter() -> None:
    source = SourceFile(
        "t", "C t\n{ }\nP0(int **p) { int *r0 = NULL; if (r0 == NULL) WRITE_ONCE(*p, r0); }\nexists (p=0)\n"
    )
    assert not load(source).warnings
