"""A decided file in, what each architecture makes of the same program out, and in words what that means."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from memmodel.analyses.story import Execution, tell
from memmodel.analyses.trial import target
from memmodel.cat import models
from memmodel.cat.evaluate import judge as evaluate_model
from memmodel.cat.terms import Model
from memmodel.diagnostic import Step, place
from memmodel.engines.base import Request
from memmodel.engines.run import Decided
from memmodel.engines.search import Search
from memmodel.engines.smt import Goals
from memmodel.engines.solver import OutOfTime
from memmodel.engines.task import EngineChoice
from memmodel.errors import EngineError, Unsupported
from memmodel.events.execution import NotAnExecution, replay
from memmodel.events.graph import EventGraph
from memmodel.events.transport import twins
from memmodel.events.unroll import unroll
from memmodel.machines import registry
from memmodel.machines.machine import Machine
from memmodel.machines.names import ARCHITECTURES
from memmodel.machines.translate import instructions, translate
from memmodel.program.ir import Program, Quantifier
from memmodel.records import dataclass, replace
from memmodel.result import RACE_FLAG, FileReport, MachineVerdict, Outcome, Result, Witness

_LEAST = 0.05
"""Seconds that a search is given at least."""


@dataclass(frozen=True)
class _Found:
    """What a machine does. `witness`: an execution with the outcome; None and no reason: there is none."""

    machine: Machine
    graph: EventGraph
    witness: Witness | None
    reason: str | None = None


def shown(program: Program, result: Result) -> Witness | None:
    """An execution with the outcome that is asked about: the condition, or for `forall` that it fails."""
    return result.counterexample if program.quantifier is Quantifier.FORALL else result.witness


def judge(decided: Decided, report: FileReport, architectures: Sequence[str]) -> FileReport:
    """The report with the verdict of each architecture. An outcome that an architecture shows and the kernel's model
    forbids is a defect of ours, and makes the report an error; not where there is a data race, of which the kernel's
    model says nothing more."""
    machines = _Machines(decided)
    found = [one for name in architectures for one in machines.architecture(name)]
    verdicts = tuple(_verdict(name, [one for one in found if one.machine.name == name]) for name in architectures)
    weakest = next((item.architecture for item in reversed(verdicts) if item.reachable), None)
    usual = next((one for one in found if one.machine.name == weakest and one.witness is not None), None)
    if usual is not None:
        steps = _steps(decided.graph.program, usual)
        verdicts = tuple(replace(item, steps=steps) if item.architecture == weakest else item for item in verdicts)
    report = replace(report, machines=verdicts, observable=sentence(decided, report, verdicts))
    wrong = contradictions(decided, verdicts)
    if wrong:
        names = ", ".join(item.architecture for item in wrong)
        reason = f"internal error: {names} shows what {report.model} forbids: our model or mapping of it is wrong"
        return replace(report, outcome=Outcome.ERROR, reason=reason)
    return report


def contradictions(decided: Decided, verdicts: Iterable[MachineVerdict]) -> tuple[MachineVerdict, ...]:
    """The architectures that show what the kernel's model, which is to promise no more than any of them, forbids."""
    kernel = decided.result
    if RACE_FLAG in kernel.flags or kernel.observation is None or kernel.bounded:
        return ()
    if shown(decided.graph.program, kernel) is not None:
        return ()
    return tuple(item for item in verdicts if item.reachable)


def sentence(decided: Decided, report: FileReport, verdicts: Sequence[MachineVerdict]) -> str:
    """`allowed by lkmm and observable on arm64 and power`."""
    model, kernel = report.model.upper(), decided.result
    if kernel.observation is None:
        return ""
    if shown(decided.graph.program, kernel) is None:
        return f"forbidden by {model}"
    showing = [item.architecture for item in verdicts if item.reachable]
    unknown = [item.architecture for item in verdicts if item.reachable is None]
    left = f" (undecided on {_listed(unknown)})" if unknown else ""
    compiler = "; the compiler may do more to plain accesses that race" if RACE_FLAG in kernel.flags else ""
    if showing:
        return f"allowed by {model} and observable on {_listed(showing)}{left}{compiler}"
    everywhere = set(ARCHITECTURES) <= {item.architecture for item in verdicts}
    nobody = "no current architecture shows it" if everywhere else f"not observable on {_listed_all(verdicts)}"
    return f"allowed by {model}, {nobody}{left}{compiler}"


def _listed_all(verdicts: Sequence[MachineVerdict]) -> str:
    return _listed([item.architecture for item in verdicts if item.reachable is False]) or "any that was decided"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


class _Machines:
    """The machines that were asked, one after the other: what one shows is tried on the next before a search."""

    def __init__(self, decided: Decided) -> None:
        self._decided = decided
        self._shown: list[tuple[EventGraph, Witness]] = []
        first = shown(decided.graph.program, decided.result)
        if first is not None:
            self._shown.append((decided.graph, first))

    def architecture(self, name: str) -> list[_Found]:
        """What an architecture does in each of its variants; those with the same instructions for this program share
        it, and one that shows nothing beyond another is not asked where that shows nothing."""
        found: list[_Found] = []
        for machine in registry.variants(name):
            within = next((one for one in found if one.machine.variant == machine.within and machine.within), None)
            program = translate(self._decided.opened.lowered.program, machine)
            same = next((one for one in found if one.graph.program == program), None)
            if same is None and within is not None and within.witness is None and within.reason is None:
                same = within
            found.append(self._asked(machine, program) if same is None else replace(same, machine=machine))
        return found

    def _asked(self, machine: Machine, program: Program) -> _Found:
        graph = unroll(program)
        model = models.load(machine.name).model
        try:
            witness = self._carried(graph, model) or self._searched(graph, model)
            if EngineChoice.BOTH is self._decided.task.options.engine:
                self._compare(machine, graph, model, witness)
        except OutOfTime:
            return _Found(machine, graph, None, "the time limit was reached")
        except Unsupported as error:
            return _Found(machine, graph, None, str(error))
        if witness is not None:
            self._shown.append((graph, witness))
        return _Found(machine, graph, witness)

    def _carried(self, graph: EventGraph, model: Model) -> Witness | None:
        """An execution that showed the outcome elsewhere, if it is one here."""
        for other, witness in reversed(self._shown):
            matched = twins(other, graph)
            if matched is None:
                continue
            try:
                done = replay(graph, matched.execution(replay(other, witness.execution)))
            except NotAnExecution:
                continue
            if done.complete and evaluate_model(model, done).allowed:
                return Witness(done.execution, done.values, done.addresses, graph.state(done.value))
        return None

    def _searched(self, graph: EventGraph, model: Model) -> Witness | None:
        search = Search(graph, model, max(self._decided.deadline, time.monotonic() + _LEAST))
        goals = Goals(search)
        return search.first(goals.complete, target(graph.program, goals))

    def _compare(self, machine: Machine, graph: EventGraph, model: Model, witness: Witness | None) -> None:
        """Raises EngineError where the explicit engine says otherwise."""
        from memmodel.engines.enumerate import EnumerateEngine

        left = max(_LEAST, self._decided.deadline - time.monotonic())
        other = EnumerateEngine().run(graph, model, Request(timeout=left))
        if other.observation is None:
            raise OutOfTime
        if (shown(graph.program, other) is None) != (witness is None):
            raise EngineError(f"the engines disagree on {machine.name} {machine.variant}")


def _verdict(architecture: str, found: Sequence[_Found]) -> MachineVerdict:
    showing = [one.machine.variant for one in found if one.witness is not None]
    undecided = next((one.reason for one in found if one.reason is not None), None)
    reachable = True if showing else None if undecided is not None else False
    return MachineVerdict(
        architecture,
        reachable,
        tuple(showing) if len(showing) < len(found) else (),
        undecided if reachable is None else None,
    )


def _steps(program: Program, found: _Found) -> tuple[Step, ...]:
    """The execution, each line of C with the instructions that it becomes."""
    assert found.witness is not None
    model = models.load(found.machine.name).model
    story = tell(Execution(found.graph, model, found.witness))
    compiled = instructions(program, found.machine)
    steps = []
    for row in story.rows:
        span = row.place.span
        text = compiled.get((span.file.name, span.start), "") if span is not None else ""
        said = "; ".join([row.place.code, *row.effects])
        steps.append(Step(story.threads[row.place.thread], said, place(span), row.reordered, text))
    return tuple(steps)
