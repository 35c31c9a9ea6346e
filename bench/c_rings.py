"""Sizes in, C harnesses out: a ring of slots as kernel code has it, between any number of producers and consumers."""

from __future__ import annotations

from enum import Enum

from bench.rings import Barrier


class Patience(Enum):
    """What a side does that finds no room, or no item."""

    WAIT = "waits"
    """Looks until there is one. Only the last look is kept: those before it read an index, and nothing else."""
    STOP = "stops"
    TRY = "tries"
    """Goes on to its next attempt, so that any attempt may be about any place."""


_PUT = {
    Patience.WAIT: "assume({done});",
    Patience.STOP: "if (!{done})\n\t\t\treturn;",
    Patience.TRY: "{done};",
}
_TAKE = {
    Patience.WAIT: "assume({done});\n\t\t{note};",
    Patience.STOP: "if (!{done})\n\t\t\treturn;\n\t\t{note};",
    Patience.TRY: "if ({done})\n\t\t\t{note};",
}


class Guard(Enum):
    """How producers, or consumers, keep out of each other's way where there are several."""

    LOCK = "spinlock"
    CLAIM = "cmpxchg"


_FIELD = {Guard.LOCK: "spinlock_t {side}_lock;\n\t", Guard.CLAIM: "atomic_t {side}_busy;\n\t"}
_ENTER = {
    Guard.LOCK: "spin_lock(&ring->{side}_lock);\n\t",
    Guard.CLAIM: "if (!claim(&ring->{side}_busy))\n\t\treturn false;\n\t",
}
_LEAVE = {
    Guard.LOCK: "spin_unlock(&ring->{side}_lock);\n\t",
    Guard.CLAIM: "atomic_set_release(&ring->{side}_busy, 0);\n\t",
}

_RING = """\
struct ring {{
	{locks}u32 head; /* where the next item goes */
	u32 tail; /* where the oldest is */
	u32 slots[SLOTS];
}};

static inline bool claim(atomic_t *busy)
{{
	int nobody = 0;

	return atomic_try_cmpxchg(busy, &nobody, 1);
}}

/* Whether there was room. */
static bool put(struct ring *ring, u32 item)
{{
	{enter_put}u32 head = ring->head;
	u32 tail = {look_at_tail};
	bool room = head - tail < SLOTS;

	if (room) {{
		ring->slots[head & (SLOTS - 1)] = item;
		{publish};
	}}
	{leave_put}return room;
}}

/* Whether there was an item. */
static bool take(struct ring *ring, u32 *item)
{{
	{enter_take}u32 tail = ring->tail;
	u32 head = {look_at_head};
	bool any = head != tail;

	if (any) {{
		*item = ring->slots[tail & (SLOTS - 1)];
		{give_back};
	}}
	{leave_take}return any;
}}
"""

_HARNESS = """\
#include <memmodel/contracts.h>

#define SLOTS {slots}
#define ITEMS {items} /* by each producer */
#define TAKES {takes} /* by each consumer */

{ring}
struct ring ring;

FIFO(samples, {producers}, {consumers}, ITEMS)

static void produce(int producer)
{{
	for (int i = 0; i < ITEMS; i++) {{
		{put}
	}}
}}

static void consume(int consumer)
{{
	u32 item;

	for (int i = 0; i < TAKES; i++) {{
		{take}
	}}
}}

{threads}void final(void)
{{
	FIFO_FINAL(samples, ring.head - ring.tail);
}}
"""


def ring(
    slots: int,
    items: int,
    producers: int = 1,
    consumers: int = 1,
    patience: Patience = Patience.STOP,
    guard: Guard = Guard.LOCK,
    weaken: Barrier | None = None,
) -> str:
    """A harness in which each producer puts `items` items into the ring, and the consumers take as many, each as many
    as the others. None may be lost, torn, taken twice or out of order.

    Items are plain. Without `weaken` the verdict is Never and there is no race. With it one ordering becomes READ_ONCE
    or WRITE_ONCE: then one producer and one consumer race, and an assertion can fail, if the ordering is one that
    they need at this size: those of the item's way back to the producer matter from more items than slots on, and a
    plain item is not held by the branch that a marked one would wait for.
    """
    if slots & (slots - 1):
        raise ValueError("the number of slots is a power of two")
    kept = {barrier: barrier is not weaken for barrier in Barrier}
    shared = [side for side, threads in (("put", producers), ("take", consumers)) if threads > 1]
    code = _RING.format(
        look_at_tail=_look("tail", kept[Barrier.PRODUCER_ACQUIRE]),
        publish=_move("head", kept[Barrier.PRODUCER_RELEASE]),
        look_at_head=_look("head", kept[Barrier.CONSUMER_ACQUIRE]),
        give_back=_move("tail", kept[Barrier.CONSUMER_RELEASE]),
        locks="".join(_FIELD[guard].format(side=side) for side in shared),
        **{f"enter_{side}": _ENTER[guard].format(side=side) if side in shared else "" for side in ("put", "take")},
        **{f"leave_{side}": _LEAVE[guard].format(side=side) if side in shared else "" for side in ("put", "take")},
    )
    puts = "FIFO_PUT(samples, producer, i, put(&ring, FIFO_TAG(samples, producer, i)))"
    put = _PUT[patience].format(done=puts)
    take = _TAKE[patience].format(done="take(&ring, &item)", note="FIFO_TAKE(samples, consumer, item)")
    bodies = [f"produce({n})" for n in range(producers)] + [f"consume({n})" for n in range(consumers)]
    threads = "".join(f"void P{n}(void)\n{{\n\t{body};\n}}\n\n" for n, body in enumerate(bodies))
    return _HARNESS.format(
        slots=slots,
        items=items,
        takes=-(-producers * items // consumers),
        ring=code,
        producers=producers,
        consumers=consumers,
        put=put,
        take=take,
        threads=threads,
    )


def _look(index: str, ordered: bool) -> str:
    return f"smp_load_acquire(&ring->{index})" if ordered else f"READ_ONCE(ring->{index})"


def _move(index: str, ordered: bool) -> str:
    place = f"ring->{index}"
    return f"smp_store_release(&{place}, {index} + 1)" if ordered else f"WRITE_ONCE({place}, {index} + 1)"
