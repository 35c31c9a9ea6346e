"""Every variant of every scenario is as its scenario.toml says: two of each at every run, more
of them in the slow set, all in the thorough one.

Variants on the kernel's own code are checked where KERNEL_TREE names a tree (`make kernel-tree` fetches one).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from memmodel.engines.programs import settled
from memmodel.engines.run import check_file
from memmodel.engines.task import EngineChoice, Options, Task
from memmodel.frontends.scenario import FILE, Scenario, Variant, load
from memmodel.result import FileReport, Outcome
from tests.sampling import one_in

ROOT = Path(__file__).parent.parent
TREE = os.environ.get("KERNEL_TREE")
PATIENCE = 300.0
"""Seconds for a variant: on a loaded machine it may take many times what it takes alone."""

SCENARIOS = {path.parent.name: load(str(path.parent)) for path in sorted((ROOT / "scenarios").glob(f"*/{FILE}"))}
VARIANTS = {f"{name}:{variant.name}": variant for name, item in SCENARIOS.items() for variant in item.variants}
OF_OUR_OWN = {name: variant for name, variant in VARIANTS.items() if not variant.tree}
OF_THE_KERNEL = {name: variant for name, variant in VARIANTS.items() if variant.tree}
FOR_BOTH = {name: variant for name, variant in OF_OUR_OWN.items() if len(variant.engines) == 2}


def first(scenario: Scenario, never: bool) -> list[str]:
    """The name of the first variant that is right, or of the first that is not."""
    found = (v for v in scenario.variants if not v.tree and (v.expectation.verdict == "Never") == never)
    return [f"{Path(v.folder).name}:{v.name}" for v in found][:1]


ONE_FOR_BOTH = [
    next(n for n in FOR_BOTH if n.startswith(f"{item}:")) for item in {n.split(":")[0]: 0 for n in FOR_BOTH}
]

SAMPLE = [name for item in SCENARIOS.values() for never in (True, False) for name in first(item, never)]


def check(variant: Variant, engine: EngineChoice | None = None) -> FileReport:
    chosen = frozenset(("timeout", "engine") if engine is not None else ("timeout",))
    options = Options(engine=engine or EngineChoice.SMT, timeout=PATIENCE, memory=None, tree=TREE)
    return check_file(Task(variant.path, settled(options, variant.path, chosen)), lambda report: None)


def is_as_it_says(report: FileReport) -> bool:
    assert report.outcome is Outcome.PASS, f"{report.outcome.value}: {report.reason}"
    return True


@pytest.mark.parametrize("name", SAMPLE)
def test_a_right_and_a_wrong_variant_are_what_they_say(name: str) -> None:
    assert is_as_it_says(check(VARIANTS[name]))


@pytest.mark.slow
@pytest.mark.parametrize("name", one_in(10, [name for name in OF_OUR_OWN if name not in SAMPLE]))
def test_a_variant_is_what_it_says(name: str) -> None:
    assert is_as_it_says(check(VARIANTS[name]))


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in FOR_BOTH if name not in ONE_FOR_BOTH])
def test_both_engines_find_the_same_in_every_variant_that_both_can_decide(name: str) -> None:
    assert is_as_it_says(check(VARIANTS[name], EngineChoice.BOTH))


@pytest.mark.slow
@pytest.mark.parametrize("name", one_in(3, ONE_FOR_BOTH))
def test_both_engines_find_the_same_in_a_variant_that_both_can_decide(name: str) -> None:
    assert is_as_it_says(check(VARIANTS[name], EngineChoice.BOTH))


@pytest.mark.slow
@pytest.mark.skipif(TREE is None, reason="KERNEL_TREE does not name a kernel source tree")
@pytest.mark.parametrize("name", OF_THE_KERNEL)
def test_the_kernel_s_own_code_is_what_the_variant_says(name: str) -> None:
    assert is_as_it_says(check(VARIANTS[name]))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_explains_itself(name: str) -> None:
    scenario = SCENARIOS[name]
    assert scenario.title and scenario.shows and scenario.origin
    assert (ROOT / "scenarios" / name / "README.md").read_text().startswith("# ")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_has_a_right_variant_and_two_wrong_ones(name: str) -> None:
    stated = [variant.expectation for variant in SCENARIOS[name].variants]
    right = [it.verdict == "Never" and not it.race and it.fault is None for it in stated]
    assert right.count(True) >= 1
    assert right.count(False) >= 2


def test_there_are_scenarios() -> None:
    assert {"bpf-user-ringbuf", "bpf-ringbuf", "circular-buffer"} <= set(SCENARIOS)
    assert OF_THE_KERNEL
    assert FOR_BOTH
