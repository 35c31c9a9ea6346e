"""A row of an architecture's table in, what its ordering costs out: in hundredths of a full barrier there.

The figures rank, they do not predict: roughly what an instruction costs on a machine with nobody else on the cache
line. An access costs nothing by itself, nor for being atomic: only what is ordered is paid for.
"""

from __future__ import annotations

from memmodel.machines.machine import Row

FULL = 100
"""A full barrier, on every architecture."""

PRICES = {
    "x86": {"mfence": FULL},
    "arm64": {"dmb-ish": FULL, "dmb-ishst": 50, "dmb-ishld": 60, "acquire": 20, "acquire-pc": 15, "release": 30},
    "riscv": {
        "fence-rw-rw": FULL,
        "fence-rw-w": 60,
        "fence-r-rw": 60,
        "fence-r-r": 50,
        "fence-w-w": 50,
        "aq": 30,
        "rl": 30,
    },
    "power": {"sync": FULL, "lwsync": 40, "isync": 35},
}
"""By architecture and machine event; what is not listed is free."""


def price(row: Row, architecture: str) -> int:
    """What the fences and annotations of a row cost together, where the operation succeeds."""
    prices = PRICES[architecture]
    names = [*row.before, *row.after, *row.succeeded, *row.around, *row.around, *(row.read | row.write)]
    return sum(prices.get(name, 0) for name in names)
