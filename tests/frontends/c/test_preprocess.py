"""Directives, includes and the definitions that count."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.frontends.c.text.includes import Includes
from memmodel.frontends.c.text.preprocess import preprocess
from memmodel.source import SourceFile
from tests.frontends.c.expanded import expanded, own, refused, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scenario's folder beside a kernel tree."""
    (tmp_path / "ring").mkdir()
    (tmp_path / "tree" / "include" / "linux").mkdir(parents=True)
    (tmp_path / "tree" / "include" / "uapi" / "linux").mkdir(parents=True)
    (tmp_path / "tree" / "lib").mkdir()
    return tmp_path / "ring"


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def places(folder: Path) -> Includes:
    return Includes(folder, folder.parent / "tree")


# ── comments and conditions ──────────────────────────────────────────────────────────────────────


def test_comments_are_blanks_and_strings_are_not_comments() -> None:
    assert expanded('int a; // int b; \\\nint c;\nchar *d = "/* // */"; /* int\ne; */ int f;') == (
        'int a; char *d = "/* // */"; int f;'
    )


def test_a_comment_within_a_directive_does_not_end_it() -> None:
    assert expanded("#define A 1 /* one\nand */ + 2\nA") == "1 + 2"


@pytest.mark.parametrize(
    ("condition", "lines"),
    [
        ("#if 1\na\n#else\nb\n#endif", "a"),
        ("#if 0\na\n#elif 1\nb\n#elif 1\nc\n#else\nd\n#endif", "b"),
        ("#ifdef A\na\n#elifdef B\nb\n#else\nc\n#endif", "c"),
        ("#ifndef A\na\n#else\nb\n#endif", "a"),
        ("#if 0\n#if 1\na\n#else\nb\n#endif\n#else\nc\n#endif", "c"),
        ("# if 1 /* x */\na\n  # /**/ else // y\nb\n# endif", "a"),
        ("#if 1\na\n#elif 1 / 0\nb\n#endif", "a"),
        ("#if 0\n#error don't\n#include <nowhere>\n#unknown\nf(\n#endif\na", "a"),
        ("#line 3\n#pragma omp\n#\n#warning don't\n#ident x\na", "a"),
    ],
)
def test_lines_that_count(condition: str, lines: str) -> None:
    assert expanded("#define f(x) x\n" + condition + "\n") == lines


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("int x; /* no end\n", "this comment has no end", 1),
        ("a\n#if 1\n#if 0\n#endif\n", "this #if has no #endif", 2),
        ("#endif\n", "#endif without #if", 1),
        ("#else\n", "#else without #if", 1),
        ("#if 1\n#else\n#else\n#endif\n", "#else after #else", 3),
        ("#ifdef\n#endif\n", "#ifdef without a name", 1),
        ("#define\n", "#define without a name", 1),
        ("#define 3\n", "#define without a name", 1),
        ("#define defined 1\n", "`defined` cannot be a macro", 1),
        ("#undef\n", "#undef without a name", 1),
        ("a\n#error no ring\n", "#error no ring", 2),
        ("#include\n", "#include without a file", 1),
        ("#frobnicate\n", "there is no directive #frobnicate", 1),
        ("#!/bin/sh\n", "# without a directive", 1),
        ('#define f(x) x\nf(\n#include "a.h"\n)\n', "an #include among the arguments of a macro", 3),
    ],
)
def test_refused(source: str, message: str, line: int) -> None:
    error = refused(source)
    assert error.message == message
    assert error.span is not None
    assert (error.span.file.name, error.span.line) == ("harness.c", line)


def test_macros_may_be_undefined_and_defined_again() -> None:
    assert expanded("#define A 1\nA\n#undef A\nA\n#define A 2\nA\n") == "1 A 2"


def test_line_file_and_counter() -> None:
    assert expanded("#define HERE __LINE__\n\nHERE __FILE__ __COUNTER__ __COUNTER__\n") == '3 "harness.c" 0 1'


# ── configuration ────────────────────────────────────────────────────────────────────────────────


def test_no_option_of_the_kernel_is_on_unless_it_is_given() -> None:
    source = "#ifdef CONFIG_SMP\non\n#else\noff\n#endif\nIS_ENABLED(CONFIG_SMP) IS_MODULE(CONFIG_SMP)\n"
    assert expanded(source) == "off 0 0"
    assert expanded(source, defines={"CONFIG_SMP": "1"}) == "on 1 0"
    assert expanded(source, defines={"CONFIG_SMP_MODULE": "1"}) == "off 1 1"
    assert expanded("#define CONFIG_SMP 1\n" + source) == "on 1 0"


def test_an_option_is_1_or_nothing() -> None:
    error = refused("int x = IS_ENABLED(CONFIG_SMP);\n", defines={"CONFIG_SMP": "y"})
    assert error.message == "CONFIG_SMP is defined as `y`"


def test_what_the_run_defines_is_not_silently_defined_otherwise() -> None:
    assert expanded("#ifndef N\n#define N 2\n#endif\nN", defines={"N": "4"}) == "4"
    assert expanded("#define N 4\nN", defines={"N": "4"}) == "4"
    assert refused("#define N 2\nN", defines={"N": "4"}).message == "N is defined here, and differently for this run"


def test_a_run_may_define_macros_with_parameters() -> None:
    assert expanded("WAIT(x)", defines={"WAIT(p)": "while (p);"}) == "while ( x );"


# ── which definition counts ──────────────────────────────────────────────────────────────────────


def test_the_harness_defines_before_what_it_includes(folder: Path) -> None:
    write(folder, "ring.c", "#define SLOTS 64\n#define OWN 1\nint slots = SLOTS, own = OWN;\n#undef SLOTS\n")
    assert expanded('#define SLOTS 2\n#include "ring.c"\nSLOTS OWN', places(folder)) == "int slots = 2 , own = 1 ; 2 1"


def test_code_cannot_redefine_a_primitive_but_the_harness_can(folder: Path) -> None:
    write(folder, "ring.c", "#define smp_mb() barrier()\n#ifdef smp_mb\ndefined\n#endif\nsmp_mb();\n")
    assert expanded('#include "ring.c"', places(folder)) == "defined smp_mb();"
    assert expanded('#define smp_mb() none\n#include "ring.c"', places(folder)) == "defined none ;"
    assert expanded("#define smp_mb() none\nsmp_mb();\n#undef smp_mb\nsmp_mb();") == "none ; smp_mb();"


def test_code_redefines_macros_of_the_package(folder: Path) -> None:
    assert expanded("likely(x)") != "7"
    write(folder, "ring.c", "#undef likely\n#define likely(x) 7\nlikely(x)\n")
    assert expanded('#include "ring.c"', places(folder)) == "7"


@pytest.mark.parametrize("head", ["int min(int a, int b)\n{", "static int\nmin(int a, int b) {"])
def test_a_function_that_code_defines_is_no_macro_of_the_package(head: str) -> None:
    assert expanded(f"{head} return a; }}\nint x = min(1, 2);").endswith("int x = min(1, 2);")
    assert not expanded("int x = min(1, 2);").endswith("int x = min(1, 2);")


def test_a_member_is_no_macro_of_the_package_but_may_be_one_of_the_user() -> None:
    assert expanded("p->min(a, b); s.min;") == "p->min(a, b); s.min;"
    assert expanded("#define get(x) x->min(1)\nget(p)") == "p ->min(1)"
    assert expanded("#define head h.first\np->head") == "p-> h.first"


def test_missing_macros_may_be_supplied() -> None:
    asked: list[str] = []

    def missing(name: str) -> str | None:
        asked.append(name)
        return {"SLOTS": "SLOTS 4", "next_slot": "#define next_slot(x) ((x) + \\\n ONE)", "ONE": "ONE 1"}.get(name)

    source = """#define MINE 1
static int own(int a)
{
	if (a) smp_mb();
}
int x = SLOTS + next_slot(y) + unknown(1) + unknown(2) + MINE;
"""
    text = own(run(source, Includes(missing=missing)))
    assert " ".join(text.split()).endswith("int x = 4 + (( y ) + 1 ) + unknown(1) + unknown(2) + 1 ;")
    assert asked == ["SLOTS", "next_slot", "ONE", "unknown"]


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def test_files_are_looked_for_beside_the_file_in_the_folder_in_the_package_and_in_the_tree(folder: Path) -> None:
    tree = folder.parent / "tree"
    (folder / "sub").mkdir()
    write(folder, "sub/a.h", '#include "b.h"\n#include "c.h"\na\n')
    write(folder, "sub/b.h", "sub_b\n")
    write(folder, "b.h", "folder_b\n")
    write(folder, "c.h", "folder_c\n")
    write(tree, "lib/ring.c", "tree_ring\n")
    write(tree, "include/linux/made_up.h", "tree_header\n")
    write(tree, "include/uapi/linux/made_up_too.h", "tree_uapi\n")
    write(tree, "include/linux/kernel.h", "never\n")
    source = (
        '#include "sub/a.h"\n#include "b.h"\n#include <lib/ring.c>\n#include <linux/made_up.h>\n'
        "#include <linux/made_up_too.h>\n#include <linux/kernel.h>\n"
    )
    text = " ".join(expanded(source, places(folder)).split())
    assert text == "sub_b folder_c a folder_b tree_ring tree_header tree_uapi"


def test_a_missing_file_is_an_error_that_says_where_it_was_looked_for(folder: Path) -> None:
    error = refused('int x;\n#include "nowhere.h"\n', places(folder))
    assert error.message == "there is no nowhere.h to #include"
    assert error.span is not None
    assert (error.span.line, error.span.text) == (2, '#include "nowhere.h"')
    for place in (folder, folder.parent / "tree", folder.parent / "tree" / "include" / "uapi"):
        assert str(place) in (error.hint or "")
    assert refused('#include "a\0b"\n').message == "there is no a\0b to #include"
    assert refused(f'#include "{"a" * 5000}"\n').message.endswith("to #include")


def test_files_of_the_tree_include_nothing(folder: Path) -> None:
    write(folder.parent / "tree", "lib/ring.c", "#include <nowhere.h>\n#include_next <x.h>\nring\n")
    assert expanded("#include <lib/ring.c>", places(folder)) == "ring"
    path = folder.parent / "tree" / "lib" / "ring.c"
    whole = preprocess(SourceFile(str(path), path.read_text(encoding="utf-8")), places(folder), {})
    assert own(whole).split() == ["ring"]


def test_a_file_is_included_once_if_it_asks_for_it(folder: Path) -> None:
    write(folder, "once.h", "#pragma once\nonce\n")
    write(folder, "guard.h", "#ifndef GUARD_H\n#define GUARD_H\nguard\n#endif\n")
    write(folder, "often.h", "often\n")
    source = "".join(f'#include "{name}.h"\n' for name in ("once", "guard", "often", "once", "guard", "often"))
    assert expanded(source, places(folder)) == "once guard often often"


def test_a_circle_of_includes_is_named(folder: Path) -> None:
    write(folder, "a.h", '#include "b.h"\n')
    write(folder, "b.h", '#include "../ring/a.h"\n')
    message = refused('#include "a.h"\n', places(folder)).message
    assert message.startswith("circular #include: ")
    assert "a.h → " in message
    assert "b.h → " in message
    guarded = '#ifndef A_H\n#define A_H\n#include "b.h"\n#endif\na\n'
    write(folder, "a.h", guarded)
    assert expanded('#include "a.h"', places(folder)) == "a a"


def test_deep_includes_and_deep_macros_together_are_no_crash(folder: Path) -> None:
    for number in range(38):
        write(folder, f"h{number}.h", f'#include "h{number + 1}.h"\n')
    write(
        folder,
        "h38.h",
        "#define f(x) x\n" + "f(" * 59 + "1" + ")" * 59 + "\n#if " + "(" * 25 + "1" + ")" * 25 + "\na\n#endif\n",
    )
    assert expanded('#include "h0.h"', places(folder)).split() == ["1", "a"]


def test_an_included_name_may_come_from_a_macro(folder: Path) -> None:
    write(folder, "a.h", "a\n")
    assert expanded('#define NAME "a.h"\n#include NAME\n', places(folder)) == "a"
    assert expanded("#define H(x) <x.h>\n#include H(a)\n", places(folder)) == "a"


def test_it_can_be_asked_whether_there_is_a_file(folder: Path) -> None:
    write(folder, "a.h", "")
    source = '#if __has_include("a.h") && !__has_include(<nowhere.h>)\nyes\n#endif\n'
    assert expanded(source, places(folder)) == "yes"


def test_more_includes_than_anyone_writes_end_with_an_error(folder: Path) -> None:
    write(folder, "x0.h", "x\n")
    for number in range(12):
        write(folder, f"x{number + 1}.h", f'#include "x{number}.h"\n' * 2)
    assert "files are included" in refused('#include "x12.h"\n', places(folder)).message


def test_text_beyond_ascii_becomes_something_that_is_not_c() -> None:
    text = run('char *s = "é"; /* ü */ int é;\n').text
    assert text.isascii()
    assert '"@"' in text
    assert "int @;" in text


# ── the prelude is read once ─────────────────────────────────────────────────────────────────────


def test_what_a_harness_defines_is_gone_in_the_next() -> None:
    assert expanded("#define N 1\n#define min(a, b) a\n#undef max\nint a = N + min(2, 3);", defines={"D": "4"}) == (
        "int a = 1 + 2 ;"
    )
    assert expanded("int a = N + D;", defines={"D": "4"}) == "int a = N + 4 ;"
    for defines in ({"D": "4"}, {}):
        later = expanded("int a = min(2, 3);\nint b = max(2, 3);", defines=defines)
        assert "min" not in later.split() and "max" not in later.split()
        assert "int a = 2 ;" not in later


def test_a_macro_of_the_run_is_there_for_that_run() -> None:
    assert [expanded("int a = D;", defines={"D": value}) for value in ("4", "5", "4")] == [
        "int a = 4 ;",
        "int a = 5 ;",
        "int a = 4 ;",
    ]
    assert expanded("int a = D;") == "int a = D;"
