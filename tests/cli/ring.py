"""A small scenario: one item handed over in a slot, with and without the barriers that it takes."""

from __future__ import annotations

from pathlib import Path

RING = """\
struct ring {
	int head;
	int slot;
};

static void push(struct ring *ring, int item)
{
	WRITE_ONCE(ring->slot, item);
	smp_wmb();
	WRITE_ONCE(ring->head, 1);
}

static int pop(struct ring *ring)
{
	if (!READ_ONCE(ring->head))
		return -1;
#ifndef NO_RMB
	smp_rmb();
#endif
	return READ_ONCE(ring->slot);
}
"""

HARNESS = """\
#include "ring.h"

struct ring ring;

void P0(void)
{
	push(&ring, 7);
}

void P1(void)
{
	int item = pop(&ring);

	assert(item == -1 || item == 7);
}
"""

SCENARIO = """\
title = "One slot"
shows = "that each side needs its barrier"

[[variant]]
name = "good"
says = "smp_wmb() pairs with smp_rmb()"
verdict = "Never"

[[variant]]
name = "no-rmb"
says = "the reader looks at the slot too early"
define = { NO_RMB = 1 }
verdict = "Sometimes"

[[variant]]
name = "no-wmb"
says = "the head is set before the slot"
replace = [{ file = "ring.h", from = "\\tsmp_wmb();\\n", to = "" }]
verdict = "Sometimes"

[[variant]]
name = "plain"
says = "a plain store to the slot, and no barrier"
replace = [{ file = "ring.h", from = "WRITE_ONCE(ring->slot, item);\\n\\tsmp_wmb();", to = "ring->slot = item;" }]
verdict = "Sometimes"
race = true

[[variant]]
name = "null"
says = "the reader has no ring"
replace = [{ file = "harness.c", from = "pop(&ring)", to = "pop(NULL)" }]
verdict = "Never"
fault = "NULL"
"""


def write(folder: Path, scenario: str = SCENARIO, harness: str = HARNESS, ring: str = RING) -> Path:
    """The scenario in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scenario.toml").write_text(scenario)
    (folder / "harness.c").write_text(harness)
    (folder / "ring.h").write_text(ring)
    return folder
