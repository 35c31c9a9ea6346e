"""Each patch of patches/ is told what expected.toml says, no less and no more, and the tree on disk stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.cli.main import main
from tests.review.expectation import PATCHES, REDUCTIONS, SCENARIOS, Expectation, Mail, Wanted, expectations
from tests.review.reviewing import PatchSaid, Said, apply, mails, review, said, snapshot, tree_with
from tests.sampling import one_in

ALL = expectations()
ELSEWHERE = "what else uses include/"
"""A header may have users anywhere, and not everywhere is looked."""


def test_every_patch_has_an_expectation() -> None:
    assert {path.name for path in PATCHES.iterdir()} == {expected.file for expected in ALL}


@pytest.mark.parametrize("expected", ALL, ids=lambda expected: expected.title)
def test_a_patch_applies_and_changes_the_tree(expected: Expectation, tmp_path: Path) -> None:
    tree = tree_with(expected.tree, expected.on, tmp_path)
    parts = mails((PATCHES / expected.file).read_bytes())
    assert len(parts) == len(expected.mails)
    for part in parts:
        before = snapshot(tree)
        apply(part, tree)
        assert snapshot(tree) != before


@pytest.mark.parametrize("name", sorted({name for expected in ALL for name in expected.shown_by}))
def test_the_small_programs_behind_the_reasons_get_their_verdicts(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(REDUCTIONS / f"{name}.litmus")]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("expected", one_in(2, ALL, lambda expected: expected.title))
def test_a_patch_is_told_what_the_model_says(
    expected: Expectation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = tree_with(expected.tree, expected.on, tmp_path)
    before = snapshot(tree)
    scenario = ["--scenario", SCENARIOS / expected.scenario] if expected.scenario else []
    ran = review(capsys, PATCHES / expected.file, "--tree", tree, "-f", "json", *scenario)
    assert snapshot(tree) == before
    assert ran.status in expected.exits, ran.err
    patches = said(ran, (PATCHES / expected.file).read_bytes(), tree)
    for wanted, got in zip(expected.mails, patches, strict=True):
        _remarks(wanted, got, expected.may)
        _fixes(wanted, got)
        assert not [item for item in got.skipped if not item.startswith(ELSEWHERE)]


def _remarks(expected: Mail, got: PatchSaid, may: tuple[str, ...]) -> None:
    """Each remark that is wanted is there, and any other has a code that it may have."""
    left = list(got.remarks)
    for wanted in expected.remarks:
        fitting = [remark for remark in left if _fits(wanted, remark)]
        assert fitting, f"no {wanted} among {_listed(left)}"
        left.remove(fitting[0])
    assert not [remark for remark in left if remark.code not in may], _listed(left)


def _fits(wanted: Wanted, remark: Said) -> bool:
    return (
        remark.code in wanted.code
        and wanted.path in remark.path
        and wanted.line in remark.line
        and wanted.function in remark.words
        and all(remark.names(name) for name in wanted.names)
        and all(word in remark.words for word in wanted.says)
    )


def _fixes(expected: Mail, got: PatchSaid) -> None:
    """Fixes there are where they are wanted, and they name what put it right."""
    assert bool(got.fixes) == bool(expected.fixes), _listed(list(got.fixes))
    for line in expected.fixes:
        assert any(fix.names(line) for fix in got.fixes), _listed(list(got.fixes))


def _listed(found: list[Said]) -> str:
    return "\n".join(f"{item.code} at '{item.line.strip()}': {item.words}" for item in found) or "nothing"
