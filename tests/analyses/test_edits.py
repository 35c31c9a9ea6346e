"""A change of strength, as text: what an editor would have typed, and a patch that `patch -p1` takes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from memmodel.analyses.edits import apply, diff, edit
from memmodel.analyses.points import Statements
from memmodel.analyses.switches import Site
from memmodel.program.primitives import DEFAULT
from memmodel.program.strengths import FENCES, LOADS, STORES, Family, family
from memmodel.source import SourceFile


def changed(text: str, old: str, present: str, wanted: str, group: Family, comment: str = "") -> str | None:
    """The text after `old`, which is a `present`, becomes a `wanted`."""
    source = SourceFile("t", text)
    start = text.index(old)
    form = group.form(present)
    site = Site(source.span(start, start + len(old)), group.kind, (form,), 0, (), 0)
    found = edit(site, group.form(wanted), DEFAULT, comment)
    return None if found is None else apply(source, found)


@pytest.mark.parametrize(
    ("before", "present", "wanted", "after", "group"),
    [
        ("READ_ONCE(*x)", "READ_ONCE", "smp_load_acquire", "smp_load_acquire(x)", LOADS),
        ("READ_ONCE(a[i])", "READ_ONCE", "smp_load_acquire", "smp_load_acquire(&a[i])", LOADS),
        ("READ_ONCE(p->f)", "READ_ONCE", "smp_load_acquire", "smp_load_acquire(&p->f)", LOADS),
        ("smp_load_acquire(&p->f)", "smp_load_acquire", "READ_ONCE", "READ_ONCE(p->f)", LOADS),
        ("smp_load_acquire(x)", "smp_load_acquire", "READ_ONCE", "READ_ONCE(*x)", LOADS),
        ("smp_load_acquire(x + 1)", "smp_load_acquire", "READ_ONCE", "READ_ONCE(*(x + 1))", LOADS),
        ("smp_load_acquire(x)", "smp_load_acquire", "", "*x", LOADS),
        ("*x", "", "READ_ONCE", "READ_ONCE(*x)", LOADS),
        ("*x", "", "smp_load_acquire", "smp_load_acquire(x)", LOADS),
        ("*x = f(1, 2)", "", "smp_store_release", "smp_store_release(x, f(1, 2))", STORES),
        ("*x = (a == b)", "", "WRITE_ONCE", "WRITE_ONCE(*x, (a == b))", STORES),
        ("WRITE_ONCE(*x, f(1, 2))", "WRITE_ONCE", "smp_store_release", "smp_store_release(x, f(1, 2))", STORES),
        ("smp_store_release(x, 1)", "smp_store_release", "WRITE_ONCE", "WRITE_ONCE(*x, 1)", STORES),
        ("smp_store_release(x, 1)", "smp_store_release", "", "*x = 1", STORES),
        ("smp_wmb()", "smp_wmb", "smp_mb", "smp_mb()", FENCES),
    ],
)
def test_a_primitive_in_another_form(before: str, present: str, wanted: str, after: str, group: Family) -> None:
    assert changed(f"\tr0 = {before};\n", before, present, wanted, group) == f"\tr0 = {after};\n"


@pytest.mark.parametrize("text", ["*x += 1", "(*x)++", "*x <<= 2"])
def test_a_plain_update_is_not_one_access(text: str) -> None:
    assert changed(f"\t{text};\n", text, "", "WRITE_ONCE", STORES) is None


def test_an_atomic_keeps_its_arguments() -> None:
    group = family("atomic_cmpxchg_relaxed")
    assert group is not None
    text = "\tr = atomic_cmpxchg_relaxed(v, 0, (1, 2));\n"
    call = text[text.index("atomic") : text.index(";")]
    assert changed(text, call, "atomic_cmpxchg_relaxed", "atomic_cmpxchg", group) == text.replace("_relaxed", "")


def test_a_barrier_goes_with_its_line() -> None:
    assert changed("\ta();\n\tsmp_mb();\n\tb();\n", "smp_mb()", "smp_mb", "", FENCES) == "\ta();\n\tb();\n"


def test_a_barrier_among_others_on_a_line_goes_alone() -> None:
    assert changed("\ta(); smp_mb(); b();\n", "smp_mb()", "smp_mb", "", FENCES) == "\ta();  b();\n"


def test_a_comment_stands_above() -> None:
    text = changed("\tWRITE_ONCE(*x, 1);\n", "WRITE_ONCE(*x, 1)", "WRITE_ONCE", "smp_store_release", STORES, "Why.")
    assert text == "\t/* Why. */\n\tsmp_store_release(x, 1);\n"


def inserted(text: str, before: str) -> str:
    source = SourceFile("t", text)
    at = text.index(before)
    site = Site(source.span(at, at), FENCES.kind, (FENCES.form(""),), 0, (), 0)
    found = edit(site, FENCES.form("smp_mb"), DEFAULT, "Why.")
    assert found is not None
    return apply(source, found)


def test_an_inserted_barrier_takes_a_line_and_its_indentation() -> None:
    assert inserted("\t\ta();\n\t\tb();\n", "b()") == "\t\ta();\n\t\t/* Why. */\n\t\tsmp_mb();\n\t\tb();\n"


def test_an_inserted_barrier_within_a_line() -> None:
    assert inserted("\ta(); b();\n", "b()") == "\ta(); /* Why. */ smp_mb(); b();\n"


BODY = """\
(* a comment; with ( and { *)
P0(int *x)
{
	int r0; /* ; ( */
	for (r0 = 0; r0 < 2; r0++) {
		WRITE_ONCE(*x, 1);
	}
	if (r0)
		WRITE_ONCE(*x, 2);
	else if (READ_ONCE(*x))
		WRITE_ONCE(*x, 3);
	WRITE_ONCE(*x,
		READ_ONCE(*x));
}
"""


@pytest.mark.parametrize(
    ("at", "start"),
    [
        ("r0 < 2", "for (r0"),
        ("WRITE_ONCE(*x, 1)", "WRITE_ONCE(*x, 1)"),
        ("WRITE_ONCE(*x, 2)", "if (r0)"),
        ("READ_ONCE(*x))\n", None),
        ("READ_ONCE(*x));", "WRITE_ONCE(*x,\n"),
        ("int *x", None),
    ],
)
def test_where_a_statement_begins(at: str, start: str | None) -> None:
    found = Statements(SourceFile("t", BODY)).start(BODY.index(at))
    assert found == (None if start is None else BODY.index(start))


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch command here")
@pytest.mark.parametrize("end", ["\n", ""])
def test_patch_takes_the_diff(tmp_path: Path, end: str) -> None:
    before = "one\ntwo\nthree" + end
    after = "one\nTWO\nthree!" + end
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f.litmus").write_text(before)
    text = diff(SourceFile("f", before), after, "d/f.litmus")
    subprocess.run(["patch", "-p1"], input=text.encode(), cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "d" / "f.litmus").read_text() == after
