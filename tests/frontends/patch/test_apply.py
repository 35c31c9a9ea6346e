"""What a patch makes of a tree, of which nothing on disk changes."""

from pathlib import Path

import pytest

from memmodel import errors
from memmodel.files import Files
from memmodel.frontends.patch.applied import Applied
from memmodel.frontends.patch.apply import apply
from memmodel.frontends.patch.read import read

LINES = [f"line {number}" for number in range(1, 21)]
TEXT = "\n".join(LINES) + "\n"
PATCH = """\
--- a/lib/f.c
+++ b/lib/f.c
@@ -4,7 +4,7 @@
 line 4
 line 5
 line 6
-line 7
+LINE 7
 line 8
 line 9
 line 10
@@ -14,6 +14,8 @@
 line 14
 line 15
 line 16
+new 1
+new 2
 line 17
 line 18
 line 19
"""
RESULT = TEXT.replace("line 7", "LINE 7").replace("line 16\n", "line 16\nnew 1\nnew 2\n")
NOTE = "\\ No newline at end of file\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/f.c").write_text(TEXT)
    return tmp_path


def applied(patch: str, where: Path | Files) -> Applied:
    (one,) = read(patch.encode(), "x.diff")
    return apply(one, where if isinstance(where, Files) else Files(where))


def result(patch: str, text: str) -> str | None:
    """What becomes of lib/f.c with this text."""
    found = applied(patch, Files(changed={"lib/f.c": text}))
    assert found.files[0].after is not None
    return found.after.changed["lib/f.c"]


def test_the_files_before_and_after(tree: Path) -> None:
    found = applied(PATCH, tree)
    (file,) = found.files
    assert file.before is not None
    assert file.after is not None
    assert (file.before.text, file.after.text) == (TEXT, RESULT)
    assert (file.before.name, file.after.name) == ("lib/f.c", "lib/f.c")
    assert (file.fuzz, file.offset, file.partial) == (0, 0, False)
    assert (found.before.read(tree / "lib/f.c"), found.after.read(tree / "lib/f.c")) == (TEXT, RESULT)
    assert (tree / "lib/f.c").read_text() == TEXT


def test_which_line_is_which(tree: Path) -> None:
    (file,) = applied(PATCH, tree).files
    assert file.before is not None
    assert file.after is not None
    assert (file.added, file.removed) == ({7, 17, 18}, {7})
    lines = PATCH.split("\n")
    for text, numbers, signs in ((file.before, file.lines_before, " -"), (file.after, file.lines_after, " +")):
        assert {text.line(at) for at in numbers} == {line[1:] for line in lines[2:] if line and line[0] in signs}
        for at, number in numbers.items():
            assert lines[number - 1][1:] == text.line(at)


@pytest.mark.parametrize("moved", [-3, -1, 1, 2, 30])
def test_a_hunk_is_found_above_or_below_its_place(moved: int) -> None:
    def shift(text: str) -> str:
        return "x\n" * moved + text if moved > 0 else text.split("\n", -moved)[-1]

    assert result(PATCH, shift(TEXT)) == shift(RESULT)
    (file,) = applied(PATCH, Files(changed={"lib/f.c": shift(TEXT)})).files
    assert (file.offset, file.fuzz) == (abs(moved), 0)
    assert (file.added, file.removed) == ({7 + moved, 17 + moved, 18 + moved}, {7 + moved})


def test_the_nearest_place_is_taken() -> None:
    patch = "--- a/lib/f.c\n+++ b/lib/f.c\n@@ -7,3 +7,3 @@\n a\n-b\n+c\n a\n"
    lines = ["", "a", "b", "a", "", "", "", "", "a", "b", "a"]
    assert result(patch, "\n".join(lines) + "\n") == "\n".join([*lines[:9], "c", "a"]) + "\n"


def test_hunks_stay_in_order() -> None:
    """The second hunk's lines stand only before the first one's: that is no place for it."""
    text = "\n".join(LINES[13:20] + LINES[:13]) + "\n"
    with pytest.raises(errors.SyntaxError, match="before those of the hunk above"):
        result(PATCH, text)


@pytest.mark.parametrize(("other", "fuzz"), [(10, 1), (9, 2), (4, 1), (5, 2)])
def test_context_at_the_ends_of_a_hunk_need_not_fit(other: int, fuzz: int) -> None:
    text = TEXT.replace(f"line {other}\n", "other\n")
    assert result(PATCH, text) == RESULT.replace(f"line {other}\n", "other\n")
    (file,) = applied(PATCH, Files(changed={"lib/f.c": text})).files
    assert file.fuzz == fuzz
    assert other not in file.lines_before
    assert file.lines_before[7] == file.lines_after[7] - 1
    same = {4, 5, 6, 7, 8, 9, 10} - {other}
    assert same == {at for at in file.lines_before if at < 13}


def test_context_next_to_a_change_must_fit() -> None:
    for other in (6, 8):
        with pytest.raises(errors.SyntaxError, match="'other'"):
            result(PATCH, TEXT.replace(f"line {other}\n", "other\n"))


def test_white_space_must_fit() -> None:
    with pytest.raises(errors.SyntaxError, match="differ in white space"):
        result(PATCH, TEXT.replace("line 7\n", "line  7\n"))


def test_a_file_with_crlf_keeps_it() -> None:
    assert result(PATCH, TEXT.replace("\n", "\r\n")) == RESULT.replace("\n", "\r\n")
    assert result(PATCH.replace("\n", "\r\n"), TEXT) == RESULT
    lines = PATCH.split("\n")
    written = "\n".join(lines[:2] + [line if line.startswith("@@") else line + "\r" for line in lines[2:-1]]) + "\n"
    assert result(written, TEXT.replace("\n", "\r\n")) == RESULT.replace("\n", "\r\n")


def test_a_file_that_is_not_utf_8(tree: Path) -> None:
    (tree / "lib/f.c").write_bytes(TEXT.replace("line 8", "ü 8").encode("latin-1"))
    for charset in ("latin-1", "utf-8"):
        (patch,) = read(PATCH.replace("line 8", "ü 8").encode(charset), "x.diff")
        assert apply(patch, Files(tree)).files[0].added == {7, 17, 18}


@pytest.mark.parametrize(
    ("before", "hunk", "after"),
    [
        ("a\nb", f"@@ -1,2 +1,2 @@\n a\n-b\n{NOTE}+c\n{NOTE}", "a\nc"),
        ("a\nb", f"@@ -1,2 +1,2 @@\n a\n-b\n{NOTE}+b\n", "a\nb\n"),
        ("a\nb\n", f"@@ -1,2 +1,2 @@\n a\n-b\n+b\n{NOTE}", "a\nb"),
        ("a\nb", f"@@ -1,2 +1 @@\n a\n-b\n{NOTE}", "a\n"),
        ("a\nb", f"@@ -1,2 +1,2 @@\n-a\n+A\n b\n{NOTE}", "A\nb"),
        ("a\nb", f"@@ -1,2 +0,0 @@\n-a\n-b\n{NOTE}", ""),
        ("", "@@ -0,0 +1 @@\n+a\n", "a\n"),
        ("a\nb\n", "@@ -1,0 +2 @@\n+x\n", "a\nx\nb\n"),
    ],
)
def test_the_end_of_the_last_line(before: str, hunk: str, after: str) -> None:
    assert result("--- a/lib/f.c\n+++ b/lib/f.c\n" + hunk, before) == after


CREATE = "diff --git a/new.c b/new.c\nnew file mode 100644\n--- /dev/null\n+++ b/new.c\n@@ -0,0 +1,2 @@\n+a\n+b\n"


def test_a_file_is_created(tree: Path) -> None:
    found = applied(CREATE, tree)
    (file,) = found.files
    assert file.before is None
    assert file.after is not None
    assert (file.after.text, file.added, file.removed) == ("a\nb\n", {1, 2}, frozenset())
    assert found.after.is_file(tree / "new.c")
    assert not found.before.is_file(tree / "new.c")
    assert not (tree / "new.c").exists()


@pytest.mark.parametrize(("text", "hint"), [("a\nb\n", "applied to this tree"), ("x\n", "the tree that the patch")])
def test_a_file_that_is_there_cannot_be_created(tree: Path, text: str, hint: str) -> None:
    (tree / "new.c").write_text(text)
    with pytest.raises(errors.SyntaxError, match=r"new\.c is created, but is there already") as caught:
        applied(CREATE, tree)
    assert hint in (caught.value.hint or "")
    assert caught.value.span is not None
    assert caught.value.span.line == 1


def test_diff_without_dates_may_create_a_file(tree: Path) -> None:
    (file,) = applied("--- a/new.c\n+++ b/new.c\n@@ -0,0 +1 @@\n+a\n", tree).files
    assert file.before is None


def removal(text: str) -> str:
    lines = text.splitlines()
    return f"--- a/lib/f.c\n+++ /dev/null\n@@ -1,{len(lines)} +0,0 @@\n" + "".join(f"-{line}\n" for line in lines)


def test_a_file_is_removed(tree: Path) -> None:
    found = applied(removal(TEXT), tree)
    (file,) = found.files
    assert file.after is None
    assert (len(file.removed), file.added) == (20, frozenset())
    assert not found.after.is_file(tree / "lib/f.c")
    assert (tree / "lib/f.c").exists()


def test_a_file_with_more_lines_is_not_removed(tree: Path) -> None:
    with pytest.raises(errors.SyntaxError, match="3 lines that the patch does not remove"):
        applied(removal("\n".join(LINES[:17])), tree)


RENAME = "diff --git a/lib/f.c b/g.c\nsimilarity index 90%\nrename from lib/f.c\nrename to g.c\n"


def test_a_file_is_moved_with_and_without_changes(tree: Path) -> None:
    for patch, text in ((RENAME, TEXT), (RENAME + PATCH.replace("b/lib/f.c", "b/g.c"), RESULT)):
        found = applied(patch, tree)
        (file,) = found.files
        assert file.before is not None
        assert file.after is not None
        assert (file.before.name, file.after.name, file.after.text) == ("lib/f.c", "g.c", text)
        assert not found.after.is_file(tree / "lib/f.c")
        assert found.after.read(tree / "g.c") == text


def test_a_copy_leaves_the_first_file(tree: Path) -> None:
    found = applied(RENAME.replace("rename", "copy"), tree)
    assert found.after.read(tree / "g.c") == found.after.read(tree / "lib/f.c") == TEXT


def test_two_files_change_places(tree: Path) -> None:
    (tree / "g.c").write_text("g\n")
    back = "diff --git a/g.c b/lib/f.c\nsimilarity index 100%\nrename from g.c\nrename to lib/f.c\n"
    after = applied(RENAME + back, tree).after
    assert (after.read(tree / "lib/f.c"), after.read(tree / "g.c")) == ("g\n", TEXT)


def test_a_file_may_not_be_moved_onto_another(tree: Path) -> None:
    (tree / "g.c").write_text("g\n")
    with pytest.raises(errors.SyntaxError, match=r"g\.c is created, but is there already"):
        applied(RENAME, tree)


def test_a_change_of_mode_changes_no_text(tree: Path) -> None:
    found = applied("diff --git a/lib/f.c b/lib/f.c\nold mode 100644\nnew mode 100755\n", tree)
    assert (found.files, dict(found.after.changed)) == ((), {})


def test_a_series_is_applied_step_by_step(tree: Path) -> None:
    first = applied(PATCH, tree)
    second = applied(
        "--- a/lib/f.c\n+++ b/lib/f.c\n@@ -16,4 +16,3 @@\n line 16\n-new 1\n new 2\n line 17\n", first.after
    )
    assert second.after.read(tree / "lib/f.c") == RESULT.replace("new 1\n", "")
    assert second.before.read(tree / "lib/f.c") == RESULT


def test_a_file_may_come_twice_in_a_patch(tree: Path) -> None:
    again = "--- a/lib/f.c\n+++ b/lib/f.c\n@@ -17 +17 @@\n-new 1\n+NEW\n"
    assert applied(PATCH + again, tree).after.read(tree / "lib/f.c") == RESULT.replace("new 1", "NEW")


BINARY = "diff --git a/l.png b/l.png\nindex 111..222 100644\nBinary files a/l.png and b/l.png differ\n"


def test_what_is_no_text_is_left_out(tree: Path) -> None:
    (tree / "lib/g.c").write_bytes(b"line 1\n\0\n")
    (tree / "lib/h.c").write_bytes(b"x\n" * 2_000_001)
    other = PATCH.replace("lib/f.c", "lib/g.c") + PATCH.replace("lib/f.c", "lib/h.c")
    found = applied(BINARY + other + PATCH, tree)
    assert [file.change.path for file in found.files] == ["lib/f.c"]
    assert [left.change.path for left in found.left_out] == ["l.png", "lib/g.c", "lib/h.c"]
    assert "not text" in found.left_out[1].why
    assert "4 MB" in found.left_out[2].why


def test_the_tree_on_disk_is_as_it_was(tree: Path) -> None:
    def state() -> list[tuple[str, int, bytes]]:
        files = sorted(path for path in tree.rglob("*") if path.is_file())
        return [(str(path), path.stat().st_mtime_ns, path.read_bytes()) for path in files]

    before = state()
    applied(RENAME + PATCH.replace("b/lib/f.c", "b/g.c") + CREATE, tree)
    applied(removal(TEXT), tree)
    assert state() == before
