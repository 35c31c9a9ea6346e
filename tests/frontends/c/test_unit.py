"""Definitions are found by name, converted when they are asked for, and the nearest of several counts."""

from __future__ import annotations

import pytest

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.frontends.c.text.text import LIBRARY_RANK, Origin, Piece, Place, Text
from memmodel.source import SourceFile
from memmodel.syntax import tree
from tests.frontends.c import printing
from tests.frontends.c.texts import text, unit


def _joined(*files: tuple[str, int]) -> Text:
    """Several files, each with its rank, one after the other."""
    starts, pieces, at = [], [], 0
    for number, (source, rank) in enumerate(files):
        origin = Origin(SourceFile(f"file{number}.c", source), rank, library=rank >= LIBRARY_RANK)
        starts.append(at)
        pieces.append(Piece(Place(origin, 0, len(source), None), True, None))
        at += len(source)
    return Text("".join(source for source, _ in files), tuple(starts), tuple(pieces))


def _own(names: tuple[str, ...], found: Unit) -> tuple[str, ...]:
    return tuple(name for name in names if not found.library(name))


def test_functions_and_variables_are_listed_in_the_order_of_the_text() -> None:
    found = unit("int b; static void g(void) {} int a = 2, *c; int h(void); void f(int (*cb)(void)) {} int (*p)(void);")
    assert _own(found.functions(), found) == ("g", "f")
    assert _own(found.variables(), found) == ("b", "a", "c", "p")


def test_a_name_that_is_not_defined_is_none() -> None:
    found = unit("int f(void);")
    assert found.function("f") is None
    assert found.variable("f") is None
    assert found.structure("struct s") is None
    assert found.typedef("t") is None
    assert found.enumerator("E") is None
    assert found.span_of("f") is None


def test_of_several_definitions_the_lowest_rank_counts() -> None:
    found = Unit(_joined(("int f(void) { return 2; }\n", 1), ("int f(void) { return 1; }\n", 0)))
    function = found.function("f")
    assert function is not None and "return 1" in printing.function(function)
    assert function.span.file.name == "file1.c"


def test_definitions_of_the_package_are_told_from_others() -> None:
    found = Unit(_joined(("int f(void) { return 2; }\n", LIBRARY_RANK), ("int g(void) { return 1; }\n", 0)))
    assert found.library("f") and not found.library("g") and not found.library("nothing")


def test_a_value_beats_a_mere_declaration() -> None:
    found = Unit(_joined(("extern int x;\nint y;\n", 0), ("int x = 3;\nint y = 4;\n", 1)))
    for name, value in (("x", 3), ("y", 4)):
        variable = found.variable(name)
        assert variable is not None
        initial = variable[1].initial
        assert isinstance(initial, tree.Number) and initial.value == value


def test_a_variable_has_its_declaration_and_its_declarator() -> None:
    found = unit("static unsigned long long a, *p[3] = { [1] = &a };")
    variable = found.variable("p")
    assert variable is not None
    declaration, declarator = variable
    assert declaration.type.base == "unsigned long" and declaration.storage == {"static"}
    assert (declarator.name, declarator.pointers, len(declarator.dimensions)) == ("p", 1, 1)
    span = found.span_of("p")
    assert span is not None and span.text == "p"


def test_our_own_storage_classes_are_told() -> None:
    found = unit("ghost int seen; uninitialised int slot; unwritten int other;")
    storage = {name: v[0].storage for name in ("seen", "slot", "other") if (v := found.variable(name)) is not None}
    assert storage == {"seen": {"ghost"}, "slot": {"unwritten"}, "other": {"unwritten"}}


def test_what_is_not_asked_for_may_be_outside_the_subset() -> None:
    found = unit("void f(void) { extern int x; } void g(void) { } struct s { int (*a)[3]; }; int x;")
    assert found.function("g") is not None and found.variable("x") is not None
    for _ in range(2):
        with pytest.raises(Unsupported):
            found.function("f")
        with pytest.raises(Unsupported):
            found.structure("struct s")


def test_nothing_is_converted_twice() -> None:
    found = unit("void f(void) { } struct s { int a; };")
    assert found.function("f") is found.function("f")
    assert found.structure("struct s") is found.structure("struct s")


def test_broken_code_outside_the_harness_harms_only_itself() -> None:
    code = (
        "int f(void) { return (1; }\nint g(void) { return 2; }\nSOMETHING(else)\nint h(void) { if (1) { }\n\nint x;\n"
    )
    found = Unit(_joined(("int y;\n", 0), (code, 1)))
    assert found.function("g") is not None
    with pytest.raises(SyntaxError) as raised:
        found.function("f")
    assert raised.value.span is not None and raised.value.span.line == 1


def test_a_harness_that_is_no_c_is_refused_at_once() -> None:
    with pytest.raises(SyntaxError, match="';' is missing"):
        unit("int x\nvoid P0(void) { }")


def test_what_is_missing_may_come_from_elsewhere() -> None:
    asked: list[tuple[str, str]] = []
    more = {
        ("function", "g"): "int g(word x) { return (word)-x; }",
        ("typedef", "word"): "typedef unsigned short word;",
        ("structure", "struct s"): "struct s { enum e kind; };",
        ("enumeration", "e"): "enum e { A = -1, B };",
        ("enumerator", "B"): "enum e { A = -1, B };",
    }

    def missing(sort: str, name: str) -> Text | None:
        asked.append((sort, name))
        return text(more[sort, name], f"{name}.h") if (sort, name) in more else None

    found = unit("int f(void) { return g(1); }", missing)
    assert found.function("nothing") is None and found.function("nothing") is None
    assert asked == [("function", "nothing")]
    function = found.function("g")
    assert function is not None and "((word ) (- x))" in printing.function(function)
    structure = found.structure("struct s")
    assert structure is not None and structure.fields[0].type.base == "int"
    value = found.enumerator("B")
    assert isinstance(value, tree.Number) and value.value == 0
    assert _own(found.functions(), found) == ("f",)


def test_a_type_from_elsewhere_does_not_take_the_name_of_a_variable() -> None:
    def missing(sort: str, name: str) -> Text | None:
        return text(f"typedef unsigned char {name};", f"{name}.h") if (sort, name) == ("typedef", "state") else None

    found = unit("static int state; int table[sizeof(state)]; int f(int x) { return (state) & x; }", missing)
    function = found.function("f")
    assert function is not None and "return (state & x);" in printing.function(function)


def test_threads_are_known_by_their_number() -> None:
    found = unit("void P0(void) { } void P12(void) { } void P1(int x) { } void helper(void) { }")
    numbers = {name: f.process for name in found.functions() if (f := found.function(name)) and not found.library(name)}
    assert numbers == {"P0": 0, "P12": 12, "P1": None, "helper": None}


def test_a_name_that_is_not_ascii_does_not_move_what_follows() -> None:
    found = unit('/* größer */ char *s = "größer"; int x;\n')
    span = found.span_of("x")
    assert span is not None and span.text == "x"
