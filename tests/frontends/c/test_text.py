"""Each character of the expanded text knows where it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.frontends.c.text.includes import Includes
from memmodel.frontends.c.text.text import Text
from tests.frontends.c.expanded import place, run


def test_plain_text_is_where_it_stands() -> None:
    text = run("/* a\ncomment */ int first;\n#define N 1\nint second;\n")
    assert place(text, "first") == "harness.c:2: first"
    assert place(text, "int second;") == "harness.c:4: int second;"


def test_what_reaches_over_a_macro_call_is_all_of_it() -> None:
    text = run("#define N 16\nint x = (3 + N) * N + 1;\n")
    assert place(text, "3 + ") == "harness.c:2: 3 + "
    start = text.text.rindex("(3")
    span = text.span(start, text.text.rindex("16") + 2)
    assert span.text == "(3 + N) * N"


def test_an_argument_is_where_it_was_written() -> None:
    text = run("#define load(p) READ_ONCE(*(p))\nint x = load(\n\t&ring->tail);\n")
    assert place(text, "&ring->tail") == "harness.c:3: &ring->tail"
    assert place(text, "ring") == "harness.c:3: ring"


def test_an_argument_with_a_macro_in_it_is_one_piece_of_source() -> None:
    text = run("#define N 16\n#define same(p) (p)\nint x = same(a + N * b);\n")
    start = text.text.rindex("a + ")
    assert text.span(start, text.text.rindex("* b") + 3).text == "a + N * b"


def test_the_body_of_a_macro_of_the_user_has_its_own_place() -> None:
    text = run("#define publish(p) smp_wmb(); go(p)\nvoid f(void) { publish(x); }\n")
    assert place(text, "smp_wmb()") == "harness.c:1: smp_wmb()"
    assert place(text, "smp_wmb();") == "harness.c:1: smp_wmb();"


def test_a_mixture_of_body_and_argument_is_where_the_macro_is_called() -> None:
    text = run("#define less(a, b) a < b\nint x = less(y, z) + 1;\n")
    start = text.text.rindex("y ")
    assert text.span(start, text.text.rindex("z") + 1).text == "less(y, z)"
    whole = text.span(start, text.text.rindex("1;") + 1)
    assert whole.text == "less(y, z) + 1"


def test_a_mixture_within_the_body_of_another_macro_is_there() -> None:
    text = run("#define get(p) READ_ONCE(p)\n#define twice() get(a) + get(b)\nint x = twice();\n")
    start = text.text.rindex("READ_ONCE", 0, text.text.rindex("b"))
    assert text.span(start, text.text.rindex("b") + 3).text == "get(b)"
    assert text.span(start, text.text.rindex("b") + 3).line == 2


def test_a_macro_of_the_package_is_where_it_is_called() -> None:
    text = run("struct s { int x __aligned(64); };\n")
    assert place(text, "__attribute__((aligned( 64 )))") == "harness.c:1: __aligned(64)"
    assert place(text, "64") == "harness.c:1: 64"
    inner = run("#define MINE __aligned(64)\nstruct s { int x MINE; };\n")
    assert place(inner, "__attribute__") == "harness.c:1: __aligned(64)"


def test_a_pasted_name_and_a_string_are_where_the_macro_makes_them() -> None:
    text = run("#define make(name) int ring_ ## name = sizeof(#name)\nmake(tail);\n")
    assert place(text, "ring_tail") == "harness.c:2: make(tail)"
    assert place(text, '"tail"') == "harness.c:1: #name"


def test_a_function_that_a_macro_defines_is_where_it_is_called() -> None:
    text = run("#define CALL(name, t, a) static u64 name(t a)\n\nCALL(take, int, x)\n{\n\treturn x;\n}\n")
    start = text.text.rindex("static u64")
    span = text.span(start, text.text.rindex("}") + 1)
    assert span.text.startswith("CALL(take, int, x)\n{")
    assert span.text.endswith("}")
    assert place(text, "take") == "harness.c:3: take"
    assert text.rank(start) == 0


def test_a_name_that_is_not_called_is_where_it_stands() -> None:
    text = run("#define f(x) x\nint f;\nint after = f(3) + f;\n")
    assert place(text, "after") == "harness.c:3: after"
    start = text.text.rindex("f ")
    assert text.span(start, start + 1).text == "f"


def test_an_empty_piece_and_the_end_have_a_place() -> None:
    text = run("int x;")
    assert text.span(len(text.text), len(text.text)).start_label == "harness.c:1:7"
    start = text.text.rindex("x")
    assert text.span(start, start).start_label == "harness.c:1:5"
    nothing = run("")
    assert nothing.span(0, 0).file.name == "harness.c"


def test_conditions_among_arguments_leave_their_places_right() -> None:
    text = run("#define f(a, b) a + b\nint x = f(1,\n#if 0\n3\n#else\n4\n#endif\n);\nint y;\n")
    assert place(text, "4") == "harness.c:6: 4"
    assert place(text, "int y;") == "harness.c:9: int y;"


@pytest.fixture
def scenario(tmp_path: Path) -> Text:
    (tmp_path / "tree" / "lib").mkdir(parents=True)
    (tmp_path / "tree" / "lib" / "ring.c").write_text("int in_tree;\n", encoding="utf-8")
    (tmp_path / "stubs.h").write_text('#include "more.h"\nint in_stubs;\n', encoding="utf-8")
    (tmp_path / "more.h").write_text("int in_more;\n", encoding="utf-8")
    source = '#include <linux/kernel.h>\n#include "stubs.h"\n#include "lib/ring.c"\nint in_harness;\n'
    return run(source, Includes(tmp_path, tmp_path / "tree"))


def test_definitions_rank_by_depth_and_the_tree_after_the_folder(scenario: Text) -> None:
    names = ["in_harness", "in_stubs", "in_more", "in_tree"]
    ranks = [scenario.rank(scenario.text.index(name)) for name in names]
    assert ranks[0] == 0
    assert ranks == sorted(set(ranks))


def test_only_the_package_is_library(scenario: Text) -> None:
    for name in ("in_harness", "in_stubs", "in_more", "in_tree"):
        assert not scenario.library(scenario.text.index(name))
    assert scenario.library(scenario.text.index("typedef"))
    assert scenario.rank(scenario.text.index("typedef")) > scenario.rank(scenario.text.index("in_tree"))


def test_included_text_has_its_own_file(scenario: Text) -> None:
    assert place(scenario, "in_more") == "more.h:1: in_more"
    assert place(scenario, "in_tree") == "ring.c:1: in_tree"
