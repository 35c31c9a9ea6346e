"""Each barrier in each shape: the table says of two C functions what herd7 says of the litmus test that has the same
accesses. The files of reductions/ say what herd7 answered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from memmodel.analyses.pairs.row import Row, Shape, Standing
from memmodel.cli.main import main
from tests.analyses.pairs.asking import fields, rows

REDUCTIONS = sorted(Path(__file__).with_name("reductions").glob("*.litmus"))
BY_FIELD = [path for path in REDUCTIONS if "**p" not in path.read_text()]
BY_POINTER = [path for path in REDUCTIONS if path not in BY_FIELD]


def in_c(text: str) -> str:
    """The threads of a litmus test as functions f and g: x, y and z are fields of a structure that both are passed."""
    body = text[text.index("P0(") : text.index("exists")]
    body = re.sub(r"P([01])\([^)]*\)", lambda match: f"void {'fg'[int(match[1])]}(struct s *s)", body)
    body = re.sub(r"\*([xyz])\b", r"s->\1", body)
    body = re.sub(r"(?<=\()([xyz])(?=[,)])", r"&s->\1", body)
    return f"struct s {{ int x; int y; int z; }};\n\n{body}"


def with_pointer(text: str) -> str:
    """The same where P0 publishes x in the pointer p: f is passed the structure that x is a field of."""
    body = text[text.index("P0(") : text.index("exists")]
    body = body.replace("P0(int *x, int **p)", "void f(struct s *s, struct node *x)")
    body = body.replace("P1(int *x, int **p)", "void g(struct s *s)").replace("int *r0", "struct node *r0")
    body = body.replace("*p", "s->p").replace("*x,", "x->x,").replace("*r0)", "r0->x)")
    return f"struct node {{ int x; }};\nstruct s {{ struct node *p; }};\n\n{body}"


def expected(path: Path) -> Standing:
    stated = re.search(r"Result: (\w+)", path.read_text())
    assert stated is not None
    return {"Never": Standing.ORDERED, "Sometimes": Standing.REORDERED}[stated[1]]


def of(path: Path, text: str, wanted: str) -> Row:
    shape = Shape.CROSSING if path.stem.startswith("sb-") else Shape.HANDOVER
    (found,) = (row for row in rows(text) if row.first.function == "f" and row.shape is shape and fields(row) == wanted)
    return found


@pytest.mark.parametrize("path", REDUCTIONS, ids=lambda path: path.stem)
def test_our_engine_says_of_the_litmus_test_what_herd7_said(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(path)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("path", BY_FIELD, ids=lambda path: path.stem)
def test_the_table_says_it_of_two_functions(path: Path) -> None:
    row = of(path, in_c(path.read_text()), "x y y x")
    assert row.standing is expected(path)


@pytest.mark.parametrize("path", BY_POINTER, ids=lambda path: path.stem)
def test_the_table_says_it_of_an_object_that_is_published(path: Path) -> None:
    row = of(path, with_pointer(path.read_text()), "x p p x")
    assert row.standing is expected(path)


BARRIERS = re.compile(r"^\t*(smp_\w+)\(\);\n", re.MULTILINE)
RELEASES = re.compile(r"(smp_store_release|smp_load_acquire|xchg(?:_acquire|_release)?)(?=\()")
WEAKER = {
    "smp_store_release": "WEAK_STORE",
    "smp_load_acquire": "WEAK_LOAD",
    "xchg": "xchg_relaxed",
    "xchg_acquire": "xchg_relaxed",
    "xchg_release": "xchg_relaxed",
}
WEAK = "#define WEAK_STORE(p, v) WRITE_ONCE(*(p), v)\n#define WEAK_LOAD(p) READ_ONCE(*(p))\n"


def weaker(text: str) -> list[tuple[str, str]]:
    """The function's text without one of its barriers, or with one ordered access relaxed; each with what has gone."""
    found = [(match[1], text[: match.start()] + text[match.end() :]) for match in BARRIERS.finditer(text)]
    for match in RELEASES.finditer(text):
        found.append((match[1], WEAK + text[: match.start()] + WEAKER[match[1]] + text[match.end() :]))
    return found


@pytest.mark.parametrize(
    "path", [path for path in BY_FIELD if expected(path) is Standing.ORDERED], ids=lambda path: path.stem
)
def test_an_order_is_by_those_without_which_it_is_none(path: Path) -> None:
    text = in_c(path.read_text())
    row = of(path, text, "x y y x")
    named = {name for order in (row.one, row.other) for name in order.by.split(" and ")}
    without = [(gone, of(path, changed, "x y y x").standing) for gone, changed in weaker(text)]
    assert {gone for gone, standing in without if standing is not Standing.ORDERED} == named & {g for g, _ in without}
