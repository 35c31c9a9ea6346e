"""What the tables of all architectures share: the headers that are not an architecture's own, and what they leave to
the compiler everywhere."""

from __future__ import annotations

from memmodel.machines.machine import Row, Use

ONCE = "include/asm-generic/rwonce.h"
GENERIC = "include/asm-generic/barrier.h"
LOCAL = "include/asm-generic/local.h"
FALLBACK = "include/linux/atomic/atomic-arch-fallback.h"
RCU = "include/linux/rcupdate.h"
SRCU = "kernel/rcu/srcutree.c"
GRACE_PERIOD = "kernel/rcu/tree.c"
COMPILER = "the compiler"
"""Of what C11 asks for and no header of the kernel does."""
PLAIN = "the compiler, which may do otherwise"

BARRIER = Row(Use.BARRIER, "", "include/linux/compiler.h")
AFTER_SRCU = Row(Use.AFTER_SRCU, "", "include/linux/srcu.h")
READER = Row(Use.READER, "", RCU)
