"""A decided file in, the steps of the execution that settles its verdict out."""

from __future__ import annotations

from memmodel.analyses.story import Execution, tell
from memmodel.diagnostic import Step, place
from memmodel.engines.run import Decided
from memmodel.program.ir import Quantifier
from memmodel.result import RACE_FLAG, FileReport, Outcome, Witness


def of(decided: Decided, report: FileReport) -> tuple[Step, ...]:
    """In the order in which things become visible; empty where no single execution settles it."""
    witness = telling(decided, report)
    if witness is None:
        return ()
    story = tell(Execution(decided.graph, decided.model, witness))
    return tuple(
        Step(story.threads[row.place.thread], row.text, place(row.place.span), row.reordered) for row in story.rows
    )


def telling(decided: Decided, report: FileReport) -> Witness | None:
    """The execution behind an outcome: the race, the fault, the failed assertion, the state that was not expected."""
    result = decided.result
    if report.outcome is Outcome.RACE:
        return dict(result.flag_witnesses).get(RACE_FLAG)
    notes = [*result.faults, *result.failed_assertions]
    shown = next((note.witness for note in notes if note.witness is not None), None)
    if shown is not None:
        return shown
    if decided.graph.program.quantifier is Quantifier.FORALL:
        return result.counterexample
    return result.witness if report.expected in (None, "Never") else result.counterexample
