"""What is measured: programs of growing size with the verdict they must get, and the time they may take."""

from __future__ import annotations

from dataclasses import dataclass

from bench.rings import Barrier, Payload, mpsc, rcu, rcu_alternating, spsc


@dataclass(frozen=True)
class Case:
    """`series` groups the sizes of one program; `limit` is the time in seconds that it should not exceed."""

    series: str
    size: int
    text: str
    verdict: str
    race: bool = False
    limit: float | None = None

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
    return found


def _weakened(barrier: Barrier, items: int) -> Case:
    """A marked store that depends on the load by control needs no acquire: that case stays Never."""
    verdict = "Never" if barrier is Barrier.PRODUCER_ACQUIRE else "Sometimes"
    text = spsc(SLOTS, items, barrier)
    return Case(f"spsc-2 {barrier.value}", items, text, verdict, limit=RING_LIMITS.get(items))
