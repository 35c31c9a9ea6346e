"""What a diff says, in the forms that diff and git write."""

import pytest

from memmodel import errors
from memmodel.frontends.patch.patch import Change, LineKind
from memmodel.frontends.patch.read import read

EDIT = """\
diff --git a/lib/ring.c b/lib/ring.c
index 1111111..2222222 100644
--- a/lib/ring.c
+++ b/lib/ring.c
@@ -3,4 +3,5 @@ struct ring
 one
-two
+2
+2.5
 three
 four
"""


def only(text: str) -> Change:
    (patch,) = read(text.encode(), "x.diff")
    (change,) = patch.changes
    return change


def names(text: str) -> tuple[str | None, str | None]:
    change = only(text)
    return change.old, change.new


def hunk(old: str, new: str) -> str:
    return f"--- {old}\n+++ {new}\n@@ -1 +1 @@\n-a\n+b\n"


def test_lines_know_where_they_stand() -> None:
    (patch,) = read(("A word before.\n" + EDIT).encode(), "x.diff")
    (change,) = patch.changes
    assert (change.old, change.new, change.number) == ("lib/ring.c", "lib/ring.c", 2)
    (found,) = change.hunks
    assert (found.old_start, found.old_count, found.new_start, found.new_count) == (3, 4, 3, 5)
    assert (found.section, found.number) == ("struct ring", 6)
    assert [(line.kind, line.text, line.old, line.new) for line in found.lines] == [
        (LineKind.CONTEXT, "one", 3, 3),
        (LineKind.REMOVED, "two", 4, None),
        (LineKind.ADDED, "2", None, 4),
        (LineKind.ADDED, "2.5", None, 5),
        (LineKind.CONTEXT, "three", 5, 6),
        (LineKind.CONTEXT, "four", 6, 7),
    ]
    for line in found.lines:
        assert patch.source.line(line.number) == line.kind.value + line.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (hunk("a/x/f.c", "b/x/f.c"), ("x/f.c", "x/f.c")),
        (hunk("x/f.c", "x/f.c"), ("x/f.c", "x/f.c")),
        (hunk("a/f.c", "a/f.c"), ("a/f.c", "a/f.c")),
        (hunk("linux-6.1.orig/x/f.c\t2020-01-01 00:00:00", "linux-6.1/x/f.c\t2021-01-01 00:00:00"), ("x/f.c", "x/f.c")),
        (hunk("f.c.orig\t2020-01-01 00:00:00", "f.c\t2021-01-01 00:00:00"), ("f.c", "f.c")),
        (hunk("f.c", "f.c.new"), ("f.c", "f.c")),
        (hunk("./f.c", ".//f.c"), ("f.c", "f.c")),
        (hunk("a/with space/f g.c\t", "b/with space/f g.c\t"), ("with space/f g.c", "with space/f g.c")),
        (hunk("f.c 2020-01-01 00:00:00.000000000 +0000", "f.c 2020-01-01 00:00:01.000000000 +0000"), ("f.c", "f.c")),
        (hunk(r'"a/t\303\244st.c"', r'"b/t\303\244st.c"'), ("täst.c", "täst.c")),
        (hunk(r'"a/tab\there\"\\.c"', r'"b/tab\there\"\\.c"'), ('tab\there"\\.c', 'tab\there"\\.c')),
        ("diff --git i/x/f.c w/x/f.c\n" + hunk("i/x/f.c", "w/x/f.c"), ("x/f.c", "x/f.c")),
        ("diff --git x/f.c x/f.c\n" + hunk("x/f.c", "x/f.c"), ("x/f.c", "x/f.c")),
        ("diff --git a/one/f.c b/two/f.c\n" + hunk("a/one/f.c", "b/two/f.c"), ("two/f.c", "two/f.c")),
        (hunk("a//etc/passwd", "b//etc/passwd"), ("/etc/passwd", "/etc/passwd")),
        (hunk("a/../f.c", "b/../f.c"), ("../f.c", "../f.c")),
    ],
)
def test_names_are_paths_in_the_tree(text: str, expected: tuple[str, str]) -> None:
    assert names(text) == expected


def test_files_that_are_created_and_removed() -> None:
    new = "--- /dev/null\n+++ b/f.c\n@@ -0,0 +1 @@\n+x\n"
    gone = "--- a/f.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
    assert names(new) == (None, "f.c")
    assert names(gone) == ("f.c", None)
    assert names("diff --git a/f.c b/f.c\nnew file mode 100644\nindex 000..111\n" + new) == (None, "f.c")
    assert names("diff --git a/f.c b/f.c\ndeleted file mode 100644\nindex 111..000\n" + gone) == ("f.c", None)
    assert names("diff --git a/f g b/f g\nnew file mode 100644\nindex 0000000..e69de29\n") == (None, "f g")
    assert names('diff --git "a/\\303\\244" "b/\\303\\244"\ndeleted file mode 100644\nindex e69de29..000\n') == (
        "ä",
        None,
    )


def test_the_date_0_stands_for_no_file() -> None:
    dates = "1970-01-01 01:00:00.000000000 +0100", "2020-01-01 01:00:00.000000000 +0100"
    assert names(f"--- o/f.c\t{dates[0]}\n+++ n/f.c\t{dates[1]}\n@@ -0,0 +1 @@\n+x\n") == (None, "f.c")
    assert names(f"--- o/f.c\t{dates[1]}\n+++ n/f.c\t{dates[0]}\n@@ -1 +0,0 @@\n-x\n") == ("f.c", None)


def test_renames_copies_and_modes() -> None:
    head = "diff --git a/old name.c b/new.c\nsimilarity index 90%\n"
    rename = only(head + "rename from old name.c\nrename to new.c\n" + hunk("a/old name.c\t", "b/new.c"))
    assert (rename.old, rename.new, rename.copied, len(rename.hunks)) == ("old name.c", "new.c", False, 1)
    copy = only(head + 'copy from old name.c\ncopy to "n\\tw.c"\n')
    assert (copy.old, copy.new, copy.copied, copy.hunks) == ("old name.c", "n\tw.c", True, ())
    mode = only("diff --git a/f.sh b/f.sh\nold mode 100644\nnew mode 100755\n")
    assert (mode.old, mode.new, mode.hunks, mode.binary) == ("f.sh", "f.sh", (), False)


BINARY = """\
diff --git a/logo.png b/logo.png
new file mode 100644
index 0000000000000000000000000000000000000000..1111111111111111111111111111111111111111
GIT binary patch
literal 13
UcmZQ%WMXDvWn<^yVq)R}05L@XIRF3v

literal 0
HcmV?d00001

"""


@pytest.mark.parametrize(
    "text",
    [
        BINARY,
        "diff --git a/l.png b/l.png\nindex 111..222 100644\nBinary files a/l.png and b/l.png differ\n",
        "Binary files old/l.png and new/l.png differ\n",
    ],
)
def test_a_binary_file_leaves_the_rest_usable(text: str) -> None:
    (patch,) = read((text + EDIT).encode(), "x.diff")
    binary, edit = patch.changes
    assert (binary.binary, binary.hunks) == (True, ())
    assert (edit.path, edit.binary, len(edit.hunks)) == ("lib/ring.c", False, 1)


def test_links_and_submodules_are_not_text() -> None:
    link = "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+f\n\\ No newline\n"
    module = "diff --git a/m b/m\nindex 111..222 160000\n" + hunk("a/m", "b/m")
    assert only(link).binary
    assert only(module).binary
    assert not only(EDIT.replace("1111111", "1200001")).binary


def test_the_last_line_may_have_no_end() -> None:
    note = "\\ No newline at end of file\n"
    (found,) = only(f"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n{note}+b\n{note}").hunks
    assert [(line.text, line.unfinished) for line in found.lines] == [("a", True), ("b", True)]
    (found,) = only(f"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n{note}+b\n").hunks
    assert [(line.text, line.unfinished) for line in found.lines] == [("a", True), ("b", False)]


def test_lines_that_look_like_the_head_of_a_file_are_lines() -> None:
    (found,) = only("--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n--- a/x\n+++ b/x\n @@ -1 +1 @@\n").hunks
    assert [line.text for line in found.lines] == ["-- a/x", "++ b/x", "@@ -1 +1 @@"]


def test_an_empty_context_line_may_have_lost_its_space() -> None:
    (found,) = only("--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n").hunks
    assert [(line.kind, line.text) for line in found.lines][1] == (LineKind.CONTEXT, "")


def test_a_whole_diff_may_have_crlf() -> None:
    (patch,) = read(EDIT.replace("\n", "\r\n").encode(), "x.diff")
    (expected,) = read(EDIT.encode(), "x.diff")
    assert patch.changes == expected.changes


def test_a_signature_and_other_text_behind_a_hunk_are_no_lines_of_it() -> None:
    for tail in ("-- \n2.39.5\n", "--\n2.39.5\n", "\nRegards\n", "_____\nlist mailing list\n", "-----\n", " \n"):
        assert only(EDIT + tail) == only(EDIT)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (EDIT.replace(" four\n", ""), 10, "ends inside a hunk of lib/ring.c"),
        (EDIT.replace(" three\n", "three\n"), 10, "'three' in a hunk of lib/ring.c does not begin with"),
        (EDIT.replace("-two\n", "-two\n-two\n").replace(" three\n", "").replace(" four\n", " 3\n+\n-5\n"), 13, "'-5'"),
        ("--- a/f\n+++ b/f\n@@ -1,2 +1 @@\n a\n+b\n", 5, "'+b' in a hunk of f does not fit its numbers"),
        (EDIT.replace(" four\n", " four\n five\n"), 12, "' five' behind the end of a hunk"),
        (EDIT.replace("@@ -3,4", "@@ -3,x"), 5, "not the head of a hunk"),
        (EDIT.replace("@@ -3,4", "@@ -3,99999999999999999999"), 5, "not the head of a hunk"),
        (EDIT.replace("@@ -3,4 +3,5 @@ struct ring\n", ""), 5, "where the first hunk of lib/ring.c was expected"),
        ("".join(EDIT.splitlines(True)[:4]), 4, "no hunk of lib/ring.c"),
        ("".join(EDIT.splitlines(True)[:3]), 3, "behind a '---' line"),
        ("".join(EDIT.splitlines(True)[:2]), 1, "ends before the file's hunks"),
        ("".join(EDIT.splitlines(True)[4:]), 1, "a hunk without the names of its file"),
        (EDIT + "\n@@ -30 +31 @@\n-a\n+b\n", 13, "a hunk without the names of its file"),
        ("--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n", 1, "both names are /dev/null"),
        ("diff --cc f.c\nindex 1,2..3\n--- a/f.c\n+++ b/f.c\n@@@ -1 -1 +1 @@@\n--a\n++b\n", 1, "diff of a merge"),
        ("*** a/f.c\n--- b/f.c\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n", 1, "context diff"),
        ("diff --git a/a b c/d e\nold mode 100644\nnew mode 100755\n", 1, "cannot be told apart"),
    ],
)
def test_a_damaged_diff_is_an_error_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(errors.SyntaxError) as caught:
        read(text.encode(), "x.diff")
    assert caught.value.span is not None
    assert (caught.value.span.line, caught.value.span.file.name) == (line, "x.diff")
    assert words in caught.value.message
    assert caught.value.hint
