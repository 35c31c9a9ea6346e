"""Without a tree, what a patch shows of the files is all that is known of them."""

import pytest

from memmodel import errors
from memmodel.files import Files
from memmodel.frontends.patch.applied import Applied, AppliedFile
from memmodel.frontends.patch.apply import apply
from memmodel.frontends.patch.read import read

PATCH = """\
--- a/f.c
+++ b/f.c
@@ -4,3 +4,4 @@
 four
-five
+5
+5.5
 six
@@ -9,2 +10,2 @@
-nine
+9
 ten
"""
BEFORE = ["", "", "", "four", "five", "six", "", "", "nine", "ten"]
AFTER = ["", "", "", "four", "5", "5.5", "six", "", "", "9", "ten"]


def rebuilt(patch: str, files: Files | None = None) -> Applied:
    (one,) = read(patch.encode(), "x.diff")
    return apply(one, files or Files(), rebuild=True)


def texts(file: AppliedFile) -> tuple[list[str] | None, list[str] | None]:
    before, after = (text and text.text.split("\n")[:-1] for text in (file.before, file.after))
    return before or None, after or None


def test_the_lines_stand_at_their_numbers() -> None:
    found = rebuilt(PATCH)
    (file,) = found.files
    assert texts(file) == (BEFORE, AFTER)
    assert file.partial
    assert (file.added, file.removed) == ({5, 6, 10}, {5, 9})
    lines = PATCH.split("\n")
    assert all(lines[number - 1][1:] == BEFORE[at - 1] for at, number in file.lines_before.items())
    assert all(lines[number - 1][1:] == AFTER[at - 1] for at, number in file.lines_after.items())
    assert (found.before.changed["f.c"], found.after.changed["f.c"]) == (
        "\n".join([*BEFORE, ""]),
        "\n".join([*AFTER, ""]),
    )


def test_a_new_file_is_known_whole() -> None:
    new = rebuilt("--- /dev/null\n+++ b/f.c\n@@ -0,0 +1,2 @@\n+a\n+b\n")
    assert (texts(new.files[0]), new.files[0].partial) == ((None, ["a", "b"]), False)
    with pytest.raises(errors.SyntaxError, match="does not apply"):
        rebuilt("--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-x\n+y\n", new.after)


def test_a_later_patch_applies_to_what_was_rebuilt_where_it_fits() -> None:
    first = rebuilt(PATCH)
    second = rebuilt("--- a/f.c\n+++ b/f.c\n@@ -5,3 +5,3 @@\n 5\n-5.5\n+5.6\n six\n", first.after)
    assert texts(second.files[0]) == (AFTER, [line.replace("5.5", "5.6") for line in AFTER])
    assert second.files[0].partial


def test_a_later_patch_is_rebuilt_where_it_does_not_fit() -> None:
    first = rebuilt(PATCH)
    second = rebuilt("--- a/f.c\n+++ b/f.c\n@@ -2 +2 @@\n-two\n+2\n", first.after)
    assert texts(second.files[0]) == (["", "two"], ["", "2"])
    assert second.before.changed["f.c"] == "\ntwo\n"


def test_a_moved_file_keeps_what_is_known() -> None:
    head = "diff --git a/f.c b/g.c\nsimilarity index 90%\nrename from f.c\nrename to g.c\n"
    found = rebuilt(head + PATCH.replace("b/f.c", "b/g.c"))
    assert texts(found.files[0]) == (BEFORE, AFTER)
    assert found.after.changed == {"f.c": None, "g.c": "\n".join([*AFTER, ""])}
    assert rebuilt(head).files == ()


@pytest.mark.parametrize("hunks", ["@@ -999999999 +1 @@\n-a\n+b\n", "@@ -5 +5 @@\n-a\n+b\n@@ -3 +3 @@\n-a\n+b\n"])
def test_line_numbers_that_no_file_has(hunks: str) -> None:
    with pytest.raises(errors.SyntaxError, match=r"this hunk for f\.c begins"):
        rebuilt("--- a/f.c\n+++ b/f.c\n" + hunks)


def test_only_where_it_is_asked_for() -> None:
    (patch,) = read(PATCH.encode(), "x.diff")
    with pytest.raises(errors.SyntaxError, match=r"no f\.c \(no tree was given\)"):
        apply(patch, Files())
