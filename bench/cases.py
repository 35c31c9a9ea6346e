"""What is measured: programs of growing size with the verdict they must get, and the time they may take."""

from __future__ import annotations

from dataclasses import dataclass

from bench.c_rings import Guard, Patience, ring
from bench.rings import Barrier, Payload, mpsc, rcu, rcu_alternating, spsc


@dataclass(frozen=True)
class Case:
    """`series` groups the sizes of one program; `limit` is the time in seconds that it should not exceed, and `most_mb`
    the memory. What is measured is `text`, in the language of the suffix, or else a variant in scenarios/."""

    series: str
    size: int
    text: str
    verdict: str
    race: bool = False
    limit: float | None = None
    most_mb: float | None = None
    suffix: str = ".litmus"
    scenario: str = ""

    @property
    def name(self) -> str:
        return f"{self.series} {self.size}"


RING_LIMITS = {4: 0.4, 8: 1.5, 16: 12.0}
RING_SIZES = (2, 4, 8, 16)
SLOTS = 2


def cases() -> list[Case]:
    """All generated programs, each series from small to large."""
    found = [Case("spsc-2 correct", n, spsc(SLOTS, n), "Never", limit=RING_LIMITS.get(n)) for n in RING_SIZES]
    for barrier in Barrier:
        found += [_weakened(barrier, n) for n in RING_SIZES[1:]]
    found += [
        Case("spsc-2 plain", n, spsc(SLOTS, n, payload=Payload.PLAIN), "Never", limit=RING_LIMITS.get(n))
        for n in RING_SIZES[1:]
    ]
    acquire = Barrier.PRODUCER_ACQUIRE
    found += [
        Case(f"spsc-2 plain {acquire.value}", n, spsc(SLOTS, n, acquire, Payload.PLAIN), "Sometimes", race=True)
        for n in RING_SIZES[1:3]
    ]
    found += [Case("rcu even", 2 * n, rcu(n, n), "Never") for n in (4, 5, 6, 7)]
    found += [Case("rcu alternating", 2 * n, rcu_alternating(n), "Never") for n in (4, 5, 6, 7)]
    found += [Case("rcu one short", 2 * n, rcu(n + 1, n - 1), "Sometimes") for n in (4, 5, 6, 7)]
    found += [Case("mpsc-2 correct", n, mpsc(2, n), "Never") for n in (1, 2, 3)]
    for barrier in (Barrier.PRODUCER_RELEASE, Barrier.CONSUMER_ACQUIRE):
        found += [Case(f"mpsc-2 {barrier.value}", n, mpsc(2, n, barrier), "Sometimes") for n in (1, 2, 3)]
    return found + c_cases()


C_TIME, C_MEMORY = 20.0, 500.0
FOUNDING_TIME = 5.0


def c_cases() -> list[Case]:
    """The founding case as C, and rings in C by items, slots, producers and consumers."""
    found = [
        Case("C founding", 2, "", "Never", False, FOUNDING_TIME, C_MEMORY, scenario="bpf-user-ringbuf:fixed"),
        Case(
            "C founding, as merged",
            2,
            "",
            "Sometimes",
            True,
            FOUNDING_TIME,
            C_MEMORY,
            scenario="bpf-user-ringbuf:as-merged",
        ),
    ]
    for patience in Patience:
        for slots in (2, 4):
            # Two slots and eight items, where any attempt may be about any place, take minutes.
            sizes = (2, 4, 8) if slots == 4 or patience is not Patience.TRY else (2, 4)
            found += [_c(f"C spsc-{slots} {patience.value}", n, ring(slots, n, patience=patience)) for n in sizes]
    for barrier in Barrier:
        found += [_c(f"C spsc-2 {barrier.value}", n, ring(2, n, weaken=barrier), goes_wrong=True) for n in (4, 8)]
    for guard in Guard:
        name = f"C {guard.value}"
        found += [_c(f"{name}, producers", n, ring(2, 1, n, guard=guard)) for n in (1, 2, 3)]
        found += [_c(f"{name}, two producers, items", n, ring(2, n, 2, guard=guard)) for n in (1, 2)]
        found += [_c(f"{name}, two items, consumers", n, ring(2, 2, 1, n, guard=guard)) for n in (1, 2)]
        found += [_c(f"{name}, two producers, consumers", n, ring(2, 2, 2, n, guard=guard)) for n in (1, 2)]
    return found


def _c(series: str, size: int, text: str, goes_wrong: bool = False) -> Case:
    verdict = "Sometimes" if goes_wrong else "Never"
    return Case(series, size, text, verdict, goes_wrong, C_TIME, C_MEMORY, ".c")


def _weakened(barrier: Barrier, items: int) -> Case:
    """A marked store that depends on the load by control needs no acquire: that case stays Never."""
    verdict = "Never" if barrier is Barrier.PRODUCER_ACQUIRE else "Sometimes"
    text = spsc(SLOTS, items, barrier)
    return Case(f"spsc-2 {barrier.value}", items, text, verdict, limit=RING_LIMITS.get(items))
