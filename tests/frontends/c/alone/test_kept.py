"""What the headers of a tree define is kept from one run to the next, for headers that are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.frontends.c.alone import index, kept
from memmodel.frontends.c.alone.beginnings import Kind
from memmodel.frontends.c.alone.index import Headers


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kept, "FEWEST", 1)
    folder = tmp_path / "tree" / "include" / "linux"
    folder.mkdir(parents=True)
    (folder / "a.h").write_text("struct a { int x; };\n#define A_LOT 3\n")
    (folder / "b.h").write_text("static inline int b(void)\n{\n\treturn 1;\n}\n")
    return tmp_path / "tree"


def names(tree: Path) -> dict[str, list[str]]:
    headers = Headers(tree)
    return {name: [header.path.name for header in found] for name, found in headers.by_name.items()}


def test_the_second_time_no_header_is_searched(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = names(tree)
    assert first == {"struct a": ["a.h"], "A_LOT": ["a.h"], "b": ["b.h"]}
    monkeypatch.setattr(index, "starts", lambda text: pytest.fail("searched"))
    assert names(tree) == first
    headers = Headers(tree)
    (found,) = headers.by_name["struct a"]
    (definition,) = found.definitions("struct a", (Kind.TAG,))
    assert definition.text == "struct a { int x; };"


def test_a_header_that_has_changed_is(tree: Path) -> None:
    names(tree)
    (tree / "include/linux/a.h").write_text("struct other { int x; };\n")
    assert names(tree) == {"struct other": ["a.h"], "b": ["b.h"]}
    assert names(tree) == {"struct other": ["a.h"], "b": ["b.h"]}


def test_one_that_is_gone_is_forgotten(tree: Path) -> None:
    names(tree)
    (tree / "include/linux/b.h").unlink()
    assert names(tree) == {"struct a": ["a.h"], "A_LOT": ["a.h"]}


def test_what_cannot_be_read_again_is_searched(tree: Path, tmp_path: Path) -> None:
    first = names(tree)
    for file in (tmp_path / "cache").rglob("headers-*"):
        file.write_bytes(b"[1, 2")
    assert names(tree) == first
