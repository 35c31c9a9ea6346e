"""The lattice of strengths: which primitive can stand in for which, and what each of them gives.

One table, beside the primitives. A form is at least as strong as another of its family if it gives all that the
other gives. What the forms mean is the model's business: this table says only what may be tried. Source: the kernel's
memory-barriers.txt and atomic_t.txt.
"""

from __future__ import annotations

from enum import Enum

from memmodel.program.primitives import DEFAULT, PrimitiveTable
from memmodel.records import dataclass


class Power(Enum):
    """Something that a form gives and a weaker one does not."""

    MARKED = "the compiler leaves the access alone"
    ACQUIRE = "orders what follows"
    RELEASE = "orders what comes before"
    FULL = "full barriers on both sides"
    COMPILER = "orders the compiler"
    WRITES = "orders writes"
    READS = "orders reads"
    BEFORE_ATOMIC = "full barrier together with an atomic operation after it"
    AFTER_ATOMIC = "full barrier together with an atomic operation before it"
    AFTER_SPINLOCK = "full barrier together with a lock taken before it"
    AFTER_UNLOCK_LOCK = "full barrier together with a release and a taking of locks"
    AFTER_SRCU = "full barrier together with srcu_read_unlock before it"
    EVERYTHING = "full barrier"
    GRACE_PERIOD = "waits for readers"


class Kind(Enum):
    """What a family's forms do, whatever their strength."""

    LOAD = "load"
    STORE = "store"
    MODIFY = "read-modify-write"
    FENCE = "barrier"


@dataclass(frozen=True)
class Form:
    """One way to write an access or barrier. `name`: of the primitive; empty: a plain access, or no barrier."""

    name: str
    powers: frozenset[Power]

    def at_least(self, other: Form) -> bool:
        """Whether this gives all that `other`, of the same family, gives."""
        return other.powers <= self.powers


@dataclass(frozen=True)
class Family:
    """Forms that can replace each other without a change of values: the weakest first."""

    kind: Kind
    forms: tuple[Form, ...]

    def form(self, name: str) -> Form:
        """The member called `name`; KeyError if there is none."""
        found = next((form for form in self.forms if form.name == name), None)
        if found is None:
            raise KeyError(name)
        return found


MARKED = frozenset((Power.MARKED,))
"""What READ_ONCE and WRITE_ONCE give."""

_ACQUIRE = MARKED | {Power.ACQUIRE}
_RELEASE = MARKED | {Power.RELEASE}
_FULL = _ACQUIRE | _RELEASE | {Power.FULL}
_COMPILER = frozenset((Power.COMPILER,))
_MB = _COMPILER | {
    Power.WRITES,
    Power.READS,
    Power.BEFORE_ATOMIC,
    Power.AFTER_ATOMIC,
    Power.AFTER_SPINLOCK,
    Power.EVERYTHING,
}

PLAIN = Form("", frozenset())
"""The plain access."""

NOTHING = Form("", frozenset())
"""No barrier."""

_LOADS = (PLAIN, Form("READ_ONCE", MARKED), Form("smp_load_acquire", _ACQUIRE))
_STORES = (PLAIN, Form("WRITE_ONCE", MARKED), Form("smp_store_release", _RELEASE))

_FENCES = (
    NOTHING,
    Form("barrier", _COMPILER),
    Form("smp_wmb", _COMPILER | {Power.WRITES}),
    Form("smp_rmb", _COMPILER | {Power.READS}),
    Form("smp_mb__before_atomic", _COMPILER | {Power.BEFORE_ATOMIC}),
    Form("smp_mb__after_atomic", _COMPILER | {Power.AFTER_ATOMIC}),
    Form("smp_mb__after_spinlock", frozenset((Power.AFTER_SPINLOCK,))),
    Form("smp_mb", _MB),
)

LOADS = Family(Kind.LOAD, _LOADS)
STORES = Family(Kind.STORE, _STORES)
FENCES = Family(Kind.FENCE, _FENCES)


def _fixed_families() -> dict[str, Family]:
    """Families of names that follow no pattern."""
    plain, _, acquire = _LOADS
    _, write_once, _ = _STORES
    dereference = Form("rcu_dereference", MARKED)
    assign = Form("rcu_assign_pointer", _RELEASE)
    store_mb = Form("smp_store_mb", MARKED | {Power.EVERYTHING})
    found = {
        "READ_ONCE": LOADS,
        "smp_load_acquire": LOADS,
        "rcu_dereference": Family(Kind.LOAD, (plain, dereference, acquire)),
        "WRITE_ONCE": STORES,
        "smp_store_release": STORES,
        "rcu_assign_pointer": Family(Kind.STORE, (PLAIN, write_once, assign)),
        "smp_store_mb": Family(Kind.STORE, (write_once, store_mb)),
    }
    found.update({form.name: FENCES for form in _FENCES if form.name})
    alone = (
        ("smp_mb__after_unlock_lock", Power.AFTER_UNLOCK_LOCK),
        ("smp_mb__after_srcu_read_unlock", Power.AFTER_SRCU),
    )
    for name, power in alone:
        found[name] = Family(Kind.FENCE, (NOTHING, Form(name, frozenset((power,)))))
    mb = Form("smp_mb", _MB)
    for name in ("synchronize_rcu", "synchronize_rcu_expedited"):
        found[name] = Family(Kind.FENCE, (NOTHING, mb, Form(name, _MB | {Power.GRACE_PERIOD})))
    return found


_FIXED = _fixed_families()
_SUFFIXES = (("_relaxed", MARKED), ("_acquire", _ACQUIRE), ("_release", _RELEASE), ("", _FULL))


def family(name: str, primitives: PrimitiveTable = DEFAULT) -> Family | None:
    """The family of the primitive `name`, of forms that `primitives` knows; None if it stands alone."""
    fixed = _FIXED.get(name)
    if fixed is not None:
        known = tuple(form for form in fixed.forms if not form.name or primitives.find(form.name) is not None)
        return Family(fixed.kind, known) if len(known) > 1 else None
    for end, tail, kind in (("read", "_acquire", Kind.LOAD), ("set", "_release", Kind.STORE)):
        stem = name.removesuffix(tail)
        if stem in (f"atomic_{end}", f"atomic_long_{end}", f"atomic64_{end}") and primitives.find(stem + tail):
            strong = _ACQUIRE if kind is Kind.LOAD else _RELEASE
            return Family(kind, (Form(stem, MARKED), Form(stem + tail, strong)))
    return _modifying(name, primitives)


def _modifying(name: str, primitives: PrimitiveTable) -> Family | None:
    """The family of a read-modify-write: its stem with each suffix."""
    stem = name
    for suffix, _ in _SUFFIXES[:3]:
        stem = stem.removesuffix(suffix)
    forms = tuple(Form(stem + suffix, powers) for suffix, powers in _SUFFIXES if primitives.find(stem + suffix))
    if len(forms) < 2 or not any(form.name == name for form in forms):
        return None
    return Family(Kind.MODIFY, forms)
