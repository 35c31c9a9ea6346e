"""Every fix makes its text right, nothing smaller does, and the cheapest comes first."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest

from memmodel.analyses.advice import Fix, FixReport, Harm, Need, Verification
from memmodel.analyses.costs import Architecture, cost
from memmodel.analyses.fix import fix
from memmodel.analyses.subject import Subject
from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.events.unroll import unroll
from memmodel.program.load import load
from memmodel.program.primitives import DEFAULT
from memmodel.program.strengths import FENCES, family
from memmodel.result import Observation
from memmodel.source import SourceFile
from tests.analyses.strengthening import strengthenings
from tests.analyses.weakening import accesses, as_good, decided
from tests.sampling import one_in

LITMUS = Path(__file__).parents[2] / "litmus"
ALL = sorted(LITMUS.rglob("*.litmus"))
SAMPLE = ALL[::16]

CLEAN = decided("C clean\n\n{}\n\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\n\nexists (x=2)\n")
"""No flag, no fault: what a fixed text is held against."""


def fixed(text: str, architecture: Architecture = Architecture.ARM64, alternatives: int = 3) -> FixReport:
    source = SourceFile("test.litmus", text)
    subject = Subject(source, load(source).program, DEFAULT, models.load("lkmm").model, deadline=time.monotonic() + 120)
    return fix(subject, architecture, alternatives, 5.0)


def ring(name: str) -> str:
    return (LITMUS / "ring" / f"{name}.litmus").read_text()


def forms(found: Fix) -> list[str]:
    return [change.form.name for change in found.changes]


# ── the founding case ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["drain-none", "drain-before-atomic", "drain-after-atomic", "drain-barrier"])
def test_the_founding_case_wants_atomic_set_release_first(name: str) -> None:
    report = fixed(ring(name), Architecture.ARM64, 6)
    assert forms(report.fixes[0]) == ["atomic_set_release"]
    assert "smp_wmb" in [form for found in report.fixes for form in forms(found)]
    assert not any("smp_mb__" in form for found in report.fixes for form in forms(found))


def test_a_fix_says_what_it_orders_and_names_its_partner() -> None:
    change = fixed(ring("drain-none")).fixes[0].changes[0]
    assert change.pairing.before is not None and change.pairing.before.span is not None
    assert change.pairing.before.span.text == "smp_store_release(cons, 1)"
    assert [partner.site.form.name for partner in change.pairing.partners] == ["atomic_cmpxchg"]
    assert "/* Pairs with atomic_cmpxchg() in P1. */" in fixed(ring("drain-none")).fixes[0].text


def test_the_other_side_is_mended_too_where_it_needs_it() -> None:
    report = fixed(ring("drain-none-relaxed-claim"))
    assert forms(report.fixes[0]) == ["atomic_set_release", "atomic_cmpxchg_acquire"]


# ── whether there is anything to fix ─────────────────────────────────────────────────────────────


def test_nothing_to_fix() -> None:
    assert fixed(ring("drain-set-release")).need is Need.NOTHING


def test_no_barrier_helps_against_what_program_order_allows() -> None:
    text = (
        "C race-to-two\n\n{}\n\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\n\n"
        "P1(int *x)\n{\n\tint r0;\n\n\tr0 = READ_ONCE(*x);\n}\n\nexists (1:r0=1)\n"
    )
    report = fixed(text)
    assert (report.need, report.fixes) == (Need.BEYOND_BARRIERS, ())


def test_a_race_alone_is_fixed_as_well() -> None:
    text = (
        "C racy\n\n{}\n\nP0(int *x)\n{\n\t*x = 1;\n}\n\nP1(int *x)\n{\n\tint r0;\n\n\tr0 = *x;\n}\n\nexists (1:r0=2)\n"
    )
    report = fixed(text)
    assert report.bad is not None and report.bad.harm is Harm.FLAG
    assert sorted(forms(report.fixes[0])) == ["READ_ONCE", "WRITE_ONCE"]
    assert as_good(report.fixes[0].text, CLEAN)


# ── every fix, and nothing smaller ───────────────────────────────────────────────────────────────


def price(before: str, after: str) -> int:
    """What one change costs on arm64 at most, by the table: a barrier that is there may be worth nothing."""
    group = FENCES if not before else family(before)
    assert group is not None
    old = FENCES.form("") if group == FENCES else group.form(before)
    new = group.form(after)
    return max(0, cost(new, group.kind, Architecture.ARM64) - cost(old, group.kind, Architecture.ARM64))


def check_fixes(path: Path) -> None:
    text = path.read_text()
    expectation = load(SourceFile("test", text)).program.expectation
    if expectation is not None and expectation.race:
        pytest.skip("the file announces a race")
    if accesses(text) > 8:
        pytest.skip("too large to try all smaller edits")
    report = fixed(text)
    if report.need is not Need.FIXABLE:
        assert report.need is not Need.NOTHING or as_good(text, CLEAN)
        assert not any(as_good(edit.text, CLEAN) for edit in strengthenings(text)) or report.need is Need.NOTHING
        return
    for found in report.fixes:
        assert found.verification is Verification.BOTH
        assert as_good(found.text, CLEAN)
        graph = unroll(load(SourceFile("test", found.text)).program)
        explicit = EnumerateEngine().run(graph, models.load("lkmm").model, Request(timeout=60))
        assert explicit.observation in (Observation.NEVER, Observation.ALWAYS) and not explicit.flags
    cheapest = report.fixes[0]
    singles = [price(e.before, e.after) for e in strengthenings(text) if as_good(e.text, CLEAN)]
    assert all(cheapest.cost <= single for single in singles)


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.stem)
def test_fixes_are_right_and_nothing_smaller_is(path: Path) -> None:
    check_fixes(path)


@pytest.mark.slow
@pytest.mark.parametrize("path", one_in(10, [path for path in ALL if path not in SAMPLE], lambda path: path.stem))
def test_fixes_are_right_and_nothing_smaller_is_on_every_test(path: Path) -> None:
    check_fixes(path)


def test_fixes_come_cheapest_first_and_none_contains_another() -> None:
    found = fixed(ring("drain-none-relaxed-claim"), Architecture.ALL, 6).fixes
    assert [f.cost for f in found] == sorted(f.cost for f in found)
    changes = [frozenset((c.site.span.start, c.form.name) for c in f.changes) for f in found]
    assert not any(a < b for a in changes for b in changes)
    assert len(set(changes)) == len(changes) > 1


def test_leaving_out_any_change_of_a_fix_lets_the_outcome_back() -> None:
    from memmodel.analyses import edits

    text = ring("drain-none-relaxed-claim")
    for found in fixed(text, alternatives=4).fixes:
        for left_out in found.changes:
            kept = [c for c in found.changes if c is not left_out]
            made = [edit for c in kept for edit in edits.edit(c.site, c.form, DEFAULT) or ()]
            assert not as_good(edits.apply(SourceFile("test", text), made), CLEAN)


MIXED = """C mixed

{}

P0(int *x, int *y, int *mine)
{
	int r0;
	int r1;

	r0 = READ_ONCE(*x);
	smp_rmb();
	*mine = 2;
	r1 = *mine;
	WRITE_ONCE(*y, 1);
}

P1(int *x, int *y)
{
	int r0;

	r0 = READ_ONCE(*y);
	smp_mb();
	WRITE_ONCE(*x, 1);
}

exists (0:r0=1 /\\ 1:r0=1)
"""


def test_what_one_change_spoils_is_no_reason_for_another_where_it_is_not_made() -> None:
    """An acquire of `mine` orders what it should, and mixes with the plain store before it, which would then have to be
    marked. Fixes that leave the load alone have no use for that."""
    from memmodel.analyses import edits

    found = fixed(MIXED, alternatives=8).fixes
    assert forms(found[0]) == ["smp_load_acquire"] and len(found) == 8
    for item in found:
        for left_out in item.changes:
            kept = [c for c in item.changes if c is not left_out]
            made = [edit for c in kept for edit in edits.edit(c.site, c.form, DEFAULT) or ()]
            assert not as_good(edits.apply(SourceFile("test", MIXED), made), CLEAN)


def test_the_architecture_decides_the_order() -> None:
    """On x86 a release store is an ordinary one; a full barrier costs everywhere."""
    assert fixed(ring("drain-none"), Architecture.X86).fixes[0].cost == 0
    assert fixed(ring("drain-none"), Architecture.POWER).fixes[0].cost > 0


LOOP = """\
C loop

{}

P0(int *x, int *y)
{
	WRITE_ONCE(*x, 1);
	WRITE_ONCE(*y, 1);
}

P1(int *x, int *y)
{
	int r0 = 0;
	int r1;

	while (r0 == 0)
		r0 = READ_ONCE(*y);
	if (r0)
		r1 = READ_ONCE(*x);
}

exists (1:r0=1 /\\ 1:r1=0)
"""


def test_no_barrier_is_put_where_a_branch_or_loop_has_no_braces() -> None:
    """A line in front of the only statement of an `if` would be taken for its body."""
    for found in fixed(LOOP, alternatives=5).fixes:
        assert decided(found.text).observation is Observation.NEVER
        lines = found.text.splitlines()
        for above, line in pairwise(lines):
            assert not (above.strip().startswith(("if", "while")) and line.strip().startswith("smp_"))
