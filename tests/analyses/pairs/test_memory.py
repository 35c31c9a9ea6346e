"""Memory may hold at first what a function asks for: numbers, also in cells that nobody reads, and empty slots."""

from __future__ import annotations

from memmodel.analyses.pairs.row import Row, Standing
from tests.analyses.pairs.asking import rows

SLOTS = """
struct object { int tag; };
struct slots { struct object *slot; int unread; };

int put(struct slots *slots, struct object *object)
{
	if (READ_ONCE(slots->slot))
		return -1;
	WRITE_ONCE(object->tag, 1);
	BARRIER
	WRITE_ONCE(slots->slot, object);
	return 0;
}

int look(struct slots *slots)
{
	struct object *object = READ_ONCE(slots->slot);

	return object ? READ_ONCE(object->tag) : 0;
}
"""


def published(row: Row) -> bool:
    return row.first.field.endswith("tag") and row.first.does == "writes"


def test_without_a_barrier_who_finds_an_object_in_the_slot_may_find_it_empty() -> None:
    (row,) = filter(published, rows(SLOTS.replace("BARRIER", ""), "put", "look"))
    assert row.standing is Standing.REORDERED
    assert row.witness


def test_with_one_it_is_filled() -> None:
    (row,) = filter(published, rows(SLOTS.replace("BARRIER", "smp_wmb();"), "put", "look"))
    assert row.standing is Standing.ORDERED
