"""A decided file in, what each architecture makes of the same program out, and in words what that means."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from memmodel.analyses.story import Execution, tell
from memmodel.cat import models
from memmodel.diagnostic import Step, place
from memmodel.engines.base import Engine, Request
from memmodel.engines.run import Decided
from memmodel.events.graph import EventGraph
from memmodel.events.unroll import unroll
from memmodel.machines import registry
from memmodel.machines.machine import Machine
from memmodel.machines.translate import instructions, translate
from memmodel.program.ir import Program, Quantifier
from memmodel.records import dataclass, replace
from memmodel.result import RACE_FLAG, FileReport, MachineVerdict, Outcome, Result, Witness

_LEAST = 0.05
"""Seconds that a search is given at least."""


@dataclass(frozen=True)
class _Found:
    machine: Machine
    graph: EventGraph
    result: Result

    @property
    def witness(self) -> Witness | None:
        return shown(self.graph.program, self.result)


def shown(program: Program, result: Result) -> Witness | None:
    """An execution with the outcome that is asked about: the condition, or for `forall` that it fails."""
    return result.counterexample if program.quantifier is Quantifier.FORALL else result.witness


def judge(decided: Decided, report: FileReport, engines: Sequence[Engine], architectures: Iterable[str]) -> FileReport:
    """The report with the verdict of each architecture. An outcome that an architecture shows and the kernel's model
    forbids is a defect of ours, and makes the report an error; not where there is a data race, of which the kernel's
    model says nothing more."""
    found = [one for name in architectures for one in _verdicts(decided, engines, name)]
    verdicts = tuple(_verdict(name, [one for one in found if one.machine.name == name]) for name in architectures)
    weakest = next((one for one in reversed(found) if one.witness is not None), None)
    if weakest is not None and weakest.witness is not None:
        steps = _steps(decided.graph.program, weakest)
        verdicts = tuple(
            replace(item, steps=steps) if item.architecture == weakest.machine.name else item for item in verdicts
        )
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
    everywhere = set(registry.ARCHITECTURES) <= {item.architecture for item in verdicts}
    nobody = "no current architecture shows it" if everywhere else f"not observable on {_listed_all(verdicts)}"
    return f"allowed by {model}, {nobody}{left}{compiler}"


def _listed_all(verdicts: Sequence[MachineVerdict]) -> str:
    return _listed([item.architecture for item in verdicts if item.reachable is False]) or "any that was decided"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _verdicts(decided: Decided, engines: Sequence[Engine], architecture: str) -> list[_Found]:
    """What an architecture does in each of its variants; those with the same instructions for this program share it."""
    found: list[_Found] = []
    for machine in registry.variants(architecture):
        program = translate(decided.opened.lowered.program, machine)
        same = next((one for one in found if one.graph.program == program), None)
        if same is not None:
            found.append(replace(same, machine=machine))
            continue
        graph = unroll(program)
        model = models.load(machine.name).model
        results = []
        for engine in engines:
            left = max(_LEAST, decided.deadline - time.monotonic())
            results.append(engine.run(graph, model, Request(timeout=left)))
        found.append(_Found(machine, graph, _agreed(machine, results)))
    return found


def _agreed(machine: Machine, results: Sequence[Result]) -> Result:
    """The result of several engines: the first one's, unless they differ."""
    from memmodel.errors import EngineError

    decided = [result for result in results if result.observation is not None]
    if len({result.observation for result in decided}) > 1:
        raise EngineError(f"the engines disagree on {machine.name}: {', '.join(str(r.observation) for r in decided)}")
    return results[0] if len(decided) == len(results) else next(r for r in results if r.observation is None)


def _verdict(architecture: str, found: Sequence[_Found]) -> MachineVerdict:
    showing = [one.machine.variant for one in found if one.witness is not None]
    undecided = next((one.result for one in found if one.result.observation is None), None)
    reachable = True if showing else None if undecided is not None else False
    first = next((one for one in found if one.witness is not None), found[0])
    return MachineVerdict(
        architecture,
        first.result.observation if reachable is not None else None,
        reachable,
        tuple(showing) if len(showing) < len(found) else (),
        undecided.reason if undecided is not None and not showing else None,
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
