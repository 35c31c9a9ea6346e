"""Tables of a TOML file, and where in the text their keys stand, whichever way they are written."""

from __future__ import annotations

import pytest

from memmodel.errors import SyntaxError
from memmodel.frontends.toml import Table, read
from memmodel.source import SourceFile

TEXT = """\
top = 1

[tool.ours]
# size = 3 is too small
size = 4
list = [{ a = 1 }, { a = 2 }]

[[tool.ours.item]]
a = 10

[[tool.ours.item]]
a = 20

[tool.theirs]
size = 5
"""


def table(text: str) -> Table:
    return read(SourceFile("x.toml", text))


def ours(text: str = TEXT) -> Table:
    found = table(text).inner("tool", "ours")
    assert found is not None
    return found


def line(found: Table, key: str) -> int:
    return found.place(key).line


def test_an_inner_table_knows_its_keys_and_their_places() -> None:
    assert ours().integer("size") == 4
    assert line(ours(), "size") == 5
    assert ours().place("size").text == "4"
    assert "size" in ours() and "top" not in ours()


def test_tables_below_it_are_found_with_their_places() -> None:
    assert [(item.integer("a"), line(item, "a")) for item in ours().tables("item")] == [(10, 9), (20, 12)]
    assert [(item.integer("a"), item.place("a").text) for item in ours().tables("list")] == [(1, "1"), (2, "2")]


@pytest.mark.parametrize("header", ["[ tool . ours ]", '["tool".ours]', "[tool.'ours']", "  [tool.ours]"])
def test_a_header_may_be_written_in_several_ways(header: str) -> None:
    assert line(ours(f"a = 1\n{header}\nsize = 4\n"), "size") == 3


@pytest.mark.parametrize("text", ["tool = { ours = { size = 4 } }\n", "tool.ours.size = 4\n"])
def test_one_without_a_header_is_read_all_the_same(text: str) -> None:
    assert ours(text).integer("size") == 4
    assert ours(text).place("size").line == 1


@pytest.mark.parametrize("text", ["", "[tool]\n", "tool = 3\n", "[[tool]]\n"])
def test_a_table_that_is_not_there_is_none(text: str) -> None:
    assert table(text).inner("tool", "ours") is None


def test_something_else_in_its_place_is_an_error() -> None:
    with pytest.raises(SyntaxError, match=r"'tool\.ours' is of the wrong kind"):
        table("[tool]\nours = 3\n").inner("tool", "ours")


@pytest.mark.parametrize("value", ["'4'", "true", "4.0", "[4]", str(1 << 63)])
def test_no_whole_number(value: str) -> None:
    with pytest.raises(SyntaxError, match=r"^x\.toml:1:8: 'size' is"):
        table(f"size = {value}").integer("size")


@pytest.mark.parametrize("value", ["'4'", "false", "1979-05-27", "{}"])
def test_no_number(value: str) -> None:
    with pytest.raises(SyntaxError, match=r"^x\.toml:1:8: 'size' is"):
        table(f"size = {value}").number("size")
