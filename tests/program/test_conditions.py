"""Conditions: what they ask, how herd7 spells them, and which final values states list."""

from __future__ import annotations

import pytest

from memmodel.errors import SyntaxError
from memmodel.program import ir
from memmodel.program.types import INT, LONG, UINT
from tests.program.programs import lowered, value


def condition(text: str, body: str = "int r0; int r1; r0 = 1; r1 = 2;", **others: str) -> ir.Program:
    return lowered(body, condition=text, **others).program  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("0:r0=1", "(== 0:r0 1)"),
        ("x==1", "(== [x] 1)"),
        ("[x]=1", "(== [x] 1)"),
        ("x!=1", "(!= [x] 1)"),
        ("x<>1", "(!= [x] 1)"),
        ("~x=1", "(! (== [x] 1))"),
        ("not (x=1)", "(! (== [x] 1))"),
        (r"x=1 /\ y=2 \/ 0:r0=3", "(|| (&& (== [x] 1) (== [y] 2)) (== 0:r0 3))"),
        ("x=1 => y=2", "(|| (! (== [x] 1)) (== [y] 2))"),
        (r"x=1 /\ x=2 => y=3", "(&& (== [x] 1) (|| (! (== [x] 2)) (== [y] 3)))"),
        ("true", "1"),
        ("false", "0"),
        ("x=[y]", "(== (cast [x]) (cast [y]))"),
        ("0:r0=0:r1", "(== (cast 0:r0) (cast 0:r1))"),
        ("x<2", "(< (cast [x]) 2)"),
    ],
)
def test_propositions_mean_what_herd7_takes_them_for(text: str, meaning: str) -> None:
    assert value(condition(f"exists ({text})").condition) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a={1,2}", "(&& (== [a] 1) (== [a+4] 2))"),
        ("a!={1,2}", "(! (&& (== [a] 1) (== [a+4] 2)))"),
        ("a[1]=2", "(== [a+4] 2)"),
        ("p=x", "(== [p] &x)"),
        ("p=&x", "(== [p] &x)"),
        ("p=a[1]", "(== [p] &a+4)"),
        ("0:r5=y", "(== 0:r5 &y)"),
    ],
)
def test_arrays_and_addresses(text: str, meaning: str) -> None:
    initial = "int a[2]={1,2}; int *p=&x; 0:r5=y"
    assert value(condition(f"exists ({text})", initial=initial).condition) == meaning


def test_a_number_is_taken_in_the_type_of_the_place_where_it_fits() -> None:
    """An unsigned place that wrapped holds what C prints as 4294967295 and compares equal to -1."""
    found = condition("exists (0:r0=-1)", "unsigned int r0 = 0u - 1;").condition
    assert isinstance(found, ir.Operation)
    assert found.operands[1] == ir.Constant((1 << 32) - 1, UINT)


def test_a_number_too_large_for_the_place_is_compared_as_it_is() -> None:
    found = condition("exists (0:r0=4294967296)").condition
    assert isinstance(found, ir.Operation)
    assert [operand.type for operand in found.operands] == [LONG, LONG]
    assert found.operands[1] == ir.Constant(1 << 32, LONG)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        # The right column is what herd7 prints for these.
        ("exists (0:r0=1 /\\ x=2)", "exists (0:r0=1 /\\ [x]=2)"),
        ("~exists ((0:r0=1) /\\ (x=2 /\\ y=3))", "~exists (0:r0=1 /\\ [x]=2 /\\ [y]=3)"),
        ("forall (x=1 \\/ y=2 /\\ x=3)", "forall ([x]=1 \\/ [y]=2 /\\ [x]=3)"),
        ("exists ((x=1 \\/ y=2) /\\ x=3)", "exists (([x]=1 \\/ [y]=2) /\\ [x]=3)"),
        ("exists (x!=3)", "exists (not ([x]=3))"),
        ("exists (~(x=1 \\/ y=2))", "exists (not ([x]=1 \\/ [y]=2))"),
        ("exists (x=1 => y=2)", "exists ([x]=1 => [y]=2)"),
        ("exists (x=1 /\\ (x=1 => y=2))", "exists ([x]=1 /\\ ([x]=1 => [y]=2))"),
        ("exists (true)", "exists (true)"),
        ("(x=1)", "exists ([x]=1)"),
        ("exists (x=[y])", "exists ([x]=[y])"),
        ("exists (x=0x10)", "exists ([x]=16)"),
        ("", "forall (true)"),
    ],
)
def test_a_condition_is_spelled_as_herd7_spells_it(text: str, spelled: str) -> None:
    assert condition(text).condition_text == spelled


def test_array_conditions_are_spelled_without_brackets() -> None:
    program = condition("exists (a={1,2} /\\ a[1]=2)", initial="int a[2]={1,2}")
    assert program.condition_text == "exists (a={1,2} /\\ a[1]=2)"


def test_a_test_without_a_condition_asks_whether_true_always_holds() -> None:
    program = condition("")
    assert program.quantifier is ir.Quantifier.FORALL
    assert program.condition == ir.TRUE


def test_states_list_what_the_condition_and_locations_name_in_herd7s_order() -> None:
    text = "locations [y; a; 0:r1; a[1]; x]\nexists (0:r0=1 /\\ b=2)"
    program = condition(text, initial="int a[2]={1,2}; b=3")
    # A whole array stands among the variables, its elements come last.
    places = [(o.whole or o.label) for o in program.observables]
    assert places == ["0:r0", "0:r1", "a", "a", "b", "x", "y", "a[1]"]
    assert [o.label for o in program.observables if o.whole] == ["a[0]", "a[1]"]


def test_elements_are_in_the_order_of_their_numbers() -> None:
    program = condition("locations [a[10]; b[1]; a[2]]\nexists (a[1]=0)", initial="int a[12]; int b[2]")
    assert [o.label for o in program.observables] == ["a[1]", "a[2]", "a[10]", "b[1]"]


def test_of_nested_arrays_the_innermost_are_listed_as_one() -> None:
    program = condition("locations [m;]\nexists (true)", initial="int m[2][2]")
    found = [(o.whole, o.label) for o in program.observables]
    assert found == [("m[0]", "m[0][0]"), ("m[0]", "m[0][1]"), ("m[1]", "m[1][0]"), ("m[1]", "m[1][1]")]


def test_the_filter_adds_nothing_to_the_states() -> None:
    program = condition("filter (y=1)\nexists (x=1)")
    assert [o.label for o in program.observables] == ["x"]
    assert value(program.filter) == "(== [y] 1)"


def test_pointers_are_marked_as_such() -> None:
    program = condition("exists (p=x /\\ x=1)", initial="p=x")
    assert {o.label: o.pointer for o in program.observables} == {"p": True, "x": False}


def test_a_register_that_nothing_assigns_counts_as_0_with_a_warning() -> None:
    result = lowered("int r0;", condition="exists (0:r0=0 /\\ 0:r7=1)")
    assert [w.span.text for w in result.warnings] == ["0:r0", "0:r7"]
    assert all("counts as 0" in w.message for w in result.warnings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exists (r0=1)", "'r0' is no parameter of any process: it is a location that stays 0; did you mean 0:r0?"),
        ("exists (z=1)", "'z' is no parameter of any process: it is a location that stays 0"),
    ],
)
def test_a_location_that_nothing_else_speaks_of_has_a_warning(text: str, expected: str) -> None:
    result = lowered("int r0 = READ_ONCE(*x);", condition=text)
    assert [w.message for w in result.warnings] == [expected]


def test_locations_that_are_initialised_or_pointed_to_are_known() -> None:
    result = lowered("int *r0 = READ_ONCE(*x);", "int **x", "z=3; x=&w;", "exists (z=3 /\\ w=0 /\\ 0:r0=x)")
    assert result.warnings == ()


def test_a_register_that_is_assigned_on_some_path_only_is_none() -> None:
    assert not lowered("int r0; if (*x) r0 = 1;", condition="exists (0:r0=0)").warnings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("exists (3:r0=1)", "no process P3"),
        ("exists (a=1)", "'a' is an array"),
        ("exists (a[2]=1)", "no element 2"),
        ("exists (x[0]=1)", "no array"),
        ("exists (x.f=1)", "no field 'f'"),
        ("exists (a={1,2,3})", "3 values"),
        ("exists (0:r0={1})", "only an array"),
        ("exists (x=99999999999999999999)", "too large"),
    ],
)
def test_conditions_that_mean_nothing_are_errors(text: str, message: str) -> None:
    with pytest.raises(SyntaxError, match=message):
        condition(text, initial="int a[2]={1,2}")


def test_a_final_value_has_the_type_of_its_local() -> None:
    final = condition("exists (0:r0=1)").observables[0].value
    assert final == ir.FinalLocal(0, "r0", INT)
