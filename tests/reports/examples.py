"""Reports made by hand, one for each way that a file can fare."""

from __future__ import annotations

from memmodel.diagnostic import Change, Diagnostic, Place, Related, Severity, Step, from_error, place, region, warning
from memmodel.errors import SyntaxError
from memmodel.program.ir import Quantifier
from memmodel.records import replace
from memmodel.result import FileReport, Mishap, Observation, Outcome
from memmodel.source import SourceFile, Span

CONDITION = "exists (1:r0=1 /\\ 1:r1=0)"
STATES = (
    (("1:r0", "10"), ("1:r1", "0"), ("x", "1")),
    (("1:r0", "0"), ("1:r1", "1"), ("x", "1")),
    (("1:r0", "2"), ("1:r1", "0"), ("x", "1")),
    (("1:r0", "2"), ("1:r1", "-1"), ("x", "1")),
)
SOURCE = SourceFile("bad.litmus", "C bad\n\nP0(int *x)\n{\n\tr0 = READ_ONC(*x);\n}\n")
TYPO = SyntaxError("unknown primitive 'READ_ONC'", SOURCE.span(26, 34), "did you mean READ_ONCE?")


def report(
    file: str, outcome: Outcome, observation: Observation | None = Observation.NEVER, **more: object
) -> FileReport:
    """A report with the fields that most need."""
    fields: dict[str, object] = {
        "name": file.removesuffix(".litmus"),
        "model": "lkmm",
        "engine": "smt",
        "quantifier": Quantifier.EXISTS,
        "condition": CONDITION,
        "digest": "0123456789abcdef0123456789abcdef",
        "seconds": 0.012,
    }
    return FileReport(file=file, outcome=outcome, observation=observation, **{**fields, **more})  # type: ignore[arg-type]


PASS = report("MP.litmus", Outcome.PASS, expected="Never")
FAIL = report(
    "drain.litmus",
    Outcome.FAIL,
    Observation.SOMETIMES,
    expected="Never",
    reason="expected Never, found Sometimes",
    witness=(("1:r0", "1"), ("1:r1", "0")),
)
COUNTED = report(
    "counted.litmus",
    Outcome.PASS,
    Observation.SOMETIMES,
    states=STATES,
    positive=1,
    negative=5,
    flags=("data-race",),
    race_expected=True,
    expected="Sometimes",
)
FORBIDDEN = report(
    "forbidden.litmus",
    Outcome.PASS,
    Observation.SOMETIMES,
    states=STATES[:2],
    positive=1,
    negative=5,
    quantifier=Quantifier.NOT_EXISTS,
    condition="~exists (1:r0=1)",
)
REQUIRED = report(
    "required.litmus",
    Outcome.PASS,
    Observation.ALWAYS,
    states=STATES[:1],
    positive=4,
    negative=0,
    quantifier=Quantifier.FORALL,
    condition="forall (true)",
)
CUT = report(
    "loop.litmus",
    Outcome.BOUNDED,
    states=STATES[:1],
    positive=0,
    negative=3,
    cut=True,
    reason="Never up to the loop bound; a larger --unroll may change it",
)
DEADLOCK = report(
    "stuck.litmus",
    Outcome.DEADLOCK,
    states=(),
    positive=0,
    negative=0,
    reason="there is no execution: a lock is waited for that is never released",
)
RACE = report("race.litmus", Outcome.RACE, flags=("data-race",), reason="data race, which the file does not announce")
ERROR = report(
    "bad.litmus",
    Outcome.ERROR,
    None,
    quantifier=None,
    condition="",
    name="",
    diagnostics=(from_error(TYPO),),
    reason=from_error(TYPO).sentence(),
)
TIMEOUT = report("slow.litmus", Outcome.TIMEOUT, None, reason="the time limit of 60 s was reached", expected="Never")
WARNED = report(
    "warned.litmus", Outcome.PASS, diagnostics=(warning("no thread assigns 1:r9: it is 0", SOURCE.span(14, 15)),)
)

ALL = (PASS, FAIL, COUNTED, FORBIDDEN, REQUIRED, CUT, DEADLOCK, RACE, ERROR, TIMEOUT, WARNED)

HARNESS = SourceFile("rings/spsc/harness.c", "void final(void)\n{\n\tassert(seen == 1);\n}\n")
LOST = Mishap("assertion failed: seen == 1", place(HARNESS.span(20, 37)))
VARIANT = {
    "quantifier": Quantifier.NOT_EXISTS,
    "condition": "(an assertion fails)",
    "code": True,
    "says": "the producer's barrier is gone",
    "name": "spsc:no-barrier",
}
AS_ANNOUNCED = report(
    "rings/spsc:no-barrier",
    Outcome.PASS,
    Observation.SOMETIMES,
    expected="Sometimes",
    assertions=(LOST,),
    witness=(),
    **VARIANT,
)
UNANNOUNCED = report(
    "rings/spsc:no-barrier",
    Outcome.FAIL,
    Observation.SOMETIMES,
    expected="Never",
    assertions=(LOST,),
    witness=(),
    reason=f"expected Never, found Sometimes: {LOST}",
    diagnostics=(Diagnostic(Severity.NOTE, LOST.message, LOST.place),),
    place=LOST.place,
    **VARIANT,
)
FAULTY = report(
    "drain.c",
    Outcome.FAIL,
    faults=(Mishap("NULL dereference in P0", LOST.place),),
    reason="rings/spsc/harness.c:3:2: NULL dereference in P0",
    diagnostics=(Diagnostic(Severity.NOTE, "NULL dereference in P0", LOST.place),),
    place=LOST.place,
    **{**VARIANT, "says": "", "name": "drain"},
)
CODE = (AS_ANNOUNCED, UNANNOUNCED, FAULTY)
"""How a C program fares."""

RING = SourceFile(
    "rings/drain.litmus",
    """\
C drain

(* Result: Never *)

{}

P0(int *x, int *y)
{
	WRITE_ONCE(*x, 1);
	WRITE_ONCE(*y, 1);
}

P1(int *x, int *y)
{
	int r0 = READ_ONCE(*y);
	int r1 = READ_ONCE(*x);
}

exists (1:r0=1 /\\ 1:r1=0)
""",
)


def span(text: str, source: SourceFile = RING) -> Span:
    """Where the text first stands."""
    start = source.text.index(text)
    return source.span(start, start + len(text))


def placed(text: str, source: SourceFile = RING) -> Place:
    found = place(span(text, source))
    assert found is not None
    return found


STEPS = (
    Step("P0", "WRITE_ONCE(*y, 1); writes y = 1", placed("WRITE_ONCE(*y, 1)"), reordered=True),
    Step("P1", "READ_ONCE(*y); reads y = 1 from line 10", placed("READ_ONCE(*y)")),
    Step("P1", "READ_ONCE(*x); reads x = 0 (initial)", placed("READ_ONCE(*x)")),
    Step("P0", "WRITE_ONCE(*x, 1); writes x = 1", placed("WRITE_ONCE(*x, 1)"), reordered=True),
)
CHANGES = (
    Change(region(RING.span(RING.text.index("\tWRITE_ONCE(*y"), RING.text.index("\tWRITE_ONCE(*y"))), "\tsmp_wmb();\n"),
    Change(region(span("READ_ONCE(*y)")), "smp_load_acquire(y)"),
)
REMEDY = "smp_wmb() before line 10; and line 15: smp_load_acquire() instead of READ_ONCE()"
SUGGESTED = report(
    RING.name,
    Outcome.FAIL,
    Observation.SOMETIMES,
    name="drain",
    expected="Never",
    reason="rings/drain.litmus:3:12: expected Never, found Sometimes",
    witness=(("1:r0", "1"), ("1:r1", "0")),
    place=placed("Never"),
    steps=STEPS,
    changes=CHANGES,
    remedy=REMEDY,
    length=19,
)
"""All that can be asked for."""
RULE = Diagnostic(
    Severity.WARNING,
    "smp_mb__before_atomic() orders nothing here",
    placed("WRITE_ONCE(*x, 1)"),
    "no read-modify-write follows it",
    "MM101",
    (Related("the access that follows", placed("WRITE_ONCE(*y, 1)")),),
    changes=(Change(region(span("WRITE_ONCE(*x, 1);")), ""),),
)
SILENT = replace(
    RULE, code="MM105", message="nothing acquires it", place=placed("WRITE_ONCE(*y, 1)"), suppressed="drain.c does"
)
RULED = report(
    RING.name,
    Outcome.PASS,
    name="drain",
    expected="Never",
    place=placed("Never"),
    diagnostics=(RULE, SILENT),
    length=19,
)
"""A rule has something to say, and another is not to."""
AWKWARD = "odd dir/a b,c:100%\n\x1b[31mü.litmus"
ODD_NAME = report(
    AWKWARD,
    Outcome.ERROR,
    None,
    name="",
    reason=f"{AWKWARD}:1:3: \x1b[1mbell\x07, 50% of\r\n a::b, ops->fn[0](r) <&>",
    diagnostics=(
        Diagnostic(
            Severity.ERROR,
            "\x1b[1mbell\x07, 50% of\r\n a::b, ops->fn[0](r) <&>",
            Place(AWKWARD, 1, 3, 7, "C ?[1m", "  ^~~~"),
        ),
    ),
)
"""A name and a message that mean something to whoever reads the formats."""
NOWHERE = report("gone.litmus", Outcome.ERROR, None, name="", reason="gone.litmus: no such file or directory")
BROKEN = report("hard.litmus", Outcome.ERROR, None, reason="internal error: the engines disagree", internal=True)
FROM_STDIN = report("-", Outcome.TIMEOUT, None, reason="the time limit of 60 s was reached")
VARIANT_SLOW = report("rings/spsc:no-barrier", Outcome.TIMEOUT, None, **{**VARIANT, "reason": "out of time"})
DETAILED = (SUGGESTED, RULED, NOWHERE, BROKEN, FROM_STDIN, VARIANT_SLOW)
"""What formats for machines have to cope with."""
EVERYTHING = (*ALL, *CODE, *DETAILED, ODD_NAME)
