"""Reports with pictures made by hand: the founding case, as its comment tells it."""

from __future__ import annotations

from memmodel.diagnostic import Change, Diagnostic, Place, Region, Severity, Step
from memmodel.picture import INITIAL, Box, BoxKind, Edge, Picture, Source
from memmodel.records import replace
from memmodel.result import FileReport, Observation, Outcome
from tests.reports.examples import report

FILE = "litmus/ring/drain-before-atomic.litmus"
TEXT = """\
C drain-before-atomic

P0(int *cons, atomic_t *busy)
{
	smp_store_release(cons, 1);
	smp_mb__before_atomic();
	atomic_set(busy, 0);
}

P1(atomic_t *busy, int *cons)
{
	int r0;
	int r1;

	r0 = atomic_cmpxchg(busy, 0, 1);
	if (r0 == 0) {
		r1 = smp_load_acquire(cons);
	}
}

exists (1:r0=0 /\\ 1:r1=0)
"""
BOXES = (
    Box(0, INITIAL, BoxKind.WRITE, "cons = 0"),
    Box(1, 0, BoxKind.WRITE, "smp_store_release(cons, 1)", ("writes cons = 1",), "W[release] cons=1", FILE, 5, 4, True),
    Box(2, 0, BoxKind.WRITE, "atomic_set(busy, 0)", ("writes busy = 0",), "W[once] busy=0", FILE, 7, 1, True),
    Box(
        3,
        1,
        BoxKind.UPDATE,
        "atomic_cmpxchg(busy, 0, 1)",
        ("reads busy = 0 from line 7", "writes busy = 1 over line 7"),
        "RMW[mb] busy 0 → 1",
        FILE,
        15,
        2,
    ),
    Box(4, 1, BoxKind.READ, "smp_load_acquire(cons)", ("reads cons = 0",), "R[acquire] cons=0", FILE, 17, 3),
)
EDGES = (
    Edge("po", 1, 2, "Line 5 comes before line 7 in the program; nothing keeps that order.", True),
    Edge("rf", 2, 3, "atomic_cmpxchg(busy) reads what atomic_set(busy) wrote.", True),
    Edge("mb", 3, 4, "A successful atomic_cmpxchg() orders like smp_mb().", True),
    Edge("fr", 4, 1, "smp_load_acquire(cons) reads what smp_store_release(cons) overwrites.", True),
    Edge("rf", 0, 4, "smp_load_acquire(cons) reads the initial value."),
)
DRAIN = Picture(
    FILE,
    "drain-before-atomic",
    "lkmm",
    "Sometimes",
    "exists (1:r0=0 /\\ 1:r1=0)",
    True,
    "",
    "atomic_set(busy) can become visible before smp_store_release(cons): nothing orders the two.",
    ("P0", "P1"),
    BOXES,
    EDGES,
    (Source(FILE, tuple(TEXT.splitlines())),),
    (("1:r0", "0"), ("1:r1", "0")),
)
SET = Place(FILE, 7, 2, 21, "    atomic_set(busy, 0);", "    ^~~~~~~~~~~~~~~~~~~")
FAIL = report(
    FILE,
    Outcome.FAIL,
    Observation.SOMETIMES,
    name="drain-before-atomic",
    expected="Never",
    condition="exists (1:r0=0 /\\ 1:r1=0)",
    reason="expected Never, found Sometimes",
    witness=(("1:r0", "0"), ("1:r1", "0")),
    place=Place(FILE, 21, 1, 27, "exists (1:r0=0 /\\ 1:r1=0)", "^~~~~~~~~~~~~~~~~~~~~~~~~"),
    diagnostics=(
        Diagnostic(
            Severity.WARNING,
            "smp_mb__before_atomic() does nothing for atomic_set(), which is not a read-modify-write",
            Place(FILE, 6, 2, 25, "    smp_mb__before_atomic();", "    ^~~~~~~~~~~~~~~~~~~~~~~"),
            "write smp_mb()",
            "MM101",
        ),
    ),
    steps=(Step("P0", "atomic_set(busy, 0); writes busy = 0", SET, True),),
    changes=(Change(Region(FILE, 7, 2, 7, 12), "atomic_set_release"),),
    remedy="line 7: atomic_set_release() instead of atomic_set(): it keeps the order of the two stores.",
    picture=DRAIN,
)
FORBIDDEN = replace(
    FAIL,
    file="litmus/ring/drain-mb.litmus",
    name="drain-mb",
    outcome=Outcome.PASS,
    observation=Observation.NEVER,
    reason=None,
    witness=None,
    diagnostics=(),
    steps=(),
    changes=(),
    remedy="",
    states=((("1:r0", "0"), ("1:r1", "1")), (("1:r0", "1"), ("1:r1", "0"))),
    picture=replace(
        DRAIN,
        file="litmus/ring/drain-mb.litmus",
        name="drain-mb",
        verdict="Never",
        allowed=False,
        axiom="propagation",
        caption="The model forbids this execution: the cycle goes against propagation.",
        boxes=tuple(replace(box, step=0, reordered=False) for box in BOXES),
    ),
)


def many(count: int) -> list[FileReport]:
    """Reports of as many files, one in ten of them a finding."""
    return [
        replace(FAIL if number % 10 == 0 else FORBIDDEN, file=f"litmus/generated/{number % 7}/test-{number:05}.litmus")
        for number in range(count)
    ]
