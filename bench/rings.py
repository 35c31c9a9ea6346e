"""Sizes in, litmus texts out: rings of slots, chains of RCU readers and grace periods, and a shared producer lock.

All are in the dialect that herd7 reads, so that its answers can be compared on the small ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from bench.litmus_text import ThreadText, litmus, when


class Barrier(Enum):
    """The four orderings that a single-producer single-consumer ring rests on."""

    PRODUCER_RELEASE = "producer-release"
    PRODUCER_ACQUIRE = "producer-acquire"
    CONSUMER_RELEASE = "consumer-release"
    CONSUMER_ACQUIRE = "consumer-acquire"


class Payload(Enum):
    """How items are written to their slots and read back."""

    ONCE = "once"
    PLAIN = "plain"


def _load(position: str, ordered: bool) -> str:
    return f"smp_load_acquire({position})" if ordered else f"READ_ONCE(*{position})"


def _store(position: str, value: str, ordered: bool) -> str:
    return f"smp_store_release({position}, {value});" if ordered else f"WRITE_ONCE(*{position}, {value});"


def _put(slot: str, value: int, payload: Payload) -> str:
    return f"WRITE_ONCE(*{slot}, {value});" if payload is Payload.ONCE else f"*{slot} = {value};"


def _get(register: str, slot: str, payload: Payload) -> str:
    return f"{register} = READ_ONCE(*{slot});" if payload is Payload.ONCE else f"{register} = *{slot};"


def spsc(slots: int, items: int, weaken: Barrier | None = None, payload: Payload = Payload.ONCE) -> str:
    """A ring of `slots` slots through which one producer passes the items 1 … `items` to one consumer.

    Each side tries each item once: the producer looks at `cons` and stops where there is no room, the consumer at
    `prod` and stops where nothing has come. `bad` counts the items that the consumer read wrongly, and the
    condition asks for one. Without `weaken` the verdict is Never and there is no race. With it one ordering
    becomes READ_ONCE or WRITE_ONCE: Sometimes, but for two cases. PRODUCER_ACQUIRE with ONCE payload stays
    Never, since a control dependency orders the marked stores; and with no more items than slots nothing is ever
    overwritten, so that what the consumer gives back does not matter.
    """
    producer: list[str] = []
    for item in reversed(range(items)):
        publish = [
            _put(f"slot{item % slots}", item + 1, payload),
            _store("prod", str(item + 1), weaken is not Barrier.PRODUCER_RELEASE),
            *producer,
        ]
        # The first `slots` items find room whatever `cons` says; looking all the same is what real code does.
        look = f"r{item} = {_load('cons', weaken is not Barrier.PRODUCER_ACQUIRE)};"
        producer = [look, *when(f"{item} - r{item} < {slots}", publish)]
    consumer: list[str] = []
    for item in reversed(range(items)):
        take = [
            _get(f"v{item}", f"slot{item % slots}", payload),
            *when(f"v{item} != {item + 1}", ["bad = 1;"]),
            _store("cons", str(item + 1), weaken is not Barrier.CONSUMER_RELEASE),
            *consumer,
        ]
        look = f"r{item} = {_load('prod', weaken is not Barrier.CONSUMER_ACQUIRE)};"
        consumer = [look, *when(f"r{item} > {item}", take)]
    shared = [f"int *slot{n}" for n in range(min(slots, items))] + ["int *prod", "int *cons"]
    registers = [f"int r{n};" for n in range(items)]
    values = [f"int v{n};" for n in range(items)]
    name = f"spsc-{slots}-{items}" + (f"-{weaken.value}" if weaken else "") + f"-{payload.value}"
    threads = [
        ThreadText(shared, [*registers, *producer]),
        ThreadText(shared, [*registers, *values, "int bad = 0;", *consumer]),
    ]
    return litmus(name, "", threads, "exists (1:bad=1)")


def rcu(readers: int, grace_periods: int) -> str:
    """A ring of threads, each of which reads one variable and writes the next: `grace_periods` of them with
    synchronize_rcu() in between, then `readers` of them inside a read-side critical section.

    Never if there are at least as many grace periods as readers, and one at least; else Sometimes.
    """
    if readers + grace_periods < 2:
        raise ValueError("a ring needs two threads at least")
    return _rcu_ring([False] * grace_periods + [True] * readers)


def rcu_alternating(pairs: int) -> str:
    """The ring of `rcu` with grace periods and readers in turn, `pairs` of each: Never."""
    return _rcu_ring([False, True] * pairs)


def _rcu_ring(reads: Sequence[bool]) -> str:
    count = len(reads)
    threads: list[ThreadText] = []
    for number, reader in enumerate(reads):
        here, following = f"x{number}", f"x{(number + 1) % count}"
        read, write = f"r0 = READ_ONCE(*{here});", f"WRITE_ONCE(*{following}, 1);"
        if reader:
            body = ["rcu_read_lock();", read, write, "rcu_read_unlock();"]
        else:
            body = [read, "synchronize_rcu();", write]
        threads.append(ThreadText([f"int *{here}", f"int *{following}"], ["int r0;", *body]))
    seen = " /\\ ".join(f"{number}:r0=1" for number in range(count))
    pattern = "".join("r" if reader else "g" for reader in reads)
    return litmus(f"rcu-{pattern}", "", threads, f"exists ({seen})")


def mpsc(producers: int, items: int, weaken: Barrier | None = None) -> str:
    """`producers` threads that each add `items` items under one spinlock, and a consumer without it.

    A producer reads `prod` inside the lock, fills the slot of that number and publishes the next. There is room
    for all. The consumer takes what has come, up to producers * items, and must never find a slot empty: Never,
    and Sometimes with PRODUCER_RELEASE or CONSUMER_ACQUIRE weakened; the other two play no part here.
    """
    total = producers * items
    slots = [f"int *slot{n}" for n in range(total)]
    release = weaken is not Barrier.PRODUCER_RELEASE
    add: list[str] = []
    for item in range(items):
        add += ["spin_lock(lck);", f"r{item} = READ_ONCE(*prod);"]
        for position in range(total):
            fill = [f"WRITE_ONCE(*slot{position}, 1);", _store("prod", str(position + 1), release)]
            add += when(f"r{item} == {position}", fill)
        add += ["spin_unlock(lck);"]
    take: list[str] = []
    for item in reversed(range(total)):
        got = [f"v{item} = READ_ONCE(*slot{item});", *when(f"v{item} == 0", ["bad = 1;"]), *take]
        look = f"r{item} = {_load('prod', weaken is not Barrier.CONSUMER_ACQUIRE)};"
        take = [look, *when(f"r{item} > {item}", got)]
    producer = ThreadText([*slots, "int *prod", "spinlock_t *lck"], [*(f"int r{n};" for n in range(items)), *add])
    declared = [f"int {kind}{n};" for n in range(total) for kind in "rv"]
    consumer = ThreadText([*slots, "int *prod"], [*declared, "int bad = 0;", *take])
    name = f"mpsc-{producers}-{items}" + (f"-{weaken.value}" if weaken else "")
    return litmus(name, "", [producer] * producers + [consumer], f"exists ({producers}:bad=1)")
