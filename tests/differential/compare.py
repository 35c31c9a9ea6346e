"""A litmus text in; what each engine (and herd7, where it is to be had) says of it, and where they differ, out."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from memmodel.cat import models
from memmodel.cat.terms import Model
from memmodel.engines.base import Engine, Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.smt import SmtEngine
from memmodel.events import terms
from memmodel.events.unroll import unroll
from memmodel.machines import registry
from memmodel.machines.translate import translate
from memmodel.program.ir import Program
from memmodel.program.load import load
from memmodel.result import Observation, Result
from memmodel.source import SourceFile

States = frozenset[frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class Opinion:
    """What one tool says of one program. None: it does not say."""

    observation: str | None = None
    flags: frozenset[str] | None = None
    states: States | None = None
    executions: tuple[int, int] | None = None
    none_at_all: bool | None = None
    cut: bool | None = None
    faults: bool | None = None
    error: str | None = None
    """What it raised or printed instead of a verdict; '' where there was one."""
    undecided: bool = False
    """Time ran out: nothing to compare."""


COMPARED = tuple(field.name for field in fields(Opinion) if field.name not in ("undecided", "error"))


@dataclass(frozen=True)
class Comparison:
    opinions: tuple[tuple[str, Opinion], ...]
    """The tool's name and what it says, the first of them as the one that others are held against."""

    @property
    def undecided(self) -> bool:
        return any(opinion.undecided for _, opinion in self.opinions)

    @property
    def differences(self) -> tuple[str, ...]:
        """Names of the fields on which some tool contradicts another; every error counts, as all programs are legal."""
        if self.undecided:
            return ()
        said = [opinion for _, opinion in self.opinions]
        broken = ("error",) if any(opinion.error for opinion in said) else ()
        return broken + tuple(name for name in COMPARED if len({getattr(o, name) for o in said} - {None}) > 1)

    def describe(self) -> str:
        """A line for each tool and field on which they differ."""
        rows = [(name, tool, getattr(opinion, name)) for name in self.differences for tool, opinion in self.opinions]
        return "\n".join(f"  {name}: {tool} says {_shown(value)}" for name, tool, value in rows)


def _shown(value: object) -> str:
    if not isinstance(value, frozenset):
        return str(value)
    items = sorted(" ".join(f"{k}={v};" for k, v in sorted(i)) if isinstance(i, frozenset) else str(i) for i in value)
    return f"{len(items)}: {' | '.join(items)}"


@dataclass(frozen=True)
class Settings:
    """How to compare. `count`: the numbers of executions too. `herd`: the command that runs herd7, '' for none."""

    count: bool = False
    timeout: float = 5.0
    herd: str = ""
    model: str = "lkmm"
    """Also a machine's name, as `registry.find` knows it."""


@lru_cache(maxsize=4)
def _model(spec: str) -> Model:
    machine = registry.find(spec)
    return models.load(spec if machine is None else machine.name).model


def compare(text: str, settings: Settings) -> Comparison:
    """Both engines on `text`, and herd7 where the settings name it."""
    opinions = [(engine.name, _ask(engine, text, settings)) for engine in (EnumerateEngine(), SmtEngine())]
    if settings.herd and not any(opinion.undecided for _, opinion in opinions):
        opinions.append(("herd7", ask_herd(text, settings)))
    return Comparison(tuple(opinions))


def _ask(engine: Engine, text: str, settings: Settings) -> Opinion:
    terms.forget()
    try:
        graph = unroll(_program(text, settings.model))
        result = engine.run(graph, _model(settings.model), Request(True, settings.count, settings.timeout))
    except Exception as error:  # a crash is a finding like any other, and wants its reproducer
        return Opinion(error=f"{type(error).__name__}: {error}")
    return _opinion(result)


def _program(text: str, model: str) -> Program:
    """The program that the text has under that model: in an architecture's instructions, where it is of one."""
    program = load(SourceFile("generated.litmus", text)).program
    machine = registry.find(model)
    return program if machine is None else translate(program, machine)


def _opinion(result: Result) -> Opinion:
    if result.observation is None:
        return Opinion(undecided=True)
    states = None if result.states is None else frozenset(frozenset(state) for state in result.states)
    counted = result.positive is not None and result.negative is not None
    # Whether a verdict leans on a loop bound matters where a longer run could change it.
    leans = result.observation is not Observation.SOMETIMES
    return Opinion(
        observation=result.observation.value,
        flags=result.flags,
        states=states,
        executions=(result.positive or 0, result.negative or 0) if counted else None,
        none_at_all=result.no_executions,
        cut=result.cut if leans else None,
        faults=bool(result.faults),
        error="",
    )


_OBSERVATION = re.compile(r"^Observation .* (\w+) (\d+) (\d+)$", re.MULTILINE)


def ask_herd(text: str, settings: Settings) -> Opinion:
    """What herd7 prints of `text`, read back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.litmus"
        path.write_text(text)
        try:
            run = subprocess.run(
                [*settings.herd.split(), str(path)], capture_output=True, text=True, timeout=3 * settings.timeout
            )
        except subprocess.TimeoutExpired:
            return Opinion(undecided=True)
    found = _OBSERVATION.search(run.stdout)
    if found is None:
        return Opinion(error=(run.stderr or run.stdout).strip()[:300] or "no output")
    executions = int(found[2]), int(found[3])
    flags = frozenset(re.findall(r"^Flag (.*)$", run.stdout, re.MULTILINE))
    return Opinion(
        observation=found[1],
        flags=flags,
        states=_herd_states(run.stdout.splitlines()),
        # An unlock without its lock has no place in the order of the lock there, which makes other executions of one.
        executions=None if "unmatched-unlock" in flags else executions,
        none_at_all=executions == (0, 0),
        error="",
    )


def _herd_states(lines: Sequence[str]) -> States:
    [start] = [index for index, line in enumerate(lines) if line.startswith("States ")]
    count = int(lines[start].split()[1])
    states = []
    for line in lines[start + 1 : start + 1 + count]:
        pairs = (part.strip().split("=", 1) for part in line.split(";") if "=" in part)
        states.append(frozenset((place.strip("[] "), value.strip()) for place, value in pairs))
    return frozenset(states)
