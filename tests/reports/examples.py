"""Reports made by hand, one for each way that a file can fare."""

from __future__ import annotations

from memmodel.diagnostic import Diagnostic, Severity, from_error, place, warning
from memmodel.errors import SyntaxError
from memmodel.program.ir import Quantifier
from memmodel.result import FileReport, Mishap, Observation, Outcome
from memmodel.source import SourceFile

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
    **VARIANT,
)
FAULTY = report(
    "drain.c",
    Outcome.FAIL,
    faults=(Mishap("NULL dereference in P0", LOST.place),),
    reason="rings/spsc/harness.c:3:2: NULL dereference in P0",
    diagnostics=(Diagnostic(Severity.NOTE, "NULL dereference in P0", LOST.place),),
    **{**VARIANT, "says": "", "name": "drain"},
)
CODE = (AS_ANNOUNCED, UNANNOUNCED, FAULTY)
"""How a C program fares."""
