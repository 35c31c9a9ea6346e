"""Every rule over litmus/, the corpus and generated programs: what it says is true, and the founding case is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memmodel.analyses.rules import RULES
from memmodel.errors import MemmodelError
from memmodel.result import Observation
from tests.analyses.rules.programs import (
    ACQUIRE,
    Inspected,
    assert_forbidden_when_ordered,
    assert_without_effect,
    inspected,
)
from tests.differential.generate import generate

LIBRARY = Path(__file__).parents[3] / "litmus"
FILES = sorted(LIBRARY.rglob("*.litmus"))
CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "lkmm"
LARGEST = 60
"""Events: what listing all states takes seconds for is left out."""

WITHOUT_EFFECT = frozenset(("MM101", "MM102", "MM103", "MM104", "MM105", "MM106"))
FOUNDING = {
    "drain-before-atomic": "MM101",
    "drain-after-atomic": "MM101",
    "two-consumers-before-atomic": "MM101",
    "drain-rmb": "MM102",
    "drain-mb-relaxed-claim": "MM107",
    "drain-wmb-relaxed-claim": "MM107",
    "drain-set-release-relaxed-claim": "MM107",
}
"""Rings with a barrier that does not do what it was put there for."""

SOUND = ("drain-wmb", "drain-mb", "drain-set-release", "drain-set-release-acquire-once", "drain-xchg", "two-consumers")
"""Rings whose every barrier does its work."""


def assert_true(seen: Inspected) -> None:
    """Every finding holds when it is put to the engine or to the model's definition."""
    for finding in seen.findings:
        if finding.code in WITHOUT_EFFECT:
            assert_without_effect(seen, finding)
        elif finding.code == "MM107":
            first = finding.related[0].span
            assert_forbidden_when_ordered(seen, finding, first, ACQUIRE)
        else:
            assert finding.span is not None
            labels = [related.label for related in finding.related]
            tags = ACQUIRE if labels == ["the later access"] else frozenset(("mb",))
            assert_forbidden_when_ordered(seen, finding, finding.span, tags)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_the_rules_say_of_the_library_is_true(path: Path) -> None:
    assert_true(inspected(path.read_text()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_never_rests_on_no_barrier_that_a_rule_calls_useless(path: Path) -> None:
    seen = inspected(path.read_text())
    if seen.subject.result.observation is Observation.NEVER:
        useless = [finding for finding in seen.findings if finding.code in WITHOUT_EFFECT]
        assert useless == []


@pytest.mark.parametrize(("name", "code"), FOUNDING.items())
def test_the_founding_case_is_found(name: str, code: str) -> None:
    assert code in inspected((LIBRARY / "ring" / f"{name}.litmus").read_text()).codes


@pytest.mark.parametrize("name", SOUND)
def test_sound_rings_are_left_alone(name: str) -> None:
    assert inspected((LIBRARY / "ring" / f"{name}.litmus").read_text()).findings == ()


@pytest.mark.parametrize("every", [10, pytest.param(1, marks=pytest.mark.thorough)])
def test_every_rule_finds_something_in_generated_programs_and_it_is_true(every: int) -> None:
    """`every`: of how many programs with nothing new one is held against the engines."""
    codes: set[str] = set()
    for seed in range(400):
        seen = inspected(generate(seed).render())
        if seed % every == 0 or not codes.issuperset(seen.codes):
            assert_true(seen)
        codes.update(seen.codes)
    assert codes >= WITHOUT_EFFECT


@pytest.mark.slow
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.thorough)])
def test_what_the_rules_say_of_the_corpus_is_true(every: int) -> None:
    if not CORPUS.is_dir():
        print("skipped: there is no corpus here")
        pytest.skip("there is no corpus here")
    codes: set[str] = set()
    for seen in _corpus(every):
        assert_true(seen)
        codes.update(seen.codes)
    assert len(codes) >= (6 if every == 1 else 3)


def _corpus(every: int) -> Iterator[Inspected]:
    for path in sorted(CORPUS.rglob("*.litmus"))[::every]:
        try:
            seen = inspected(path.read_text(errors="replace"))
        except MemmodelError:
            continue
        if len(seen.subject.graph.events) <= LARGEST:
            yield seen


def test_codes_and_names_are_unique_and_documented() -> None:
    assert [rule.code for rule in RULES] == [f"MM{101 + number}" for number in range(len(RULES))]
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        for section in ("What it finds", "Why it is bad", "Example", "Write instead"):
            assert f"\n{section}\n" in rule.documentation, (rule.code, section)
        assert max(map(len, rule.documentation.splitlines())) <= 80
