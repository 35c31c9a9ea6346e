"""Types and declarators, converted."""

from __future__ import annotations

import pytest

from memmodel.errors import SyntaxError, Unsupported
from memmodel.syntax import tree
from tests.frontends.c.texts import unit


def _type(source: str) -> tuple[str, int, int]:
    """The base, the stars and the number of dimensions of the variable x."""
    variable = unit(source).variable("x")
    assert variable is not None
    declaration, declarator = variable
    return declaration.type.base, declaration.type.pointers + declarator.pointers, len(declarator.dimensions)


@pytest.mark.parametrize(
    ("written", "base"),
    [
        ("unsigned", "unsigned int"),
        ("long long int", "long"),
        ("unsigned long long", "unsigned long"),
        ("int long unsigned", "unsigned long"),
        ("short int", "short"),
        ("signed", "int"),
        ("signed char", "signed char"),
        ("const volatile char", "char"),
        ("_Bool", "bool"),
        ("bool", "bool"),
        ("u32", "u32"),
        ("const atomic_t", "atomic_t"),
        ("struct s", "struct s"),
        ("union u", "union u"),
        ("_Atomic(int)", "int"),
        ("_Atomic int", "int"),
        ("size_t", "size_t"),
    ],
)
def test_a_type_has_one_spelling(written: str, base: str) -> None:
    assert _type(f"struct s {{ int a; }}; union u {{ int a; }}; {written} x;")[0] == base


@pytest.mark.parametrize(
    ("members", "base"),
    [
        ("A, B", "unsigned int"),
        ("A = -1, B", "int"),
        ("A = 1 << 31", "int"),
        ("A = 1u << 31", "unsigned int"),
        ("A = 1UL << 40", "unsigned long"),
        ("A = 5, B = A - 6", "int"),
        ("A = ~0", "int"),
        ("A = 'x'", "unsigned int"),
    ],
)
def test_an_enumeration_is_the_integer_that_gcc_makes_of_it(members: str, base: str) -> None:
    assert _type(f"enum e {{ {members} }}; enum e x;")[0] == base
    assert _type(f"enum {{ {members} }} x;")[0] == base


def test_an_enumeration_whose_values_are_not_known_is_refused_as_a_type() -> None:
    with pytest.raises(Unsupported, match="decides the type"):
        _type("enum e { A = sizeof(int) }; enum e x;")
    with pytest.raises(Unsupported, match="'enum e' is not defined"):
        _type("enum e x;")
    with pytest.raises(Unsupported, match="cannot be computed"):
        _type("enum a { A = B }; enum b { B = A }; enum a x;")


def test_enumerators_count_on_and_are_ints() -> None:
    found = unit("enum { A, B = 5u, C, D = -2, E, F = sizeof(int), G };")
    values = {}
    for name in "ABCDE":
        value = found.enumerator(name)
        if isinstance(value, tree.Unary):
            assert isinstance(value.operand, tree.Number)
            values[name] = (-value.operand.value, value.operand.suffix)
        else:
            assert isinstance(value, tree.Number)
            values[name] = (value.value, value.suffix)
    assert values == {"A": (0, ""), "B": (5, ""), "C": (6, ""), "D": (-2, ""), "E": (-1, "")}
    after = found.enumerator("G")
    assert isinstance(after, tree.Cast) and after.type.base == "int"


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("int x", ("int", 0, 0)),
        ("int **x", ("int", 2, 0)),
        ("int *x[3]", ("int", 1, 1)),
        ("int x[2][3]", ("int", 0, 2)),
        ("int (x)", ("int", 0, 0)),
        ("void (*x)(int)", ("function", 1, 0)),
        ("void *(**x)(int)", ("function", 2, 0)),
        ("int (*x[4])(void)", ("function", 1, 1)),
        ("int *const x", ("int", 1, 0)),
        ("int y, *x", ("int", 1, 0)),
        ("u32 (*x)(u32)", ("function", 1, 0)),
    ],
)
def test_declarators_give_stars_and_dimensions(written: str, shape: tuple[str, int, int]) -> None:
    assert _type(f"{written};") == shape


@pytest.mark.parametrize("written", ["int (*x)[3]", "int (*(*x)(void))(void)", "int *volatile x"])
def test_declarators_outside_the_subset_are_refused(written: str) -> None:
    with pytest.raises(Unsupported) as raised:
        _type(f"{written};")
    assert raised.value.span is not None and raised.value.hint


@pytest.mark.parametrize("written", ["long long long x", "unsigned signed x", "short char x", "long short x"])
def test_words_that_are_no_type_are_refused(written: str) -> None:
    with pytest.raises(SyntaxError):
        _type(f"{written};")


def test_a_thread_local_variable_is_refused() -> None:
    with pytest.raises(Unsupported, match="each thread"):
        _type("_Thread_local int x;")


def test_typedefs_keep_their_stars_and_dimensions() -> None:
    found = unit("typedef struct { int a; } box, *handle; typedef int (*callback)(void), row[4]; typedef void fn(int);")
    shapes = {}
    for name in ("box", "handle", "callback", "row", "fn"):
        typedef = found.typedef(name)
        assert typedef is not None
        shapes[name] = (typedef[0].base.split("@")[0], typedef[1].pointers, len(typedef[1].dimensions))
    assert shapes == {
        "box": ("struct unnamed", 0, 0),
        "handle": ("struct unnamed", 1, 0),
        "callback": ("function", 1, 0),
        "row": ("int", 0, 1),
        "fn": ("function", 0, 0),
    }


def test_structures_without_a_name_are_found_by_the_one_they_get() -> None:
    found = unit("struct outer { struct { int a; }; union { int b; } named; };")
    outer = found.structure("struct outer")
    assert outer is not None
    anonymous, named = outer.fields
    assert anonymous.declarators[0].name == "" and named.declarators[0].name == "named"
    for field, name in ((anonymous, "a"), (named, "b")):
        inner = found.structure(field.type.base)
        assert inner is not None and inner.fields[0].declarators[0].name == name
        assert inner.union == (name == "b")


def test_a_structure_defined_in_another_is_known_outside_it() -> None:
    inner = unit("struct outer { struct inner { int a; } b; } x;").structure("struct inner")
    assert inner is not None and inner.fields[0].declarators[0].name == "a"


def test_bit_fields_have_their_width_and_flexible_arrays_none() -> None:
    structure = unit("struct s { unsigned a : 3, : 2; u8 : 0; int b; char tail[]; };").structure("struct s")
    assert structure is not None
    widths = []
    for field in structure.fields:
        for declarator in field.declarators:
            bits = declarator.bits
            widths.append((declarator.name, bits.value if isinstance(bits, tree.Number) else None))
    assert widths == [("a", 3), ("", 2), ("", 0), ("b", None), ("tail", None)]
    assert structure.fields[-1].declarators[0].dimensions == (None,)


def test_a_volatile_cast_is_told_by_what_the_pointer_points_to() -> None:
    found = unit("""
        int x; struct s *p;
        int f(void) { *(volatile int *)&x; *(struct s *volatile *)&p; *(volatile typeof(p) *)&p; *(int *volatile)&x; }
    """)
    function = found.function("f")
    assert function is not None
    told = []
    for statement in function.body.body:
        assert isinstance(statement, tree.Evaluate) and isinstance(statement.expression, tree.Unary)
        assert isinstance(statement.expression.operand, tree.Cast)
        told.append(statement.expression.operand.type.volatile)
    assert told == [True, True, True, False]


@pytest.mark.parametrize("attribute", ["mode(DI)", "vector_size(16)"])
def test_attributes_that_change_a_type_are_refused(attribute: str) -> None:
    with pytest.raises(Unsupported, match="the attribute"):
        _type(f"int x __attribute__(({attribute}));")


def test_a_packed_enumeration_is_refused() -> None:
    with pytest.raises(Unsupported, match="packed"):
        _type("enum __attribute__((unused)) e { A } __attribute__((packed)); enum e x;")
