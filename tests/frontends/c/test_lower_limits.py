"""Code that is too large, too deep or without end is refused in time, with its place."""

from __future__ import annotations

import pytest

from memmodel.errors import MemmodelError
from tests.frontends.c.running import lowered

DOUBLING = "static void f0(void) { x++; }\n" + "".join(
    f"static void f{n}(void) {{ f{n - 1}(); f{n - 1}(); }}\n" for n in range(1, 40)
)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("int x;" + DOUBLING + "void P0(void) { f39(); }", "too large"),
        ("void f(void); void g(void) { f(); } void f(void) { g(); } void P0(void) { f(); }", "calls itself"),
        ("int x; void P0(void) { " + "if (x) { " * 200 + "}" * 200 + " }", "nested too deeply"),
        ("int x; void P0(void) { x = " + "(" * 3000 + "1" + ")" * 3000 + "; }", "deep"),
        ("struct s { char c[1 << 20]; } x[9]; void P0(void) { x[0].c[0] = 1; }", "9"),
        ("int x[1UL << 62]; void P0(void) { x[0] = 1; }", "elements"),
        ("int x[-1]; void P0(void) { x[0] = 1; }", "-1"),
        ("enum { A = B, B = A }; int x; void P0(void) { x = A; }", "defined by itself"),
        ("typedef T U; typedef U T; T x; void P0(void) { x = 1; }", "T"),
        (
            "struct a { struct b *b; }; struct b { struct a a; struct c c; }; struct b x; void P0(void) { x.c; }",
            "struct c",
        ),
    ],
)
def test_it_is_refused(text: str, part: str) -> None:
    with pytest.raises(MemmodelError) as caught:
        lowered(text)
    assert part in str(caught.value)
    assert caught.value.span is not None


def test_structures_may_point_to_each_other() -> None:
    text = """
    struct b; struct a { struct b *b; struct a *self; int x; }; struct b { struct a *a; struct a inside; };
    struct a one = { &two, &one, 3 }; struct b two = { &one };
    void P0(void) { assert(one.b->a->self->b->a->x == 3); }
    """
    assert len(lowered(text).program.objects) == 2
