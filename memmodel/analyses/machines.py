"""A decided file in, what each architecture makes of the same program out, and in words what that means."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from memmodel.analyses import observable
from memmodel.analyses.machine_steps import steps_of
from memmodel.analyses.story import Execution
from memmodel.analyses.trial import target
from memmodel.cat.evaluate import judge as evaluate_model
from memmodel.cat.terms import Model
from memmodel.diagnostic import Step
from memmodel.engines.base import Request
from memmodel.engines.run import Decided, Progress, internal, leaning, load_model
from memmodel.engines.search import Search
from memmodel.engines.smt import Goals
from memmodel.engines.solver import OutOfTime
from memmodel.engines.task import EngineChoice
from memmodel.errors import EngineError, Unsupported
from memmodel.events.execution import NotAnExecution, Replay, replay
from memmodel.events.graph import INITIAL, Event, EventGraph, EventKind, FaultKind
from memmodel.events.transport import twins
from memmodel.events.unroll import unroll
from memmodel.machines import registry
from memmodel.machines.machine import Machine
from memmodel.machines.translate import translate
from memmodel.program.ir import Program, Quantifier
from memmodel.records import dataclass, replace
from memmodel.result import RACE_FLAG, FileReport, MachineVerdict, Result, Witness

_LEAST = 0.05
"""Seconds that a search is given at least."""

_ONCE = frozenset(("once",))


@dataclass(frozen=True)
class Found:
    """What a machine does. `witness`: an execution with the outcome; None and no reason: there is none."""

    machine: Machine
    graph: EventGraph | None
    witness: Witness | None
    reason: str | None = None


# ── what is asked ────────────────────────────────────────────────────────────────────────────────


def shown(program: Program, result: Result) -> Witness | None:
    """An execution with the outcome that is asked about: the condition, or for `forall` that it fails."""
    return result.counterexample if program.quantifier is Quantifier.FORALL else result.witness


def _fault(program: Program, result: Result) -> Witness | None:
    """An execution of a C program with a fault, where that is all that goes wrong."""
    if not program.exact or shown(program, result) is not None:
        return None
    faults = (note.witness for note in result.faults if not note.message.startswith(FaultKind.MIXED.value))
    return next((witness for witness in faults if witness is not None), None)


# ── judging ──────────────────────────────────────────────────────────────────────────────────────


def judge(
    decided: Decided, report: FileReport, architectures: Sequence[str], progress: Progress | None = None
) -> FileReport:
    """The report with the verdict of each architecture. The outcome stays what it is, whatever they show; but what an
    architecture shows and the kernel's model forbids is a defect of ours, and makes the report an error. Not so where
    there is a data race, of which the kernel's model says nothing more."""
    program = decided.graph.program
    machines = _Machines(decided)
    found: list[Found] = []
    for name in architectures:
        found += machines.architecture(name)
        if progress is not None:
            progress(replace(undecided(report, architectures), machines=_verdicts(found, architectures)))
    verdicts = _verdicts(found, architectures)
    weakest = next((item.architecture for item in reversed(verdicts) if item.reachable), None)
    usual = next((one for one in found if one.machine.name == weakest and one.witness is not None), None)
    if usual is not None:
        steps = _steps(decided, usual)
        verdicts = tuple(replace(item, steps=steps) if item.architecture == weakest else item for item in verdicts)
    allowed = shown(program, decided.result) is not None or machines.fault
    compiler = _compiler(decided, verdicts, allowed)
    bounded = decided.result.cut and bool(leaning(decided.graph))
    said = observable.sentence(report.model, allowed, verdicts, compiler, bounded)
    late = any(item.reason in (observable.OUT_OF_TIME, observable.OUT_OF_MEMORY) for item in verdicts)
    report = replace(
        report,
        machines=verdicts,
        observable=f"its failure is {said}" if program.quantifier is Quantifier.FORALL else said,
        compiler=bool(compiler),
        incomplete=report.incomplete or late,
    )
    wrong = contradictions(decided, verdicts)
    if wrong:
        names = observable.listed([item.architecture for item in wrong])
        what = f"{names} shows what {report.model} forbids: our model or mapping of it is wrong"
        return replace(internal(decided.task, report, what), observation=report.observation)
    return report


def answers(
    decided: Decided, architectures: Sequence[str], fault: bool = False
) -> Iterator[tuple[MachineVerdict, ...]]:
    """The verdicts, each time that another architecture has answered. `fault`: a fault is asked about, and not whether
    an assertion fails."""
    machines = _Machines(decided, fault)
    found: list[Found] = []
    for name in architectures:
        found += machines.architecture(name)
        yield _verdicts(found, architectures)


def undecided(report: FileReport, architectures: Sequence[str]) -> FileReport:
    """The report before any of them has answered: what is left of it if none does in time."""
    verdicts = tuple(MachineVerdict(name, None, (), observable.OUT_OF_TIME) for name in architectures)
    return replace(report, machines=verdicts, incomplete=True)


def contradictions(decided: Decided, verdicts: Iterable[MachineVerdict]) -> tuple[MachineVerdict, ...]:
    """The architectures that show what the kernel's model, which is to promise no more than any of them, forbids. Of
    models that are not ours nothing is promised."""
    kernel = decided.result
    if decided.task.options.model != observable.KERNEL or RACE_FLAG in kernel.flags or kernel.bounded:
        return ()
    program = decided.graph.program
    if shown(program, kernel) is not None or _fault(program, kernel) is not None:
        return ()
    return tuple(item for item in verdicts if item.reachable)


def _verdicts(found: Sequence[Found], architectures: Sequence[str]) -> tuple[MachineVerdict, ...]:
    """Those of the machines asked so far; the others are not known."""
    return tuple(_verdict(name, [one for one in found if one.machine.name == name]) for name in architectures)


def _verdict(architecture: str, found: Sequence[Found]) -> MachineVerdict:
    if not found:
        return MachineVerdict(architecture, None, (), observable.OUT_OF_TIME)
    showing = [one.machine.variant for one in found if one.witness is not None]
    undecided = next((one.reason for one in found if one.reason is not None), None)
    reachable = True if showing else None if undecided is not None else False
    return MachineVerdict(
        architecture,
        reachable,
        tuple(showing) if len(showing) < len(found) else (),
        undecided if reachable is None else None,
    )


def _steps(decided: Decided, found: Found) -> tuple[Step, ...]:
    assert found.graph is not None
    assert found.witness is not None
    model = load_model(found.machine.name).model
    execution = Execution(found.graph, model, found.witness)
    return steps_of(decided.opened.lowered.program, found.machine, execution, decided.graph)


# ── compilers ────────────────────────────────────────────────────────────────────────────────────


def _compiler(decided: Decided, verdicts: Sequence[MachineVerdict], allowed: bool) -> str:
    """What a compiler may do that no machine does; '' where all is as the instructions have it."""
    said = observable.of_flags(tuple(decided.result.flags))
    if said or not allowed or all(item.reachable for item in verdicts):
        return said
    marked = tuple(_marked(decided.graph))
    if marked == decided.graph.events:
        return ""
    graph = replace(decided.graph, events=marked)
    witness = shown(graph.program, decided.result)
    if witness is None:
        return observable.PLAIN
    try:
        if evaluate_model(decided.model, replay(graph, witness.execution)).allowed:
            return ""
        return observable.REORDERS if _search(graph, decided.model, decided.deadline) is None else ""
    except (OutOfTime, NotAnExecution):
        return observable.PLAIN


def _marked(graph: EventGraph) -> Iterator[Event]:
    """The events with all accesses marked, so that a compiler leaves them as they are."""
    for event in graph.events:
        plain = event.thread != INITIAL and event.kind is not EventKind.FENCE and not event.tags
        yield replace(event, tags=_ONCE) if plain else event


# ── machines ─────────────────────────────────────────────────────────────────────────────────────


class _Machines:
    """The machines that were asked, one after the other: what one shows is tried on the next before a search."""

    def __init__(self, decided: Decided, fault: bool = False) -> None:
        self._decided = decided
        self._shown: list[tuple[EventGraph, Witness]] = []
        self._over = ""
        """Why no more are asked."""
        program = decided.graph.program
        first = shown(program, decided.result)
        if first is not None:
            self._shown.append((decided.graph, first))
        self.fault = fault or _fault(program, decided.result) is not None
        """It is a fault that is asked about."""
        self._negated = program.quantifier is Quantifier.FORALL

    def architecture(self, name: str) -> list[Found]:
        """What an architecture does in each of its variants; those with the same instructions for this program share
        it, and one that shows nothing beyond another is not asked where that shows nothing."""
        found: list[Found] = []
        for machine in registry.variants(name):
            within = next((one for one in found if one.machine.variant == machine.within and machine.within), None)
            if within is not None and within.witness is None and within.reason is None:
                found.append(replace(within, machine=machine))
                continue
            found.append(self._found(machine, found))
        return found

    def _found(self, machine: Machine, others: Sequence[Found]) -> Found:
        if not self._over and time.monotonic() > self._decided.deadline:
            self._over = observable.OUT_OF_TIME
        if self._over:
            return Found(machine, None, None, self._over)
        try:
            program = translate(self._decided.opened.lowered.program, machine)
            same = next((one for one in others if one.graph is not None and one.graph.program == program), None)
            return self._asked(machine, program) if same is None else replace(same, machine=machine)
        except OutOfTime:
            return Found(machine, None, None, observable.OUT_OF_TIME)
        except Unsupported as error:
            return Found(machine, None, None, error.message)
        except MemoryError:
            self._over = observable.OUT_OF_MEMORY
            return Found(machine, None, None, self._over)

    def _asked(self, machine: Machine, program: Program) -> Found:
        graph = unroll(program)
        model = _axioms(machine.name)
        witness = self._carried(graph, model) or _search(graph, model, self._decided.deadline, self.fault)
        if EngineChoice.BOTH is self._decided.task.options.engine:
            self._compare(machine, graph, model, witness)
        if witness is not None and not self.fault:
            self._shown.append((graph, witness))
        return Found(machine, graph, witness)

    def _carried(self, graph: EventGraph, model: Model) -> Witness | None:
        """An execution that showed the outcome elsewhere, if it is one here."""
        for other, witness in reversed(self._shown):
            done = carried(other, witness, graph, model)
            if done is not None and bool(done.value(graph.condition)) is not self._negated:
                return Witness(done.execution, done.values, done.addresses, graph.state(done.value))
        return None

    def _compare(self, machine: Machine, graph: EventGraph, model: Model, witness: Witness | None) -> None:
        """Raises EngineError where the explicit engine says otherwise."""
        from memmodel.engines.enumerate import EnumerateEngine

        left = max(_LEAST, self._decided.deadline - time.monotonic())
        other = EnumerateEngine().run(graph, model, Request(timeout=left))
        if other.observation is None:
            raise OutOfTime
        shows = _fault(graph.program, other) if self.fault else shown(graph.program, other)
        if (shows is None) != (witness is None):
            raise EngineError(f"the engines disagree on {registry.name(machine)}")


@lru_cache(maxsize=8)
def _axioms(architecture: str) -> Model:
    """The model without its flags: they are the kernel's, whose model has raised them."""
    model = load_model(architecture).model
    return replace(model, checks=model.axioms)


def carried(other: EventGraph, witness: Witness, graph: EventGraph, model: Model) -> Replay | None:
    """An execution of another graph as one of this, which the model allows; None where it is none."""
    matched = twins(other, graph)
    if matched is None:
        return None
    try:
        done = replay(graph, matched.execution(replay(other, witness.execution)))
    except NotAnExecution:
        return None
    return done if done.complete and evaluate_model(model, done).allowed else None


def _search(graph: EventGraph, model: Model, deadline: float, fault: bool = False) -> Witness | None:
    """An execution with the outcome. Raises OutOfTime."""
    search = Search(graph, model, max(deadline, time.monotonic() + _LEAST))
    goals = Goals(search)
    if not fault:
        return search.first(goals.complete, target(graph.program, goals))
    faults = [literal for literal, note in goals.faults if not note.message.startswith(FaultKind.MIXED.value)]
    return search.first(goals.assumed, search.literals.disjunction(faults))
