"""Many programs in, a tally of what the machines show of them against the kernel's model out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from memmodel.engines.base import Request
from memmodel.engines.programs import program_of
from memmodel.engines.run import load_model, primitives_of
from memmodel.engines.smt import SmtEngine
from memmodel.engines.task import Options, Task
from memmodel.errors import Unsupported
from memmodel.events.unroll import unroll
from memmodel.program.ir import Program
from memmodel.program.load import load
from memmodel.result import RACE_FLAG, Result
from memmodel.source import SourceFile
from tests.differential.generate import generate
from tests.machines.sound import KERNEL, Contradiction, compare, compare_verdict

BATCH = 40
Item = TypeVar("Item")


@dataclass
class Tally:
    """`states` sums up how many the kernel's model has: a generator gone dull would be seen there. `skipped` says why a
    program was not compared: that it has a data race, of which the kernel's model says nothing more."""

    programs: int = 0
    states: int = 0
    contradictions: list[tuple[str, tuple[Contradiction, ...]]] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        self.programs += other.programs
        self.states += other.states
        self.contradictions += other.contradictions
        self.undecided += other.undecided
        self.skipped |= other.skipped

    def include(self, name: str, program: Program, timeout: float, kernel: Result | None = None) -> None:
        """`kernel`: what is known already, for when the states are too many."""
        found = compare(program, timeout)
        if found.undecided == (KERNEL,) and kernel is not None:
            found = compare_verdict(program, kernel, timeout)
        self.programs += 1
        self.states += found.states
        if found.contradictions:
            self.contradictions.append((name, found.contradictions))
        if found.undecided:
            self.undecided.append(f"{name} ({', '.join(found.undecided)})")

    def summary(self) -> str:
        return (
            f"{self.programs} programs with {self.states} states: {len(self.contradictions)} unsound, "
            f"{len(self.undecided)} undecided {self.undecided[:10]}, {len(self.skipped)} not compared;"
        )


def of_seeds(seeds: Sequence[int], timeout: float, jobs: int = 1) -> Iterator[Tally]:
    """The tally of each batch of generated programs without plain accesses, as they are done."""
    return _spread(partial(_generated, timeout=timeout), seeds, jobs)


def of_files(paths: Sequence[Path], timeout: float, jobs: int = 1) -> Iterator[Tally]:
    """The tally of each batch of litmus tests, C files or variants of scenarios."""
    return _spread(partial(_read, timeout=timeout), paths, jobs)


def _spread(work: Callable[[Sequence[Item]], Tally], items: Sequence[Item], jobs: int) -> Iterator[Tally]:
    batches = [items[start : start + BATCH] for start in range(0, len(items), BATCH)]
    if jobs <= 1:
        yield from map(work, batches)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(work, batches)


def _generated(seeds: Sequence[int], timeout: float) -> Tally:
    tally = Tally()
    for seed in seeds:
        text = generate(seed, marked=True).render()
        tally.include(f"seed {seed}", load(SourceFile("generated.litmus", text)).program, timeout)
    return tally


def _read(paths: Sequence[Path], timeout: float) -> Tally:
    tally = Tally()
    for path in paths:
        try:
            program = program_of(Task(str(path), Options()), primitives_of(KERNEL)).lowered.program
            kernel = SmtEngine().run(unroll(program), load_model(KERNEL).model, Request(timeout=timeout))
            if kernel.observation is None:
                tally.programs += 1
                tally.undecided.append(f"{path} ({KERNEL})")
            elif RACE_FLAG in kernel.flags:
                tally.skipped[str(path)] = "a data race"
            else:
                tally.include(str(path), program, timeout, kernel)
        except Unsupported as error:
            tally.skipped[str(path)] = error.message
    return tally
