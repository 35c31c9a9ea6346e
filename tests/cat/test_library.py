"""What the simpler models of the library say of the shapes that tell memory models apart.

The verdicts of sequential consistency follow from its definition. Those of x86 are in Owens, Sarkar, Sewell, "A Better
x86 Memory Model: x86-TSO" (the n examples) and in Sewell and others, "x86-TSO: a rigorous and usable programmer's
model for x86 multiprocessors", CACM 2010. Those with RCU follow from its law: no critical section contains a whole
grace period.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from memmodel.engines.run import EngineChoice, Options, Task, check_file
from memmodel.result import Observation

NEVER, SOMETIMES = Observation.NEVER, Observation.SOMETIMES


@dataclass(frozen=True)
class Shape:
    """Threads over x, y, z; the registers are r0, r1 … of each thread."""

    name: str
    threads: tuple[str, ...]
    condition: str
    sc: Observation
    tso: Observation


def shape(name: str, sc: Observation, tso: Observation, condition: str, *threads: str) -> Shape:
    return Shape(name, threads, condition, sc, tso)


W = "WRITE_ONCE(*{}, {});".format
R = "int {} = READ_ONCE(*{});".format

SHAPES = (
    shape("SB", NEVER, SOMETIMES, "0:r0=0 /\\ 1:r0=0", W("x", 1) + R("r0", "y"), W("y", 1) + R("r0", "x")),
    shape("MP", NEVER, NEVER, "1:r0=1 /\\ 1:r1=0", W("x", 1) + W("y", 1), R("r0", "y") + R("r1", "x")),
    shape("LB", NEVER, NEVER, "0:r0=1 /\\ 1:r0=1", R("r0", "x") + W("y", 1), R("r0", "y") + W("x", 1)),
    shape("S", NEVER, NEVER, "1:r0=1 /\\ x=2", W("x", 2) + W("y", 1), R("r0", "y") + W("x", 1)),
    shape("R", NEVER, SOMETIMES, "1:r0=0 /\\ y=2", W("x", 1) + W("y", 1), W("y", 2) + R("r0", "x")),
    shape("2+2W", NEVER, NEVER, "x=1 /\\ y=1", W("x", 1) + W("y", 2), W("y", 1) + W("x", 2)),
    shape("CoRR", NEVER, NEVER, "1:r0=1 /\\ 1:r1=0", W("x", 1), R("r0", "x") + R("r1", "x")),
    shape(
        "IRIW",
        NEVER,
        NEVER,
        "2:r0=1 /\\ 2:r1=0 /\\ 3:r0=1 /\\ 3:r1=0",
        W("x", 1),
        W("y", 1),
        R("r0", "x") + R("r1", "y"),
        R("r0", "y") + R("r1", "x"),
    ),
    # n6: a thread sees its own write before others do.
    shape(
        "n6",
        NEVER,
        SOMETIMES,
        "0:r0=1 /\\ 0:r1=0 /\\ x=1",
        W("x", 1) + R("r0", "x") + R("r1", "y"),
        W("y", 2) + W("x", 2),
    ),
    # n5: two threads do not each see the other's write as the later one.
    shape("n5", NEVER, NEVER, "0:r0=2 /\\ 1:r0=1", W("x", 1) + R("r0", "x"), W("x", 2) + R("r0", "x")),
    # n4b: no thread reads a write that comes after its own.
    shape("n4b", NEVER, NEVER, "0:r0=2 /\\ 1:r0=1", R("r0", "x") + W("x", 1), R("r0", "x") + W("x", 2)),
    shape(
        "iwp2.4",
        NEVER,
        SOMETIMES,
        "0:r0=1 /\\ 0:r1=0 /\\ 1:r0=1 /\\ 1:r1=0",
        W("x", 1) + R("r0", "x") + R("r1", "y"),
        W("y", 1) + R("r0", "y") + R("r1", "x"),
    ),
    # Only what drains the store buffer forbids SB.
    *(
        shape(
            f"SB+{name}s",
            NEVER,
            tso,
            "0:r0=0 /\\ 1:r0=0",
            W("x", 1) + between + R("r0", "y"),
            W("y", 1) + between + R("r0", "x"),
        )
        for name, between, tso in (
            ("mb", "smp_mb();", NEVER),
            ("synchronize_rcu", "synchronize_rcu();", NEVER),
            ("atomic_inc", "atomic_inc(z);", NEVER),
            ("xchg_relaxed", "int r9 = xchg_relaxed(z, 1);", NEVER),
            ("cmpxchg-failing", "int r9 = cmpxchg(z, 7, 8);", SOMETIMES),
            ("wmb", "smp_wmb();", SOMETIMES),
            ("rmb", "smp_rmb();", SOMETIMES),
            ("after_atomic", "smp_mb__after_atomic();", SOMETIMES),
            ("atomic_set", "atomic_set(z, 1);", SOMETIMES),
        )
    ),
    shape(
        "SB+locks",
        NEVER,
        NEVER,
        "0:r0=0 /\\ 1:r0=0",
        W("x", 1) + "spin_lock(l); spin_unlock(l);" + R("r0", "y"),
        W("y", 1) + "spin_lock(l); spin_unlock(l);" + R("r0", "x"),
    ),
    # A release store and an acquire load are plain moves: the load may overtake the store.
    shape(
        "SB+release-acquires",
        NEVER,
        SOMETIMES,
        "0:r0=0 /\\ 1:r0=0",
        "smp_store_release(x, 1); int r0 = smp_load_acquire(y);",
        "smp_store_release(y, 1); int r0 = smp_load_acquire(x);",
    ),
    # Two increments of one another's value.
    shape("inc+inc", NEVER, NEVER, "z=1", "atomic_inc(z);", "atomic_inc(z);"),
    # No critical section sees the location from before a grace period and the one from after it, in either order.
    shape(
        "MP+rcu",
        NEVER,
        NEVER,
        "1:r0=1 /\\ 1:r1=0",
        W("x", 1) + "synchronize_rcu();" + W("y", 1),
        "rcu_read_lock();" + R("r0", "y") + R("r1", "x") + "rcu_read_unlock();",
    ),
    shape(
        "MP+rcu-reversed",
        NEVER,
        NEVER,
        "1:r0=0 /\\ 1:r1=1",
        W("x", 1) + "synchronize_rcu();" + W("y", 1),
        "rcu_read_lock();" + R("r0", "x") + R("r1", "y") + "rcu_read_unlock();",
    ),
    # It may overlap with one.
    shape(
        "rcu-overlap",
        SOMETIMES,
        SOMETIMES,
        "1:r0=0 /\\ 1:r1=1",
        W("x", 1) + "synchronize_rcu();" + W("y", 1),
        "rcu_read_lock();" + R("r0", "x") + R("r1", "x") + "rcu_read_unlock();",
    ),
    # What a store buffer would allow, a grace period and critical section still forbid.
    shape(
        "SB+rcu",
        NEVER,
        NEVER,
        "0:r0=0 /\\ 1:r0=0",
        W("x", 1) + "synchronize_rcu();" + R("r0", "y"),
        "rcu_read_lock();" + W("y", 1) + R("r0", "x") + "rcu_read_unlock();",
    ),
    shape(
        "SB+rcu-without-grace",
        NEVER,
        SOMETIMES,
        "0:r0=0 /\\ 1:r0=0",
        W("x", 1) + "rcu_read_lock(); rcu_read_unlock();" + R("r0", "y"),
        "rcu_read_lock();" + W("y", 1) + R("r0", "x") + "rcu_read_unlock();",
    ),
)


def litmus(item: Shape) -> bytes:
    parameters = "int *x, int *y, atomic_t *z, spinlock_t *l"
    threads = "\n".join(f"P{i}({parameters})\n{{\n{code}\n}}" for i, code in enumerate(item.threads))
    return f"C {item.name}\n{{}}\n{threads}\nexists ({item.condition})\n".encode()


@pytest.mark.parametrize("model", ["sc", "tso"])
@pytest.mark.parametrize("item", SHAPES, ids=lambda item: item.name)
def test_verdict(item: Shape, model: str) -> None:
    report = check_file(Task("-", Options(model, EngineChoice.BOTH), litmus(item)), lambda known: None)
    assert report.observation is (item.sc if model == "sc" else item.tso), report.reason
