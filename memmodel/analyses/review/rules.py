"""The rules by which patches are reviewed: codes, names and documentation; the reviews themselves find them."""

from __future__ import annotations

from memmodel.analyses.documented import Documented

_LOST_ORDER = """An order between two accesses that the patch takes away.

What it finds
    Two accesses of one function that others always saw in order before the
    patch, and now do not: another function, which orders its own two accesses,
    can see the later and miss the earlier. Shown by an execution.

Why it is bad
    The other function was written for that order, and has a barrier of its own
    to rely on it. Without it, it reads what has not been written yet: a slot
    without its data, a flag without what it announces.

Example
    WRITE_ONCE(ring->slot, value);
    WRITE_ONCE(ring->head, head + 1);         // was smp_store_release()

    if (smp_load_acquire(&ring->head) != tail)
        value = READ_ONCE(ring->slot);        // may be the old value

Write instead
    WRITE_ONCE(ring->slot, value);
    smp_store_release(&ring->head, head + 1); // pairs with the acquire above
"""

_HALF_ORDERED = """One side of a pair is ordered, the side in the patch is not.

What it finds
    Two accesses that the patch adds or changes, in no order, where a function
    that accesses the same fields does order its own two; or a barrier that the
    patch adds, where the function on the other side has none. Shown by an
    execution in which the later access is seen and the earlier one missed.

Why it is bad
    A barrier never works alone. What one side orders is seen in that order
    only if the other side keeps its accesses in order as well; a barrier on
    one side and none on the other is as good as none at all.

Example
    WRITE_ONCE(msg->text, text);
    smp_wmb();
    WRITE_ONCE(msg->ready, 1);

    if (READ_ONCE(msg->ready))
        text = READ_ONCE(msg->text);          // may be read first

Write instead
    if (smp_load_acquire(&msg->ready))        // pairs with smp_wmb() above
        text = READ_ONCE(msg->text);
"""

_OUTCOME_NOW_POSSIBLE = """A scenario's bad outcome was impossible, and is possible with the patch.

What it finds
    A scenario that runs functions which the patch changes, and whose assertion
    held in every execution before it. Now there is one in which it fails; the
    remark shows it.

Why it is bad
    The scenario says what the code must never do. The memory model allows it
    now, so some machine may do it, even if it never has in a test.

Example
    WRITE_ONCE(ring->slot, value);
    WRITE_ONCE(ring->head, 1);                // was smp_store_release()

    // the scenario: P1 sees head == 1; assert(slot == value)

Write instead
    smp_store_release(&ring->head, 1);
"""

_NEW_RACE = """A data race in a scenario that the patch brings in.

What it finds
    A scenario that runs functions which the patch changes, and that was free of
    data races. Now two accesses of different threads, one of them a write and
    one of them plain, may happen at the same time.

Why it is bad
    The compiler may tear, merge, repeat or drop a plain access: it knows of no
    other thread. The model promises nothing of a program with a race, and KCSAN
    reports it.

Example
    ring->head = head + 1;                    // was WRITE_ONCE()
    if (READ_ONCE(ring->head) != tail)        // in another thread

Write instead
    WRITE_ONCE(ring->head, head + 1);
    // or smp_store_release() if what was written before must be seen with it
"""

_ADDED_WITHOUT_EFFECT = """A barrier that the patch adds and that orders nothing.

What it finds
    A barrier in an added line without which the model allows exactly the same:
    it is of a kind that does not speak about the accesses beside it, as
    smp_mb__before_atomic() before a mere store; or a barrier, or a fully
    ordered operation, right beside it orders all that it could.

Why it is bad
    It costs time on some machines, and makes readers believe in an order that
    is not there. The order that it was added for is still missing.

Example
    smp_store_release(&ring->tail, tail);
    smp_mb__before_atomic();                  // no read-modify-write follows
    atomic_set(&ring->busy, 0);

Write instead
    smp_store_release(&ring->tail, tail);
    atomic_set_release(&ring->busy, 0);
"""

_NOW_REDUNDANT = """A barrier that the patch leaves with nothing to do.

What it finds
    A barrier, or a release or acquire, right beside which the patch puts one
    that orders all that it does, in every execution of every caller: without
    it the model allows exactly the same. Nothing is said where the two are not
    side by side or not always executed together, nor of an smp_wmb() before a
    release store: that barrier orders the writes behind the store as well.

Why it is bad
    It still costs time, and its comment now speaks of something else than what
    keeps the order. Whoever changes the code next may take away the wrong one.

Example
    WRITE_ONCE(ring->head, head + 1);
    smp_wmb();                                // has nothing left to do
    smp_mb();                                 // new
    if (READ_ONCE(ring->asleep))
        wake(ring);

Write instead
    WRITE_ONCE(ring->head, head + 1);
    /* Pairs with smp_mb() in ring_sleep(): head before asleep. */
    smp_mb();
    if (READ_ONCE(ring->asleep))
        wake(ring);
"""

_WITHOUT_COMMENT = """A barrier that the patch adds without saying what it pairs with.

What it finds
    A barrier, or a release or acquire access, in an added line, with no comment
    on the line or above it that names its partner: a function, a barrier or an
    access on the other side.

Why it is bad
    A barrier never works alone. Whoever reads one has to find the other, and
    whoever changes one has to change the other. checkpatch asks for a comment
    too, but cannot tell whether it names anything.

Example
    WRITE_ONCE(ring->slot, value);
    smp_wmb();                                // make sure it is ordered
    WRITE_ONCE(ring->head, head + 1);

Write instead
    WRITE_ONCE(ring->slot, value);
    /* Pairs with smp_rmb() in ring_get(): the slot before the head. */
    smp_wmb();
    WRITE_ONCE(ring->head, head + 1);
"""

_FIXES = """What went wrong before the patch, and does not with it.

What it finds
    An outcome, a race or a missing order that was shown by an execution before
    the patch, and that the model forbids after it; or a store or load that
    leant on a barrier for read-modify-writes, and is ordered by itself now.

Why it is worth knowing
    Whoever applies the patch knows what it is good for, and whoever keeps older
    versions knows that they want it too. It is a note, no remark: a patch is
    not held back for it.

Example
    smp_store_release(&ring->tail, tail);
    atomic_set(&ring->busy, 0);               // before: may be seen first
    atomic_set_release(&ring->busy, 0);       // after: fixed

Write instead
    Nothing: this is how it should be.
"""

RULES: tuple[Documented, ...] = (
    Documented("MM201", "lost-order", _LOST_ORDER),
    Documented("MM202", "half-ordered", _HALF_ORDERED),
    Documented("MM203", "outcome-now-possible", _OUTCOME_NOW_POSSIBLE),
    Documented("MM204", "new-race", _NEW_RACE),
    Documented("MM205", "added-barrier-without-effect", _ADDED_WITHOUT_EFFECT),
    Documented("MM206", "barrier-now-redundant", _NOW_REDUNDANT),
    Documented("MM207", "barrier-without-comment", _WITHOUT_COMMENT),
    Documented("MM208", "fixes", _FIXES),
)
"""In the order of their codes."""


def find(code: str) -> Documented | None:
    """The rule of review with this code or name, in any case."""
    wanted = code.lower()
    return next((rule for rule in RULES if wanted in (rule.code.lower(), rule.name)), None)
