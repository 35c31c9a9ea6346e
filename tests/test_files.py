"""A tree with changes beside it reads as if they had been made, however a path is spelled."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.files import NOWHERE, Files


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    top = tmp_path / "tree"
    for name in ("kernel/ring.c", "kernel/ring.h", "include/linux/list.h", "include/linux/sub/deep.h"):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"on disk: {name}")
    (top / "include/asm").symlink_to("linux")
    (top / "include/linux/alias.h").symlink_to("list.h")
    return top


def names(files: Files, folder: str, pattern: str, deep: bool = False) -> list[str]:
    return [path.relative_to(files.root).as_posix() for path in files.below(files.root / folder, pattern, deep)]


def test_what_is_not_changed_is_read_from_disk(tree: Path) -> None:
    files = Files(tree, {"kernel/ring.h": "new"})
    assert files.read(tree / "kernel/ring.c") == "on disk: kernel/ring.c"
    assert files.read(tree / "kernel/none.c") is None
    assert not files.is_file(tree / "kernel/none.c")


def test_changed_added_and_removed_files(tree: Path) -> None:
    files = Files(tree, {"kernel/ring.c": "new", "kernel/more/added.c": "added", "kernel/ring.h": None})
    assert files.read(tree / "kernel/ring.c") == "new"
    assert files.read(tree / "kernel/more/added.c") == "added"
    assert files.read(tree / "kernel/ring.h") is None
    assert files.is_file(tree / "kernel/more/added.c")
    assert not files.is_file(tree / "kernel/ring.h")
    assert (tree / "kernel/ring.h").read_text() == "on disk: kernel/ring.h"


def test_a_changed_file_is_the_same_through_dots_and_links(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Files(tree, {"include/linux/list.h": "new"})
    for spelled in ("kernel/../include/linux/list.h", "include/asm/list.h", "include/linux/alias.h"):
        assert files.read(tree / spelled) == "new", spelled
        assert files.is_changed(tree / spelled), spelled
    monkeypatch.chdir(tmp_path)
    assert files.read(Path("tree/include/linux/list.h")) == "new"
    assert Files(Path("tree"), {"kernel/ring.c": "new"}).read(tree / "kernel/ring.c") == "new"


def test_a_file_of_the_same_name_elsewhere_is_as_on_disk(tree: Path) -> None:
    files = Files(tree, {"include/linux/ring.h": "new"})
    assert files.read(tree / "kernel/ring.h") == "on disk: kernel/ring.h"
    assert not files.is_changed(tree / "kernel/ring.h")


def test_what_is_below_a_folder(tree: Path) -> None:
    files = Files(tree, {"include/linux/sub/added.h": "", "include/linux/list.h": None, "include/linux/x.c": ""})
    assert names(files, "include/linux", "*.h") == ["include/linux/alias.h"]
    assert names(files, "include", "*.h", deep=True) == [
        "include/linux/alias.h",
        "include/linux/sub/added.h",
        "include/linux/sub/deep.h",
    ]
    assert names(files, "include/asm/sub", "*.h") == ["include/asm/sub/added.h", "include/asm/sub/deep.h"]


def test_what_is_too_long_is_not_read(tree: Path) -> None:
    files = Files(tree, {"kernel/ring.c": "123456"})
    assert files.read(tree / "kernel/ring.c", 6) == "123456"
    assert files.read(tree / "kernel/ring.c", 5) is None
    assert files.read(tree / "kernel/ring.h", 5) is None


def test_without_a_tree_there_are_the_changed_files() -> None:
    files = Files(changed={"kernel/ring.c": "new"})
    assert files.read(NOWHERE / "kernel/ring.c") == "new"
    assert files.read(NOWHERE / "kernel/ring.h") is None
    assert names(files, "kernel", "*.c") == ["kernel/ring.c"]
    assert names(files, "", "*.c", deep=True) == ["kernel/ring.c"]


def test_names_that_no_file_can_have(tree: Path) -> None:
    files = Files(tree, {"kernel/ring.c": "new"})
    for name in ("\0", "x/\0/ring.c", "n" * 5000):
        assert files.read(tree / name) is None
        assert not files.is_file(tree / name)


def test_the_name_of_a_file_is_its_path_from_the_top(tree: Path, tmp_path: Path) -> None:
    files = Files(tree, {"kernel/added.c": "new"})
    assert files.name(tree / "kernel/ring.c") == "kernel/ring.c"
    assert files.name(str(tree / "kernel/../kernel/added.c")) == "kernel/added.c"
    assert files.name("kernel/added.c") == "kernel/added.c"
    assert files.name(tree / "include/asm/list.h") == "include/asm/list.h"
    assert files.name(tmp_path / "harness.c") == str(tmp_path / "harness.c")


def test_more_changes_leave_the_first_ones_in_place(tree: Path) -> None:
    first = Files(tree, {"kernel/ring.c": "one", "kernel/ring.h": "one"})
    second = first.with_changes({"kernel/ring.c": "two"})
    assert [files.read(tree / "kernel/ring.c") for files in (first, second)] == ["one", "two"]
    assert second.read(tree / "kernel/ring.h") == "one"
