"""A program and a model in; why its outcome can happen, or why it cannot, out."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import cached_property

from memmodel.analyses import remarks, wording
from memmodel.analyses.barriers import Spot
from memmodel.analyses.explanation import Explanation
from memmodel.analyses.missing import find_missing
from memmodel.analyses.race import find_race
from memmodel.analyses.refute import refute
from memmodel.analyses.shortest import shortest
from memmodel.analyses.story import Execution, tell
from memmodel.analyses.trial import Trial, target
from memmodel.cat.terms import Model
from memmodel.engines import outcome
from memmodel.engines.base import Request
from memmodel.engines.flags import FlagSearch
from memmodel.engines.run import judge
from memmodel.engines.search import Search
from memmodel.engines.smt import Goals, SmtEngine
from memmodel.engines.solver import OutOfTime
from memmodel.events.graph import EventGraph
from memmodel.events.unroll import unroll
from memmodel.program.ir import Program
from memmodel.records import dataclass, replace
from memmodel.result import RACE_FLAG, Note, Observation, Outcome, Result


@dataclass(frozen=True)
class Question:
    """What is explained. `deadline` is a time.monotonic() value."""

    program: Program
    model: Model
    deadline: float

    @cached_property
    def graph(self) -> EventGraph:
        return unroll(self.program)

    @cached_property
    def search(self) -> Search:
        return Search(self.graph, self.model, self.deadline)

    @cached_property
    def goals(self) -> Goals:
        return Goals(self.search)

    @property
    def target(self) -> int:
        """The literal of the outcome in question: the condition, or for `forall` that it fails."""
        return target(self.program, self.goals)

    def races(self, program: Program) -> bool:
        """Whether another version of the program has a data race."""
        search = Search(unroll(program), self.model, self.deadline)
        goals = Goals(search)
        for check in search.narrowed.flags:
            while check.name == RACE_FLAG:
                candidate = FlagSearch(search, check).find(goals.complete)
                if candidate is None:
                    break
                if search.confirm(candidate) is not None:
                    return True
        return False

    def trial(self, spots: Iterable[Spot]) -> Trial:
        """The program with barriers at `spots` that can be switched on."""
        return Trial(self.program, self.model, self.deadline, spots)


def explain(program: Program, model: Model, file: str, seconds: float, states: bool = False) -> Explanation:
    """Why the outcome that `program` asks about is reachable or not, and which data races there are.

    Raises Unsupported for what the engine cannot decide, EngineError if it contradicts the model as written. Time
    running out raises nothing: the explanation then says what is known.
    """
    question = Question(program, model, time.monotonic() + seconds)
    return explained(question, SmtEngine().run(question.graph, model, Request(states=states, timeout=seconds)), file)


def explained(question: Question, result: Result, file: str) -> Explanation:
    """As `explain`, of a question that the engine has decided."""
    judged = judge(result, question.graph, question.model)
    program = question.program
    explanation = Explanation(
        file,
        program.name,
        question.model.name,
        program.condition_text,
        result.observation.value if result.observation else "",
        judged.outcome.value,
        "",
        states=result.states,
        flags=tuple(sorted(result.flags)),
    )
    try:
        return _explain(question, result, judged, explanation)
    except OutOfTime:
        title = explanation.title or _known(program, result)
        return replace(explanation, title=title, paragraphs=(*explanation.paragraphs, remarks.OUT_OF_TIME))


def _known(program: Program, result: Result) -> str:
    if result.observation is None:
        return "Undecided: the time limit was reached before there was a verdict"
    return f"{result.observation.value}, and the time limit was reached before the reasons were found"


def _explain(question: Question, result: Result, judged: outcome.Judgement, explanation: Explanation) -> Explanation:
    for notes, what in ((result.faults, "can happen"), (result.failed_assertions, "fails")):
        if notes and not (question.program.exact and what == "fails"):  # in C that is the outcome in question
            return _noted(question, notes[0], what, explanation)
    if result.observation is None and result.witness is None:
        return replace(explanation, title=_known(question.program, result), paragraphs=(judged.reason or "",))
    if result.no_executions:
        title = "Deadlock: " if judged.outcome is Outcome.DEADLOCK or result.deadlock else "Vacuous: "
        reason = judged.reason or remarks.no_executions(result)
        return replace(explanation, title=title + remarks.no_executions(result), paragraphs=(reason,))
    told = _outcome(question, result, explanation)
    if RACE_FLAG in result.flags:
        told = _with_race(question, result, told)
    if result.bounded and result.observation is not Observation.SOMETIMES:
        title = f"{told.title} (up to the loop bound)"
        told = replace(told, title=title, paragraphs=(*told.paragraphs, remarks.bounded(question.program)))
    return told


def _noted(question: Question, note: Note, what: str, explanation: Explanation) -> Explanation:
    """A fault or a failed assertion, with the execution that runs into it."""
    line = f" {wording.on(note.span)}" if note.span else ""
    story = tell(Execution(question.graph, question.model, note.witness)) if note.witness is not None else None
    return replace(explanation, title=f"{note.message} {what}{line}", story=story)


def _with_race(question: Question, result: Result, told: Explanation) -> Explanation:
    """What is said of the outcome, and the race: first of all, where the file does not announce it."""
    witness = dict(result.flag_witnesses).get(RACE_FLAG)
    if witness is None:
        return told
    shown = Execution(question.graph, question.model, witness)
    race = find_race(question.program, shown, question.races, question.trial)
    if race is None:
        return told
    expected = question.program.expectation is not None and question.program.expectation.race
    title = told.title if expected and told.title else remarks.race_title(race, question.program)
    paragraphs = told.paragraphs if title == told.title else (wording.sentence(told.title), *told.paragraphs)
    return replace(told, title=title, paragraphs=paragraphs, race=race)


def _outcome(question: Question, result: Result, explanation: Explanation) -> Explanation:
    goals, search = question.goals, question.search
    witness = shortest(search, goals.complete, question.target)
    if witness is None:
        return _never(question, result, explanation)
    shown = Execution(question.graph, question.model, witness)
    missing, shown = find_missing(shown, question.trial)
    return replace(
        explanation,
        title=remarks.title(missing, question.program),
        paragraphs=(*_failing(shown), *remarks.reachable(missing, shown, result.observation)),
        missing=missing,
        story=tell(shown, (gap.pair for gap in missing.gaps)),
    )


def _failing(shown: Execution) -> tuple[str, ...]:
    """Which assertions of a C program fail in an execution."""
    if not shown.graph.program.exact:
        return ()
    failed = (item for item in shown.graph.assertions if shown.done.value(item.failed))
    return tuple(dict.fromkeys(f"The assertion at {item.span.where} fails: {item.message}." for item in failed))


def _never(question: Question, result: Result, explanation: Explanation) -> Explanation:
    refutation = refute(
        question.graph, question.model, question.deadline, lambda goals: target(question.program, goals)
    )
    return replace(
        explanation,
        title=remarks.unreachable_title(refutation, question.program),
        paragraphs=remarks.unreachable(refutation, question.program),
        refutation=refutation,
    )
