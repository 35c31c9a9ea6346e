"""Random texts and edits: a diff of two texts makes the one into the other, and no damage gives more than an error."""

import difflib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memmodel.errors import MemmodelError
from memmodel.files import Files
from memmodel.frontends.patch.apply import apply
from memmodel.frontends.patch.read import read
from memmodel.source import SourceFile
from tests.frontends.patch.mails import BODY, HEADERS, attached, mail, multipart

LINE = st.one_of(
    st.sampled_from(["", "a", "b", "{", "\t}", "-- a", "++ b", "@@ -1 +1 @@"]), st.text("ab ü\t+-", max_size=6)
)
SIDE = st.lists(LINE, max_size=25)


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """A text of lines and another that has most of them."""
    before = draw(SIDE)
    after = list(before)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(after)))
        after[at : at + draw(st.integers(0, 3))] = draw(st.lists(LINE, max_size=3))
    return before, after


def diff(before: list[str], after: list[str], context: int) -> str:
    lines = difflib.unified_diff(
        [f"{line}\n" for line in before], [f"{line}\n" for line in after], "a/f", "b/f", n=context
    )
    return "".join(lines)


def text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def lines_of(source: SourceFile | None) -> list[str]:
    assert source is not None
    return source.text.split("\n")


@settings(deadline=None)
@given(edits(), st.integers(0, 4))
def test_a_diff_gives_the_text_after(sides: tuple[list[str], list[str]], context: int) -> None:
    before, after = sides
    if before == after:
        return
    (patch,) = read(diff(before, after, context).encode(), "x.diff")
    if before:
        found = apply(patch, Files(changed={"f": text(before)}))
        assert found.before.changed["f"] == text(before)
    else:
        found = apply(patch, Files())
    (file,) = found.files
    assert found.after.changed["f"] == text(after)
    assert (file.fuzz, file.offset) == (0, 0)
    kept = [line for at, line in enumerate(before, start=1) if at not in file.removed]
    assert kept == [line for at, line in enumerate(after, start=1) if at not in file.added]
    shown = patch.source.text.split("\n")
    for numbers, source in ((file.lines_before, file.before), (file.lines_after, file.after)):
        for at, number in numbers.items():
            assert lines_of(source)[at - 1] == shown[number - 1][1:]


@settings(deadline=None)
@given(edits(), st.integers(0, 5))
def test_text_in_front_moves_all_hunks(sides: tuple[list[str], list[str]], count: int) -> None:
    before, after = ([*(f"own {number}" for number in range(12)), *side] for side in sides)
    if before == after:
        return
    front = [f"front {number}" for number in range(count)]
    (patch,) = read(diff(before, after, 3).encode(), "x.diff")
    (file,) = apply(patch, Files(changed={"f": text(front + before)})).files
    assert file.after is not None
    # Lines that stand several times in the text may be found nearer than the ones that are meant, as by patch(1).
    if len(set(before)) == len(before):
        assert file.after.text == text(front + after)
        assert file.offset == count


@settings(max_examples=25, deadline=None)
@given(st.tuples(st.text("ab\nü", max_size=30), st.text("ab\nü", max_size=30)))
def test_git_agrees_about_the_text_after(tmp_path_factory: pytest.TempPathFactory, sides: tuple[str, str]) -> None:
    before, after = sides
    if before == after:
        return
    folder: Path = tmp_path_factory.mktemp("diff")
    for name, content in (("a", before), ("b", after)):
        (folder / name).mkdir()
        (folder / name / "f").write_text(content)
    command = ["git", "diff", "--no-index", "--no-prefix", "--no-color", "--no-ext-diff", "a/f", "b/f"]
    written = subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout
    (patch,) = read(written, "x.diff")
    assert apply(patch, Files(changed={"f": before})).after.changed["f"] == after


WHOLE = [
    *((HEADERS + "\n" + BODY).encode(), (mail(1, 2) + mail(2, 2)).encode()),
    *(multipart("Content-Type: text/plain\n\nx\n", attached()).encode(), multipart(kind='x; charset="').encode()),
    b"diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\nindex 1..2 100644\n",
    b'--- "a/t\\303\\244"\n+++ "b/t\\303\\244"\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n',
    b"commit " + b"a" * 40 + b"\nAuthor: A <a@b>\nDate: Mon Jan 5 10:00:00 2026 +0100\n\n    x\n\ndiff --git a/x b/x\n",
]
PIECES = [
    b"",
    b"\n",
    b"\0",
    b"\xff",
    b"=?utf-8?q?=ff?=",
    b"--XX\n",
    b"@@ -1 +1 @@\n",
    b"--- ",
    b"+++ ",
    b"From ",
    b'"',
    b"\\",
    b";",
    b"=",
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(WHOLE))
    for _ in range(draw(st.integers(1, 4))):
        at, count = draw(st.integers(0, len(data))), draw(st.integers(0, 30))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4), st.just(data[at : at + count] * 2)))
        data = data[:at] + piece + data[at + count :]
    return data


@settings(max_examples=400, deadline=None)
@given(damaged())
def test_damage_is_an_error_and_nothing_else(data: bytes) -> None:
    files = Files(changed={"x": "a\nb\n", "ring.c": "/* Größe = länge */\nx = 1;\nab\n"})
    for rebuild in (False, True):
        try:
            for patch in read(data, "x"):
                assert patch.changes
                files = apply(patch, files, rebuild=rebuild).after
        except MemmodelError as error:
            assert str(error)


def test_a_patch_of_100_000_lines() -> None:
    """Every fifth line of 62,500 is another: difflib would take a minute to find that out."""
    before = [f"line {number}" for number in range(62_500)]
    after = [f"{line} new" if number % 5 == 2 else line for number, line in enumerate(before)]
    body = ["--- a/f", "+++ b/f"]
    for start in range(0, len(before), 5):
        body.append(f"@@ -{start + 1},5 +{start + 1},5 @@")
        for number in range(start, start + 5):
            changed = (f"-{before[number]}", f"+{after[number]}")
            body += changed if number % 5 == 2 else [f" {before[number]}"]
    assert len(body) > 87_500
    body += ["--- /dev/null", "+++ b/g", "@@ -0,0 +1,62500 @@", *(f"+{line}" for line in before)]
    (patch,) = read((HEADERS + "\n" + text(body)).encode(), "x.mail")
    file, new = apply(patch, Files(changed={"f": text(before)})).files
    assert file.after is not None
    assert new.after is not None
    assert (file.after.text, new.after.text) == (text(after), text(before))
    assert len(file.added) == len(file.removed) == 12_500
