"""Edits of accesses, and barriers put before them."""

from __future__ import annotations

import pytest

from memmodel.analyses.finding import Edit
from memmodel.analyses.review.edits import barrier_before, renamed
from memmodel.source import SourceFile, Span


def span(text: str, code: str) -> Span:
    file = SourceFile("a.c", text)
    start = text.index(code)
    return file.span(start, start + len(code))


def made(edits: tuple[Edit, ...]) -> str:
    (edit,) = edits
    text = edit.span.file.text
    return text[: edit.span.start] + edit.replacement + text[edit.span.end :]


@pytest.mark.parametrize(
    ("code", "old", "name", "becomes"),
    [
        ("READ_ONCE(r->head)", "READ_ONCE", "smp_load_acquire", "smp_load_acquire(&r->head)"),
        ("READ_ONCE(*head)", "READ_ONCE", "smp_load_acquire", "smp_load_acquire(head)"),
        ("READ_ONCE(a ? b : c)", "READ_ONCE", "smp_load_acquire", "smp_load_acquire(&(a ? b : c))"),
        ("WRITE_ONCE(r->slot[at(1, 2)], 3)", "WRITE_ONCE", "smp_store_release", None),
        ("smp_load_acquire(&r->head)", "smp_load_acquire", "READ_ONCE", "READ_ONCE(r->head)"),
        ("atomic_set(&r->busy, 0)", "atomic_set", "atomic_set_release", "atomic_set_release(&r->busy, 0)"),
    ],
)
def test_another_primitive_gets_its_place_as_it_takes_it(code: str, old: str, name: str, becomes: str | None) -> None:
    wanted = becomes or "smp_store_release(&r->slot[at(1, 2)], 3)"
    assert made(renamed(span(f"\tx = {code};\n", code), old, name)) == f"\tx = {wanted};\n"


def test_what_is_no_access_is_not_renamed() -> None:
    assert renamed(span("smp_wmb();", "smp_wmb()"), "smp_wmb", "smp_store_release") == ()
    assert renamed(span("ring_put(r);", "ring_put(r)"), "ring_put", "smp_store_release") == ()


BEFORE = "{\n\tWRITE_ONCE(r->a, 1);\n"
FIRST = "WRITE_ONCE(r->a, 1)"
READ = "READ_ONCE(r->b)"


@pytest.mark.parametrize("line", [f"\treturn !{READ};", f"\tx = 1 + {READ};", f"\tif ({READ} == 3)\n\t\tx = 1;"])
def test_a_barrier_stands_before_the_statement(line: str) -> None:
    text = f"{BEFORE}\t/* now */\n{line}\n}}\n"
    assert made(barrier_before(span(text, READ), "smp_mb", span(text, FIRST))) == text.replace(
        line, f"\tsmp_mb();\n{line}"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{BEFORE}\tif (x)\n\t\treturn {READ};\n}}\n",
        f"{BEFORE}\twhile ({READ})\n\t\t;\n}}\n",
        f"{BEFORE}\tif (x) {{ y = {READ}; }}\n}}\n",
        f"{BEFORE}\tx = y &&\n\t    {READ};\n}}\n",
        f"{BEFORE}\tif (y && {READ})\n\t\tx = 1;\n}}\n",
        f"{BEFORE}\tx = 1; y = {READ};\n}}\n",
        f"{{\n\tx = {FIRST}, {READ};\n}}\n",
    ],
)
def test_where_a_line_before_is_not_the_place_there_is_no_edit(text: str) -> None:
    assert barrier_before(span(text, READ), "smp_mb", span(text, FIRST)) == ()
