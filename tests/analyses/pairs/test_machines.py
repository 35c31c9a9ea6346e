"""An order that is missing is asked of machines: as functions of C, from any memory."""

from __future__ import annotations

import time

import pytest

from memmodel.analyses.observable import NOT_ASKED
from memmodel.analyses.pairs.row import Row, Standing
from memmodel.analyses.pairs.table import Paired
from memmodel.machines.names import ARCHITECTURES
from memmodel.result import MachineVerdict
from tests.analyses.pairs.asking import fields, table

BOX = """\
struct box {{
	int letter;
	int flag;
}};

static void f(struct box *b, int letter)
{{
	WRITE_ONCE(b->letter, letter);
	{write}
}}

static int g(struct box *b)
{{
	if (!{look})
		return 0;
	{read}
	return READ_ONCE(b->letter);
}}
"""
WEAK = ("arm64", "riscv", "power")


def missing(write: str, look: str = "READ_ONCE(b->flag)", read: str = "") -> tuple[Paired, Row]:
    """The row of the box, for which an execution shows that the letter may be missed."""
    found = table(BOX.format(write=write, look=look, read=read)).paired("f", "g", everything=True)
    shown = [found.look(row) for row in found.rows if not row.first.caller]
    (row,) = (row for row in shown if fields(row) == "letter flag flag letter" and row.standing is Standing.REORDERED)
    return found, row


def observed(found: Paired, row: Row, seconds: float = 30.0) -> tuple[MachineVerdict, ...]:
    assert found.pairing is not None
    return found.pairing.observed(row, ARCHITECTURES, time.monotonic() + seconds)


@pytest.mark.parametrize(
    ("write", "look", "read", "shows"),
    [
        ("WRITE_ONCE(b->flag, 1);", "READ_ONCE(b->flag)", "smp_rmb();", WEAK),
        ("smp_wmb(); WRITE_ONCE(b->flag, 1);", "READ_ONCE(b->flag)", "", WEAK),
        ("smp_store_release(&b->flag, 1);", "READ_ONCE(b->flag)", "", WEAK),
        ("WRITE_ONCE(b->flag, 1);", "smp_load_acquire(&b->flag)", "", WEAK),
        ("smp_mb__before_atomic(); WRITE_ONCE(b->flag, 1);", "READ_ONCE(b->flag)", "smp_rmb();", ()),
    ],
)
def test_message_passing_is_seen_out_of_order_where_the_literature_has_it(
    write: str, look: str, read: str, shows: tuple[str, ...]
) -> None:
    """x86 keeps stores in order, and loads; the others do neither. A barrier that promises nothing here is a full one
    in each header."""
    verdicts = observed(*missing(write, look, read))
    assert [item.architecture for item in verdicts] == list(ARCHITECTURES)
    assert {item.architecture: item.reachable for item in verdicts} == {name: name in shows for name in ARCHITECTURES}


def test_of_several_ways_to_compile_those_that_show_it_are_told() -> None:
    """With link-time optimisation READ_ONCE() is an ldapr, behind which nothing goes ahead."""
    arm64 = observed(*missing("smp_wmb(); WRITE_ONCE(b->flag, 1);"))[1]
    assert arm64.variants == ("lse", "llsc")


def test_without_time_nobody_is_asked() -> None:
    verdicts = observed(*missing("WRITE_ONCE(b->flag, 1);"), seconds=-1.0)
    assert {(item.reachable, item.reason) for item in verdicts} == {(None, NOT_ASKED)}
