"""What means nothing to a memory model is blanked at equal width, and what does is kept."""

from __future__ import annotations

import pytest

from memmodel.frontends.c.text.attributes import plain
from memmodel.frontends.c.text.text import GHOST_MARK, UNWRITTEN_MARK
from tests.frontends.c.expanded import expanded


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("static __always_inline int f(void) {}", "static int f(void) {}"),
        ("int __init f(void) {}", "int f(void) {}"),
        ("void f(int x) __releases(&a[(1)]) __must_hold(b) {}", "void f(int x) {}"),
        ("struct a __rcu *b; void __user *c;", "struct a *b; void *c;"),
        ("__printf(1, 2) void f(const char *, ...);", "void f(const char *, ...);"),
        ('int x __attribute__((unused, section("a)b")));', "int x ;"),
        ("static inline __attribute__((always_inline)) int f(void) {}", "static inline int f(void) {}"),
        ("EXPORT_SYMBOL_GPL(f); int x;", "int x;"),
        ('int y; MODULE_LICENSE("GPL");\nmodule_init(f);\nint x;', "int y; int x;"),
        ("switch (x) { case 1: fallthrough; case 2: ; }", "switch (x) { case 1: ; case 2: ; }"),
        ('static_assert(sizeof(x) == 4, "four"); int x;', "int x;"),
        ("__typeof__(x) y; __volatile__ int z;", "typeof (x) y; volatile int z;"),
    ],
)
def test_blanked(source: str, result: str) -> None:
    assert len(plain(source)) == len(source)
    assert " ".join(plain(source).split()) == result


@pytest.mark.parametrize(
    "source",
    [
        "struct a { int x __attribute__((aligned(8))); };",
        "struct a { int x; } __attribute__((__packed__));",
        "int x __attribute__((cleanup(release)));",
        "int x __attribute__((cleanup(release), aligned(8))) = 1;",
        'const char *s = "__init EXPORT_SYMBOL(x); ghost int";',
        "int fallthrough = 1;",
        "void f(void) { module_init(x); }",
        "void module_init(int x);",
        "enum { MODULE_STATE_LIVE };",
        "x = y.ghost + z->unwritten; struct ghost g; unsigned ghost;",
    ],
)
def test_kept(source: str) -> None:
    assert plain(source) == source


def test_an_alignment_before_an_initial_value_goes_for_the_parser_knows_it_nowhere_there() -> None:
    assert plain("int x __attribute__((aligned(8))) = 1;").split() == ["int", "x", "=", "1;"]


def test_our_storage_classes_become_their_marks() -> None:
    assert plain("ghost int x;").split() == [GHOST_MARK, "int", "x;"]
    assert plain("static ghost struct a x[2];").split() == ["static", GHOST_MARK, "struct", "a", "x[2];"]
    for word in ("uninitialised", "unwritten"):
        assert plain(f"{word} u64 x;").split() == [UNWRITTEN_MARK, "u64", "x;"]


def test_a_register_of_the_source_is_not_taken_for_a_mark() -> None:
    assert UNWRITTEN_MARK == "register"
    assert plain("register int x;").split() == ["int", "x;"]


def test_alignment_macros_say_so_without_any_header() -> None:
    assert expanded("struct a { int x __aligned(64); } __packed;").replace(" ", "") == (
        "structa{intx__attribute__((aligned(64)));}__attribute__((packed));"
    )
    assert "aligned(64)" in expanded("struct a { int x ____cacheline_aligned_in_smp; };")


def test_the_harness_may_define_an_annotation_otherwise() -> None:
    assert expanded("#define __init 7\nint x = __init;") == "int x = 7 ;"
