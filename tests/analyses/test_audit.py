"""What the audit says of a barrier is what happens when it is weakened by hand and the text is decided anew."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from memmodel.analyses.advice import AuditReport, Harm, SiteAudit, Standing
from memmodel.analyses.audit import audit
from memmodel.analyses.costs import Architecture
from memmodel.analyses.subject import Subject
from memmodel.analyses.switches import Site
from memmodel.cat import models
from memmodel.program.ir import Quantifier
from memmodel.program.load import load
from memmodel.program.primitives import DEFAULT
from memmodel.program.strengths import Form
from memmodel.result import Observation
from memmodel.source import SourceFile
from tests.analyses.weakening import accesses, as_good, decided, weakened, weakenings
from tests.sampling import one_in

LITMUS = Path(__file__).parents[2] / "litmus"
ALL = sorted(LITMUS.rglob("*.litmus"))
SAMPLE = [path for path in ALL if path.parent.name in ("ring", "plain")][::4] + ALL[::11]

TWICE = """\
C twice

{}

P0(int *x, int *y)
{
	WRITE_ONCE(*x, 1);
	smp_wmb();
	smp_mb();
	WRITE_ONCE(*y, 1);
}

P1(int *x, int *y)
{
	int r0;
	int r1;

	r0 = READ_ONCE(*y);
	smp_mb__before_atomic();
	smp_rmb();
	r1 = READ_ONCE(*x);
}

exists (1:r0=1 /\\ 1:r1=0)
"""


def audited(text: str, architecture: Architecture = Architecture.ALL) -> AuditReport:
    source = SourceFile("test.litmus", text)
    subject = Subject(source, load(source).program, DEFAULT, models.load("lkmm").model, deadline=time.monotonic() + 120)
    return audit(subject, architecture, 4)


def weakest(site: Site) -> Form:
    return min(site.options, key=lambda form: len(form.powers))


def may_go(found: SiteAudit) -> bool:
    return found.standing is not Standing.REQUIRED and found.weakest == weakest(found.site)


def agrees_with_brute_force(path: Path) -> None:
    """Weaken each primitive, and each pair of those that could go alone."""
    text = path.read_text()
    before = decided(text)
    quantifier = load(SourceFile("test", text)).program.quantifier
    wanted = Observation.ALWAYS if quantifier is Quantifier.FORALL else Observation.NEVER
    if before.observation is not wanted or before.no_executions or accesses(text) > 12:
        pytest.skip("the outcome is possible as it is, or the test is too large for brute force")
    report = audited(text)
    judged = {found.site.span.start: found for found in report.sites}
    loose = []
    for item in weakenings(text):
        found = judged[item.start]
        assert may_go(found) == as_good(weakened(text, item), before), (item, found)
        if may_go(found):
            loose.append(item)
    told = [{site.span.start for site in group} for group in report.either]
    for pair in itertools.combinations(loose, 2):
        starts = {item.start for item in pair}
        said = not any(group <= starts for group in told)
        assert said == as_good(weakened(text, *pair), before), pair


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.stem)
def test_the_audit_agrees_with_brute_force(path: Path) -> None:
    agrees_with_brute_force(path)


@pytest.mark.slow
@pytest.mark.parametrize("path", one_in(3, [path for path in ALL if path not in SAMPLE], lambda path: path.stem))
def test_the_audit_agrees_with_brute_force_on_every_test(path: Path) -> None:
    agrees_with_brute_force(path)


def by_line(report: AuditReport) -> dict[int, SiteAudit]:
    return {found.site.span.line: found for found in report.sites}


def test_two_barriers_that_stand_in_for_each_other() -> None:
    report = audited(TWICE)
    found = by_line(report)
    assert found[8].standing is Standing.REDUNDANT
    assert found[9].standing is Standing.REDUNDANT
    assert [[site.span.line for site in group] for group in report.either] == [[8, 9]]
    assert found[20].standing is Standing.REQUIRED


def test_the_cheapest_placement_keeps_the_cheaper_of_two_barriers() -> None:
    changed = {site.span.line: form.name for site, form in audited(TWICE).placements[0].changed}
    assert 8 not in changed and changed[9] == "" and changed[19] == ""


def test_every_placement_keeps_the_verdict() -> None:
    from memmodel.analyses import edits

    before = decided(TWICE)
    for placement in audited(TWICE).placements:
        made = [edit for site, form in placement.changed for edit in edits.edit(site, form, DEFAULT) or ()]
        assert as_good(edits.apply(SourceFile("test", TWICE), made), before)


def test_a_full_barrier_where_a_write_barrier_does() -> None:
    report = audited(TWICE.replace("\tsmp_wmb();\n", ""))
    found = by_line(report)[8]
    assert (found.standing, found.weakest.name) == (Standing.STRONGER, "smp_wmb")


def test_a_barrier_for_atomics_beside_none_is_without_effect() -> None:
    """There is no atomic operation for it to go with."""
    assert by_line(audited(TWICE))[19].standing is Standing.NO_EFFECT


def test_the_founding_case_rests_on_the_release_and_on_the_claim() -> None:
    report = audited((LITMUS / "ring" / "drain-set-release.litmus").read_text())
    found = {site.site.form.name: site for site in report.sites}
    release, claim = found["atomic_set_release"], found["atomic_cmpxchg"]
    assert release.standing is Standing.REQUIRED
    assert release.appears is not None and release.appears.harm is Harm.OUTCOME
    assert dict(release.appears.state) == {"1:r0": "0", "1:r1": "0"}
    assert (claim.standing, claim.weakest.name) == (Standing.STRONGER, "atomic_cmpxchg_acquire")


def test_what_is_required_comes_with_the_execution_that_appears_without_it() -> None:
    report = audited((LITMUS / "ring" / "drain-set-release.litmus").read_text())
    required = [site for site in report.sites if site.standing is Standing.REQUIRED]
    assert len(required) == 1
    told, appears = required[0].story, required[0].appears
    assert told is not None and appears is not None
    assert told.state == appears.state
    (pair,) = told.reordered
    assert pair.first.code.startswith("smp_store_release(cons")
    assert pair.second.code.startswith("atomic_set")


def test_nothing_is_required_where_the_outcome_is_possible_as_it_is() -> None:
    report = audited((LITMUS / "ring" / "drain-before-atomic.litmus").read_text())
    assert report.reachable is not None
    assert all(found.standing is not Standing.REQUIRED for found in report.sites)


PUBLISHED = """\
C published

{}

P0(int *a, int *b, int *flag)
{
	WRITE_ONCE(*a, 1);
	WRITE_ONCE(*b, 1);
	smp_store_release(flag, 1);
}

P1(int *a, int *flag)
{
	int r0;
	int r1;

	r0 = smp_load_acquire(flag);
	if (r0) {
		r1 = READ_ONCE(*a);
	}
}

exists (1:r0=1 /\\ 1:r1=0)
"""


def test_what_is_published_may_be_plain_and_the_flag_may_not() -> None:
    plain = {found.site.span.line: found for found in audited(PUBLISHED).plain}
    assert {line for line, found in plain.items() if found.appears is None} == {7, 8, 19}
    assert not plain[8].shared and plain[7].shared
    assert plain[9].appears is not None


def test_accesses_said_to_be_plain_together_are_so_without_a_race() -> None:
    report = audited(PUBLISHED)
    assert [site.span.line for site in report.together] == [7, 8, 19]
    text = PUBLISHED
    for old, new in (("WRITE_ONCE(*a, 1)", "*a = 1"), ("WRITE_ONCE(*b, 1)", "*b = 1"), ("READ_ONCE(*a)", "*a")):
        text = text.replace(old, new)
    assert as_good(text, decided(PUBLISHED))


def test_values_out_of_thin_air_do_not_upset_the_audit() -> None:
    """With all four accesses plain the solver may propose values that nothing wrote."""
    path = LITMUS / "deps" / "LB+data-plain+data.litmus"
    assert all(found.appears is not None for found in audited(path.read_text()).plain)


def test_an_announced_race_is_not_held_against_a_barrier() -> None:
    text = TWICE.replace("{}", "(*\n * Result: Never DATARACE\n *)\n\n{}", 1).replace("WRITE_ONCE(*x, 1)", "*x = 1")
    assert "data-race" in audited(text).existing
