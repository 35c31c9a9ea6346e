"""A patch is judged by the scenarios that run the code which it changes."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from memmodel.analyses.finding import Level
from memmodel.analyses.review.result import Skipped
from memmodel.analyses.review.scenarios import ScenarioReview, Scenarios
from memmodel.analyses.review.touched import touched
from memmodel.errors import UsageError
from memmodel.files import NOWHERE, Files
from memmodel.frontends.patch.apply import apply
from memmodel.frontends.patch.read import read

SLOT = """\
/* A slot that is filled once. */
struct slot {
	int value;
	int full;
};

static void slot_put(struct slot *slot, int value)
{
	WRITE_ONCE(slot->value, value);
	smp_store_release(&slot->full, 1);
}

static int slot_get(struct slot *slot)
{
	if (!smp_load_acquire(&slot->full))
		return -1;
	return READ_ONCE(slot->value);
}

static int slot_other(struct slot *slot)
{
	return READ_ONCE(slot->full);
}
"""

HARNESS = """\
#include "lib/slot.c"

struct slot slot;
ghost int got;

void P0(void)
{
	slot_put(&slot, 7);
}

void P1(void)
{
	got = slot_get(&slot);
	assert(got == 7 || got == -1);
}
"""

SCENARIO = """\
title = "a slot"
files = ["lib/slot.c"]
functions = ["slot_put", "slot_get"]
tree = true

[[variant]]
name = "kernel"
says = "as it stands"
verdict = "Never"
"""

RELEASE = "smp_store_release(&slot->full, 1)"
ONCE = "WRITE_ONCE(slot->full, 1)"


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, "tree/lib/slot.c", SLOT)
    write(tmp_path, "scenarios/slot/harness.c", HARNESS)
    write(tmp_path, "scenarios/slot/scenario.toml", SCENARIO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(top: Path, name: str, text: str) -> None:
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def variant(top: Path, text: str) -> None:
    """One more variant of the scenario."""
    path = top / "scenarios/slot/scenario.toml"
    path.write_text(f"{path.read_text()}\n[[variant]]\n{text}")


def diff(before: str, after: str, name: str = "lib/slot.c") -> bytes:
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    source = f"a/{name}" if before else "/dev/null"
    return "".join(difflib.unified_diff(old, new, source, f"b/{name}")).encode()


def review(
    top: Path, before: str, after: str, scenarios: Scenarios | None = None, seconds: float = 30.0
) -> ScenarioReview:
    """The review of a patch of lib/slot.c, which has the one text before and the other after it."""
    write(top, "tree/lib/slot.c", before)
    if not before:
        (top / "tree/lib/slot.c").unlink()
    (patch,) = read(diff(before, after), "test.patch")
    applied = apply(patch, Files(top / "tree"))
    return (scenarios or Scenarios(jobs=1)).review(applied, touched(applied), seconds)


def test_an_outcome_that_becomes_possible_is_an_error_at_the_changed_line(top: Path) -> None:
    found = review(top, SLOT, SLOT.replace(RELEASE, ONCE))
    (remark,) = found.remarks
    assert (remark.code, remark.level) == ("MM203", Level.ERROR)
    assert remark.span is not None
    assert remark.span.text.startswith("WRITE_ONCE(slot->full")
    assert "WRITE_ONCE(slot.full)" in remark.title
    assert "got == 7 || got == -1" in remark.message
    assert "impossible (checked)" in remark.message
    assert any("smp_load_acquire(&slot->full)" in line for line in remark.witness)
    assert {step.thread for step in remark.steps} == {"P0", "P1"}
    assert max(map(len, remark.witness)) <= 80
    assert [(item.what, item.result) for item in found.looked] == [
        ("scenarios/slot:kernel", "Sometimes; before: Never")
    ]
    assert (found.fixes, found.skipped) == ((), ())


def test_what_goes_wrong_no_more_is_a_fix(top: Path) -> None:
    found = review(top, SLOT.replace(RELEASE, ONCE), SLOT)
    (fix,) = found.fixes
    assert (fix.code, fix.level) == ("MM208", Level.NOTE)
    assert fix.span is not None
    assert RELEASE in fix.span.file.line(fix.span.line)
    assert found.remarks == ()
    assert found.looked[0].result == "Never; before: Sometimes"


def test_a_new_race_is_an_error(top: Path) -> None:
    harness = HARNESS.replace("\tassert(got == 7 || got == -1);\n", "")
    write(top, "scenarios/slot/harness.c", harness)
    plain = SLOT.replace("WRITE_ONCE(slot->value, value)", "slot->value = value")
    found = review(top, plain, plain.replace(RELEASE, ONCE))
    (remark,) = found.remarks
    assert (remark.code, remark.level) == ("MM204", Level.ERROR)
    assert "plain write of slot.value slot.c:9" in remark.title
    assert remark.span is not None
    assert remark.span.file.name == "lib/slot.c"
    assert review(top, plain.replace(RELEASE, ONCE), plain).fixes[0].code == "MM208"


def test_a_patch_that_keeps_the_order_is_looked_at_and_clean(top: Path) -> None:
    fence = SLOT.replace(f"\t{RELEASE}", f"\tsmp_wmb();\n\t{ONCE}")
    found = review(top, SLOT, fence)
    assert (found.remarks, found.fixes, found.skipped) == ((), (), ())
    assert [item.result for item in found.looked] == ["Never; as before"]


def test_comments_need_no_look(top: Path) -> None:
    found = review(top, SLOT, SLOT.replace("filled once. */", "filled\n * once, at most. */"))
    assert found == ScenarioReview()


def test_a_function_that_no_thread_calls_is_none_of_the_scenarios_business(top: Path) -> None:
    found = review(top, SLOT, SLOT.replace("return READ_ONCE(slot->full);", "return slot->full;"))
    assert found == ScenarioReview()


def test_a_function_that_means_what_it_did_needs_no_run(top: Path) -> None:
    found = review(top, SLOT, SLOT.replace("slot->value, value)", "(slot)->value, (value))"))
    assert [item.result for item in found.looked] == ["the same program as before"]
    assert found.remarks == ()


def test_of_code_that_a_patch_adds_everything_is_new(top: Path) -> None:
    found = review(top, "", SLOT.replace(RELEASE, ONCE))
    (remark,) = found.remarks
    assert remark.code == "MM203"
    assert "whose code the patch adds" in remark.message
    assert found.looked[0].result == "Sometimes; before: not there"
    assert review(top, "", SLOT).looked[0].result == "Never; before: not there"


def test_of_a_function_that_a_patch_adds_everything_is_new(top: Path) -> None:
    before = SLOT[: SLOT.index("static void slot_put")] + SLOT[SLOT.index("static int slot_get") :]
    found = review(top, before, SLOT.replace(RELEASE, ONCE))
    assert [remark.code for remark in found.remarks] == ["MM203"]
    assert review(top, before, SLOT).remarks == ()


def test_a_program_that_cannot_be_read_after_the_patch_is_skipped(top: Path) -> None:
    found = review(top, SLOT, SLOT.replace("slot_put", "slot_fill"))
    (skipped,) = found.skipped
    assert skipped.what == "scenarios/slot:kernel"
    assert "after the patch" in skipped.why
    assert "slot_put" in skipped.why
    assert found.looked == ()


MENDED = """\
name = "mended"
says = "with a release"
verdict = "Never"
replace = [{ file = "lib/slot.c", from = "WRITE_ONCE(slot->full, 1)", to = "smp_store_release(&slot->full, 1)" }]
"""


def test_a_variant_that_mends_the_kernels_text_is_a_warning(top: Path) -> None:
    variant(top, MENDED)
    weak = SLOT.replace(RELEASE, ONCE)
    found = review(top, weak, weak.replace("smp_load_acquire(&slot->full)", "READ_ONCE(slot->full)"))
    (remark,) = found.remarks
    assert (remark.code, remark.level) == ("MM203", Level.WARNING)
    assert "changes lib/slot.c besides: with a release" in remark.message
    assert remark.span is not None
    assert remark.span.file.text.count(ONCE) == 1  # the file as the patch leaves it, not as the scenario changes it
    assert [item.what for item in found.looked] == ["scenarios/slot:kernel", "scenarios/slot:mended"]


def test_a_variant_whose_text_the_patch_changes_is_skipped(top: Path) -> None:
    variant(top, MENDED)
    weak = SLOT.replace(RELEASE, ONCE)
    found = review(top, weak, weak.replace(ONCE, "WRITE_ONCE(slot->full, 2)"))
    assert found.skipped == (
        Skipped("scenarios/slot:mended", "what it replaces in the kernel's file is not there after the patch"),
    )


def test_a_variant_that_breaks_the_kernels_text_says_nothing_of_a_patch(top: Path) -> None:
    variant(top, MENDED.replace('"Never"', '"Sometimes"').replace("mended", "broken"))
    weak = SLOT.replace(RELEASE, ONCE)
    found = review(top, weak, weak.replace(ONCE, "WRITE_ONCE(slot->full, 2)"))
    assert found.skipped == ()


def test_a_scenario_with_code_of_its_own_says_that_it_was_not_run(top: Path) -> None:
    write(top, "scenarios/slot/harness.c", HARNESS.replace('#include "lib/slot.c"\n', SLOT))
    path = top / "scenarios/slot/scenario.toml"
    path.write_text(path.read_text().replace("tree = true\n", ""))
    found = review(top, SLOT, SLOT.replace(RELEASE, ONCE))
    assert [item.what for item in found.skipped] == ["scenarios/slot"]
    assert "runs its own" in found.skipped[0].why
    assert review(top, SLOT, SLOT.replace("return READ_ONCE(slot->full)", "return slot->full")).skipped == ()


def test_without_time_nothing_is_run_and_that_is_said(top: Path) -> None:
    found = review(top, SLOT, SLOT.replace(RELEASE, ONCE), seconds=0.1)
    assert found.remarks == ()
    assert found.skipped == (Skipped("scenarios/slot:kernel", "not run: the time for scenarios was over"),)


def test_a_race_that_was_there_is_not_reported_again(top: Path) -> None:
    weak = SLOT.replace(RELEASE, ONCE).replace("WRITE_ONCE(slot->value, value)", "slot->value = value")
    found = review(top, weak, weak.replace(ONCE, "WRITE_ONCE(slot->full, 3)"))
    assert found.remarks == ()
    assert [item.result for item in found.looked] == ["Sometimes, with a data race; as before"]


def test_a_scenario_is_found_by_name_by_folder_and_by_default(top: Path) -> None:
    write(top, "mine/other/harness.c", HARNESS)
    write(top, "mine/other/scenario.toml", SCENARIO)
    assert [item.folder for item in Scenarios().offered] == ["scenarios/slot"]
    assert [item.folder for item in Scenarios(["mine/other"]).offered] == ["mine/other", "scenarios/slot"]
    (named,) = Scenarios(["slot:kernel"]).offered
    assert [item.name for item in named.variants] == ["kernel"]
    with pytest.raises(UsageError, match="no scenario"):
        Scenarios(["nowhere"])
    with pytest.raises(UsageError, match="no variant"):
        Scenarios(["slot:nothing"])


def test_a_scenario_that_cannot_be_read_is_skipped(top: Path) -> None:
    write(top, "scenarios/bad/scenario.toml", "title = 1\n")
    found = review(top, SLOT, SLOT.replace(RELEASE, ONCE))
    assert [item.what for item in found.skipped] == ["scenarios/bad"]
    assert [remark.code for remark in found.remarks] == ["MM203"]


def test_the_next_patch_of_a_series_begins_with_what_is_known(top: Path) -> None:
    scenarios = Scenarios(jobs=1)
    first = review(top, SLOT, SLOT.replace(RELEASE, ONCE), scenarios)
    assert first.remarks
    known = len(scenarios._verdicts)
    back = review(top, SLOT.replace(RELEASE, ONCE), SLOT, scenarios)
    assert back.fixes
    assert len(scenarios._verdicts) == known


def test_the_files_of_a_patch_do_without_a_tree(top: Path) -> None:
    (patch,) = read(diff("", SLOT.replace(RELEASE, ONCE)), "test.patch")
    applied = apply(patch, Files(NOWHERE))
    found = Scenarios(jobs=1).review(applied, touched(applied), 30.0)
    assert [remark.code for remark in found.remarks] == ["MM203"]
