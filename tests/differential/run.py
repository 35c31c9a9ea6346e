"""Many seeds in; a tally, and a small reproducer for each program on which the tools differ, out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from tests.differential.compare import Comparison, Settings, compare
from tests.differential.generate import generate
from tests.differential.program import Case
from tests.differential.shrink import shrink

BATCH = 40


@dataclass(frozen=True)
class Failure:
    seed: int
    text: str
    """The smallest program found that still shows it."""
    description: str


@dataclass
class Tally:
    """`kinds` counts what the programs were like, so that a generator gone dull can be seen."""

    programs: int = 0
    undecided: list[int] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, other: Tally) -> None:
        self.programs += other.programs
        self.undecided += other.undecided
        self.failures += other.failures
        self.kinds += other.kinds
        self.seconds += other.seconds


def run(seeds: Sequence[int], settings: Settings, jobs: int = 1) -> Iterator[Tally]:
    """The tally of each batch of seeds, as they are done."""
    batches = [seeds[start : start + BATCH] for start in range(0, len(seeds), BATCH)]
    if jobs <= 1:
        yield from (run_batch(batch, settings) for batch in batches)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(run_batch, batches, [settings] * len(batches))


def run_batch(seeds: Sequence[int], settings: Settings) -> Tally:
    tally = Tally()
    for seed in seeds:
        start = time.perf_counter()
        case = generate(seed)
        comparison = compare(case.render(), settings)
        tally.seconds += time.perf_counter() - start
        tally.programs += 1
        tally.kinds.update(_kinds(comparison))
        if comparison.undecided:
            tally.undecided.append(seed)
        elif comparison.differences:
            tally.failures.append(reduce(seed, case, comparison, settings))
    return tally


def reduce(seed: int, case: Case, comparison: Comparison, settings: Settings) -> Failure:
    """The failure of a case, shrunk to a program on which the tools differ in one of the same ways."""
    wanted = set(comparison.differences)

    def still_fails(candidate: Case) -> bool:
        return bool(wanted & set(compare(candidate.render(), settings).differences))

    small = shrink(case, still_fails)
    return Failure(seed, small.render(), compare(small.render(), settings).describe())


def _kinds(comparison: Comparison) -> Iterator[str]:
    _, first = comparison.opinions[0]
    if first.error:
        yield first.error.split(":")[0]
    elif first.none_at_all:
        yield "no execution"
    elif first.observation:
        yield first.observation
    yield from first.flags or ()
