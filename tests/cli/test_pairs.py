"""`memmodel pairs`: the pairing tables of a file by themselves."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from memmodel.cli.main import main
from memmodel.reports.review.printable import width

MAILBOX = """\
#include <linux/compiler.h>
#include <asm/barrier.h>

struct mailbox {{
	int letter;
	int stamp;
}};

void mailbox_send(struct mailbox *box, int letter)
{{
	WRITE_ONCE(box->letter, letter);
	smp_wmb();
	WRITE_ONCE(box->stamp, 1);
}}

int mailbox_look(struct mailbox *box, int *letter)
{{
	int stamp = READ_ONCE(box->stamp);

{between}
	*letter = READ_ONCE(box->letter);
	return stamp;
}}

int mailbox_count(int stamps)
{{
	return stamps + 1;
}}
"""
PAIRED = MAILBOX.format(between="\tsmp_rmb();")
HALF = MAILBOX.format(between="\tbarrier();")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "include").mkdir()
    (tmp_path / "lib" / "paired.c").write_text(PAIRED)
    (tmp_path / "lib" / "half.c").write_text(HALF)
    return tmp_path


def ran(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main(["pairs", *map(str, arguments)])
    said = capsys.readouterr()
    assert "internal error" not in said.err
    return status, said.out, said.err


def test_a_pair_that_is_in_order_is_told_with_its_barriers(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ran(capsys, "--tree", tree, "lib/paired.c", "--jobs", "1")
    assert status == 0
    line = PAIRED.splitlines().index("\tsmp_wmb();") + 1, PAIRED.splitlines().index("\tsmp_rmb();") + 1
    assert f"    ordered      letter before stamp: smp_wmb :{line[0]} <-> smp_rmb :{line[1]}\n" in out
    assert "mailbox_send() -> mailbox_look()" in out
    assert "nothing to remark" in out


def test_a_barrier_without_a_partner_is_a_remark_that_comes_first(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = ran(capsys, "--tree", tree, "lib/half.c")
    assert status == 1
    parts = [
        "lib/half.c\n",
        "[MM202]",
        "smp_rmb()",
        "Pairing table:",
        "    not ordered  letter before stamp: smp_wmb :",
    ]
    places = [out.index(part) for part in parts]
    assert places == sorted(places)
    assert [line for line in out.splitlines() if width(line) > 80] == []


def test_the_edit_of_a_remark_answers_it(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ran(capsys, "--tree", tree, "lib/half.c", "-f", "json")
    assert status == 1
    ((edit,),) = [remark["edits"] for remark in json.loads(out)["files"][0]["remarks"]]
    lines = HALF.splitlines()
    place = edit["place"]
    assert place["line"] == place["end_line"]
    row = lines[place["line"] - 1]
    lines[place["line"] - 1] = row[: place["column"] - 1] + edit["replacement"] + row[place["end_column"] - 1 :]
    (tree / "lib" / "half.c").write_text("\n".join(lines) + "\n")
    assert ran(capsys, "--tree", tree, "lib/half.c")[0] == 0


def test_as_many_processes_as_one_likes_say_the_same(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(jobs: str) -> str:
        _, out, _ = ran(capsys, "--tree", tree, "lib/half.c", "lib/paired.c", "-f", "json", "--jobs", jobs)
        return re.sub(r'"seconds": [\d.]+', "", out)

    assert told("1") == told("3")


def test_the_full_table_has_the_execution_and_the_lines(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, "--tree", tree, "lib/half.c", "--full")
    table = out[out.index("Pairing table:") :]
    assert "writes mailbox.letter: WRITE_ONCE(box->letter, letter)" in table
    assert "CPU 1: mailbox_look()" in table


def test_every_key_of_the_json_is_documented(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, "--tree", tree, "lib/half.c", "-f", "json")
    text = (Path(__file__).parents[2] / "docs" / "review-formats.md").read_text()
    assert keys(json.loads(out)) - set(re.findall(r"`(\w+)`", text)) == set()


def test_a_file_is_named_as_in_the_tree_or_from_here(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--tree", tree, "lib/half.c"], ["--tree", tree, tree / "lib" / "half.c"], [tree / "lib" / "half.c"]):
        status, out, _ = ran(capsys, *words, "--function", "mailbox_look")
        assert (status, out.splitlines()[0]) == (1, "lib/half.c")


def test_only_the_pairs_with_a_function(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, "--tree", tree, "lib/half.c", "-f", "json", "--function", "mailbox_look")
    pairs = [pair["functions"] for pair in json.loads(out)["files"][0]["pairs"]]
    assert pairs
    assert all("mailbox_look" in pair for pair in pairs)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["lib/none.c"], "lib/none.c: no file"),
        (["lib"], "not a C file"),
        (["/etc/passwd.c"], "is not in"),
        (["lib/half.c", "--function", "mailbox_lok"], "did you mean mailbox_look"),
    ],
)
def test_what_cannot_be_read_is_said(
    words: list[str], says: str, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = ran(capsys, "--tree", tree, *words)
    assert (status, out) == (2, "")
    assert says in err


def keys(value: object) -> set[str]:
    """All keys of the objects in a JSON value."""
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()
