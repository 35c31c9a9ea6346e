"""The rules MM000 to MM012, each of which stands for an outcome of `memmodel check`: what it means and what to do."""

from __future__ import annotations

from memmodel.analyses.documented import Documented

INTERNAL = Documented(
    "MM000",
    "internal-error",
    """memmodel itself went wrong.

What it finds
    A defect of this program: two engines that disagree, a process that died,
    an error that nobody foresaw; with --arch also an architecture that shows
    what the kernel's model forbids, since one of the two is then read wrongly.
    Nothing is said of the file.

Why it is bad
    There is no verdict, and there should be one.

What to do
    Report it with the file and the command that the message shows. Meanwhile
    --engine enumerate may decide a small test.
""",
)

UNEXPECTED_VERDICT = Documented(
    "MM001",
    "unexpected-verdict",
    """Another verdict than the one that is expected.

What it finds
    A litmus test whose condition is reachable and was expected not to be, or
    the other way round: Never, Sometimes and Always are herd7's words, over
    all complete executions. It also stands for a data race that is announced
    and is not there.

Why it is bad
    An outcome that was meant to be impossible is allowed: there are machines,
    of today or to come, on which it happens. One that was meant to be possible
    and is not means that the test does not show what it says.

Example
    (* Result: Never *)
    smp_store_release(cons, 1);
    atomic_set(busy, 0);              // may be visible first

What to do
    `memmodel explain FILE` shows the execution and what is missing;
    `memmodel fix FILE` the cheapest change. If the expectation is wrong,
    correct the Result line.
""",
)

DATA_RACE = Documented(
    "MM002",
    "data-race",
    """A data race that the file does not announce.

What it finds
    Two accesses of the same memory by two threads, one of them a write and one
    of them plain, with nothing that orders them in some execution.

Why it is bad
    The compiler may tear, repeat, invent or drop plain accesses, since it may
    suppose that nobody looks. What the model says of the other accesses holds
    only without data races.

Example
    x = 1;                            // P0
    r0 = READ_ONCE(x);                // P1

Write instead
    WRITE_ONCE(x, 1);

See tools/memory-model/Documentation/access-marking.txt in the kernel. A test
that is about a race says so: (* Result: Sometimes DATARACE *).
""",
)

DEADLOCK = Documented(
    "MM003",
    "deadlock",
    """No execution finishes: a lock is never released.

What it finds
    A program all of whose executions wait for a lock for ever, and whose file
    does not expect a DEADLOCK.

Why it is bad
    Never holds of a program that never ends, and says nothing about it.

What to do
    Release the lock on every path, or take the locks in the same order in all
    threads. A test that is about a deadlock says (* Result: DEADLOCK *).
""",
)

VACUOUS = Documented(
    "MM004",
    "vacuous",
    """No execution at all, so that every verdict would be true.

What it finds
    A program whose filter or assumptions cannot be met, or in which a loop
    waits for what never comes.

Why it is bad
    A test without executions passes whatever the barriers are.

What to do
    Look at the filter clause, at assume(), and at the values that loops wait
    for.
""",
)

BOUNDED = Documented(
    "MM005",
    "bounded",
    """A verdict that holds up to a loop bound only.

What it finds
    A loop that some execution would run through more often than --unroll
    allows, where the verdict might depend on it.

Why it is bad
    What happens in later rounds was not looked at. A ring that goes wrong when
    it wraps around goes wrong in a later round.

What to do
    Raise --unroll until the loop is run through as often as it can be, or make
    the test smaller. A scenario may accept it: bounded = true.
""",
)

OUT_OF_TIME = Documented(
    "MM006",
    "out-of-time",
    """Time or memory ran out before there was a verdict.

What it finds
    A file that was not decided within --timeout seconds and --memory MB.

Why it is bad
    Nothing is known of it: it may be right or wrong.

What to do
    Give it more time, or make it smaller: fewer items, a lower --unroll, one
    producer instead of two. What was known by then is in the report.
""",
)

UNSUPPORTED = Documented(
    "MM007",
    "unsupported",
    """Something in the file cannot be decided here.

What it finds
    A construct that is understood, and that no model says enough of: it is
    told with its place, never guessed at.

Why it is bad
    Nothing is known of the file.

What to do
    The message says what is supported instead, where there is something.
""",
)

BAD_INPUT = Documented(
    "MM008",
    "bad-input",
    """The file is not in the language that it claims to be in.

What it finds
    A syntax error, a name that nothing declares, a file that cannot be read; or
    a litmus test that can run into a fault, such as a NULL dereference.

Why it is bad
    It is not decided, and herd7 or the compiler would not take it either.

What to do
    The message says what was found and what was expected.
""",
)

FAILED_ASSERTION = Documented(
    "MM009",
    "failed-assertion",
    """An assertion of a C program can fail.

What it finds
    An execution that the memory model allows and in which an assert() of the
    harness does not hold.

Why it is bad
    What the harness says must hold does not: a record is lost, torn or read
    twice.

What to do
    `memmodel explain FILE` shows the execution and the barrier that is missing;
    `memmodel fix FILE` the cheapest change.
""",
)

FAULT = Documented(
    "MM010",
    "fault",
    """A C program can do what C gives no meaning to.

What it finds
    A NULL or out-of-bounds access, a read of what was never written, a lock
    that is released without being held, and the like, in some execution. Also
    a fault that a scenario announces and that is not there.

Why it is bad
    In the kernel it is an oops, or memory of somebody else.

What to do
    `memmodel explain FILE` shows the execution.
""",
)

CHANGED = Documented(
    "MM011",
    "changed",
    """Not what the baseline has for the file.

What it finds
    Another verdict, other flags or other final states than those recorded by
    `memmodel baseline`; or a file that the baseline does not have or that is
    gone.

Why it is bad
    Something that was known of the code is not so any more.

What to do
    If the change is meant, record it: `memmodel baseline PATH... -o FILE`.
""",
)

ODD = Documented(
    "MM012",
    "odd-text",
    """Something in the text that is read, and may not be meant.

What it finds
    A text that has a meaning other than the likely one: a Result line that is
    read as none, a suppression that suppresses nothing or gives no reason.

Why it is bad
    Whoever reads the file takes it for something that it is not.

What to do
    The message says how it was read, and how to write what was meant.
""",
)

RULES = (
    INTERNAL,
    UNEXPECTED_VERDICT,
    DATA_RACE,
    DEADLOCK,
    VACUOUS,
    BOUNDED,
    OUT_OF_TIME,
    UNSUPPORTED,
    BAD_INPUT,
    FAILED_ASSERTION,
    FAULT,
    CHANGED,
    ODD,
)
"""In the order of their codes."""


def find(code: str) -> Documented | None:
    """The rule with this code or name, in any case."""
    wanted = code.lower()
    return next((rule for rule in RULES if wanted in (rule.code.lower(), rule.name)), None)
