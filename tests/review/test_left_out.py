"""What is not to be told of a patch: by the command line, by a configuration, by a comment with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.review.expectation import PATCHES, TREES
from tests.review.reviewing import review

WEAK = PATCHES / "spsc-weak-release.patch"
STORE = "+\tWRITE_ONCE(ring->head, head + 1);"


def codes(out: str) -> list[tuple[str, str]]:
    return [(item["code"], item["level"]) for patch in json.loads(out)["patches"] for item in patch["remarks"]]


def test_ignored_remarks_are_left_out_and_the_exit_status_follows(capsys: pytest.CaptureFixture[str]) -> None:
    words = (WEAK, "--tree", TREES / "spsc", "--format", "json")
    ran = review(capsys, *words)
    told = codes(ran.out)
    assert ran.status == 1 and told
    ran = review(capsys, *words, "--ignore", ",".join(code for code, _ in told))
    assert (ran.status, codes(ran.out)) == (0, [])
    ran = review(capsys, *words, "--select", told[0][0])
    assert (ran.status, codes(ran.out)) == (1, told[:1])


def test_a_configuration_does_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "memmodel.toml").write_text('ignore = ["MM2"]\n')
    assert review(capsys, WEAK, "--tree", TREES / "spsc").status == 0
    assert review(capsys, WEAK, "--tree", TREES / "spsc", "--no-config").status == 1


@pytest.mark.parametrize(("comment", "silent"), [("ignore[MM203, MM201] one CPU", True), ("ignore[MM203]", False)])
def test_a_comment_with_a_reason_makes_it_a_note_that_says_so(
    comment: str, silent: bool, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    patch = tmp_path / "commented.patch"
    patch.write_text(WEAK.read_text().replace(STORE, f"{STORE} // memmodel: {comment}"))
    ran = review(capsys, patch, "--tree", TREES / "spsc", "--format", "json")
    levels = {level for _, level in codes(ran.out)}
    assert (levels == {"note"}) is silent
    assert (ran.status == 0) is silent
    assert ("A comment asks to ignore this: one CPU" in ran.out) is silent
