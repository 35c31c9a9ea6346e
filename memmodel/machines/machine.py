"""What a table of an architecture consists of: for each use of memory that the kernel has a primitive for, the machine
events that the primitive's instructions make."""

from __future__ import annotations

from enum import Enum

from memmodel.records import dataclass

Tags = frozenset[str]

NONE: Tags = frozenset()


class Use(Enum):
    """What the kernel asks for. The value: the primitives that ask for it."""

    LOAD = "READ_ONCE() atomic_read() rcu_dereference()"
    LOAD_ACQUIRE = "smp_load_acquire() atomic_read_acquire()"
    STORE = "WRITE_ONCE() atomic_set()"
    STORE_RELEASE = "smp_store_release() atomic_set_release() rcu_assign_pointer()"
    STORE_MB = "smp_store_mb()"
    MODIFY_NORETURN = "atomic_add() atomic_inc() atomic_or() …"
    MODIFY_RELAXED = "xchg_relaxed() atomic_add_return_relaxed() atomic_fetch_add_relaxed() …"
    MODIFY_ACQUIRE = "xchg_acquire() atomic_add_return_acquire() atomic_fetch_add_acquire() …"
    MODIFY_RELEASE = "xchg_release() atomic_add_return_release() atomic_fetch_add_release() …"
    MODIFY_FULL = "xchg() atomic_add_return() atomic_fetch_add() atomic_dec_and_test() …"
    COMPARE_RELAXED = "cmpxchg_relaxed() atomic_try_cmpxchg_relaxed() …"
    COMPARE_ACQUIRE = "cmpxchg_acquire() atomic_try_cmpxchg_acquire() …"
    COMPARE_RELEASE = "cmpxchg_release() atomic_try_cmpxchg_release() …"
    MODIFY_BOTH = "atomic_fetch_add_explicit(memory_order_acq_rel) …"
    COMPARE_FULL = "cmpxchg() atomic_cmpxchg() atomic_try_cmpxchg() …"
    COMPARE_BOTH = "atomic_compare_exchange_strong_explicit(memory_order_acq_rel) …"
    UNLESS = "atomic_add_unless() atomic_inc_not_zero() atomic_dec_if_positive() …"
    UNLESS_SIGN = "atomic_inc_unless_negative() atomic_dec_unless_positive()"
    BIT = "test_and_set_bit() test_and_clear_bit()"
    BIT_LOCK = "test_and_set_bit_lock()"
    LOCAL_NORETURN = "local_add() local_inc() …"
    LOCAL_MODIFY = "local_add_return() local_xchg() …"
    LOCAL_COMPARE = "local_cmpxchg() local_add_unless() …"
    CPU_COMPARE = "cmpxchg_local() try_cmpxchg_local() …"
    LOCK = "spin_lock()"
    TRYLOCK = "spin_trylock()"
    UNLOCK = "spin_unlock()"
    MB = "smp_mb() virt_mb()"
    RMB = "smp_rmb() virt_rmb()"
    WMB = "smp_wmb() virt_wmb()"
    DMA_MB = "dma_mb()"
    DMA_RMB = "dma_rmb()"
    DMA_WMB = "dma_wmb()"
    DEVICE_MB = "mb()"
    DEVICE_RMB = "rmb()"
    DEVICE_WMB = "wmb()"
    BARRIER = "barrier()"
    BEFORE_ATOMIC = "smp_mb__before_atomic()"
    AFTER_ATOMIC = "smp_mb__after_atomic()"
    AFTER_SPINLOCK = "smp_mb__after_spinlock()"
    AFTER_UNLOCK_LOCK = "smp_mb__after_unlock_lock()"
    AFTER_SRCU = "smp_mb__after_srcu_read_unlock()"
    PLAIN_LOAD = "a plain read"
    PLAIN_STORE = "a plain write"
    READER = "rcu_read_lock() rcu_read_unlock()"
    GRACE_PERIOD = "synchronize_rcu() synchronize_srcu()"
    SRCU_LOCK = "srcu_read_lock()"
    SRCU_UNLOCK = "srcu_read_unlock()"

    @property
    def primitives(self) -> tuple[str, ...]:
        return tuple(self.value.split())


@dataclass(frozen=True)
class Row:
    """How one use is compiled. `text`: the instructions, as an assembler has them, with `;` between. The events: fences
    before the access, the tags of its read and its write, fences after it; of an operation that may fail, fences that
    are only there when it did not (`succeeded` after it, `around` on both sides), and the tags of its read when it did
    (None: as otherwise). A barrier is all `before`; nothing there: it is nothing but a word to the compiler."""

    use: Use
    text: str
    source: str
    """The file of the kernel that says so."""
    before: tuple[str, ...] = ()
    read: Tags = NONE
    write: Tags = NONE
    after: tuple[str, ...] = ()
    succeeded: tuple[str, ...] = ()
    failed: Tags | None = None
    around: tuple[str, ...] = ()
    always: bool = False
    """It writes also where that changes nothing, which the kernel's model takes for a failure."""
    exchange: str = ""
    """The instructions where the value stored does not rest on the one found; '': the same."""


@dataclass(frozen=True)
class Machine:
    """An architecture as the kernel uses it. `name`: also that of its model; `variant`: which of several ways, where
    the header has them, '' for the usual one."""

    name: str
    title: str
    rows: tuple[Row, ...]
    variant: str = ""
    variant_title: str = ""
    within: str = ""
    """The variant that shows all that this one does."""

    def row(self, use: Use) -> Row:
        return next(row for row in self.rows if row.use is use)
