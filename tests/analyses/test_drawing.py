"""The execution that is drawn: the one that the verdict rests on, and a cycle that says why."""

from __future__ import annotations

import re
import time
from functools import lru_cache

import pytest

from memmodel.analyses.drawing import best_picture, picture_of
from memmodel.analyses.explain import Question
from memmodel.engines import run
from memmodel.engines.base import Request
from memmodel.engines.run import Decided, Progress
from memmodel.engines.smt import SmtEngine
from memmodel.engines.task import Options, Task
from memmodel.picture import INITIAL, BoxKind, Edge, Picture
from memmodel.result import FileReport
from tests.analyses.explaining import LIBRARY, line, model, program


@lru_cache
def asked(name: str, spec: str = "lkmm") -> Picture | None:
    """What `show` draws of a test of the library, as `ring/drain-none`."""
    return of_text((LIBRARY / f"{name}.litmus").read_text(), spec)


def of_text(text: str, spec: str = "lkmm") -> Picture | None:
    question = Question(program(text), model(spec), time.monotonic() + 60)
    result = SmtEngine().run(question.graph, question.model, Request(timeout=60.0))
    return best_picture(question, result, "test.litmus")


def drawn(name: str, spec: str = "lkmm") -> Picture:
    found = asked(name, spec)
    assert found is not None
    return found


@lru_cache
def at_hand(name: str) -> Picture | None:
    """What a report shows of it."""
    found: list[Picture | None] = []

    def look(decided: Decided, report: FileReport) -> FileReport:
        found.append(picture_of(decided))
        return report

    path = str(LIBRARY / f"{name}.litmus")
    progress: Progress = lambda report: None  # noqa: E731
    run.check_file(Task(path, Options()), progress, look)
    return found[0]


def cycle(picture: Picture) -> list[Edge]:
    """The edges of the cycle, each after the one that leads to it; they are all there are."""
    left = {edge.first: edge for edge in picture.edges if edge.cycle}
    assert len(left) == sum(edge.cycle for edge in picture.edges), "one edge leaves each box"
    start = min(left)
    way = [left.pop(start)]
    while way[-1].second != start:
        way.append(left.pop(way[-1].second))
    assert not left
    return way


def relations(picture: Picture) -> list[str]:
    """The names on the cycle."""
    return [edge.relation for edge in cycle(picture)]


LIBRARY_NAMES = sorted(f"{path.parent.name}/{path.stem}" for path in LIBRARY.glob("*/*.litmus"))
SOME = LIBRARY_NAMES[::5]


# ── what is shown ────────────────────────────────────────────────────────────────────────────────


def test_message_passing_without_barriers_has_two_pairs_that_nothing_orders() -> None:
    picture = drawn("classic/MP")
    assert picture.allowed and picture.verdict == "Sometimes" and not picture.axiom
    assert relations(picture) == ["po", "rf", "po", "fr"]
    assert "nothing orders a WRITE_ONCE after a WRITE_ONCE" in picture.caption
    assert dict(picture.state) == {"1:r0": "1", "1:r1": "0"}


def test_with_both_barriers_they_are_what_closes_the_cycle() -> None:
    picture = drawn("classic/MP+wmb+rmb")
    assert not picture.allowed and picture.axiom == "happens-before" and picture.verdict == "Never"
    assert relations(picture) == ["wmb", "rf", "rmb", "fr"]
    assert next(edge.rule for edge in cycle(picture)).startswith("smp_wmb() line 15 orders")
    assert not any(box.step or box.reordered for box in picture.boxes)


def test_in_the_founding_case_one_side_is_ordered_and_the_other_is_not() -> None:
    name = "ring/drain-before-atomic"
    picture = drawn(name)
    store, clear = line(name, "smp_store_release(cons, 1)"), line(name, "atomic_set(busy, 0)")
    way = cycle(picture)
    assert [edge.relation for edge in way] == ["po", "rf", "mb", "fr"]
    assert [picture.boxes[n].line for n in (way[0].first, way[0].second)] == [store, clear]
    assert "nothing orders an atomic_set after a release store" in way[0].rule
    assert {box.line for box in picture.boxes if box.reordered} == {store, clear}


def test_a_read_modify_write_is_one_box() -> None:
    update = next(box for box in drawn("ring/drain-none").boxes if box.kind is BoxKind.UPDATE)
    assert update.event == "R[mb] busy=0, W[mb] busy=1"
    assert update.code == "atomic_cmpxchg(busy, 0, 1)"


def test_readers_that_disagree_are_ordered_each_for_itself() -> None:
    picture = drawn("classic/IRIW+acquire+acquire")
    assert picture.allowed
    assert sorted(relations(picture)) == ["acq-po", "acq-po", "fr", "fr", "rf", "rf"]
    assert "no order that all CPUs agree on" in picture.caption


@pytest.mark.parametrize(
    ("name", "axiom"),
    [
        ("classic/CoRR", "coherence"),
        ("classic/IRIW+mb+mb", "propagation"),
        ("rcu/LB+sync+rscs", "rcu"),
        ("plain/MP+plain-data+wmb+rmb", "plain-coherence"),
        ("rmw/cmpxchg-one-winner", "atomic"),
    ],
)
def test_the_axiom_that_forbids_is_named(name: str, axiom: str) -> None:
    picture = drawn(name)
    assert not picture.allowed and picture.axiom == axiom and axiom in picture.caption
    assert cycle(picture)


def test_a_grace_period_and_a_critical_section_are_on_the_cycle_they_make() -> None:
    found = relations(drawn("rcu/LB+sync+rscs"))
    assert "gp" in found and "rcu-rscs^-1" in found


@pytest.mark.parametrize("name", ["deps/LB+data+data", "ring/drain-error-header"])
def test_where_the_values_are_impossible_an_allowed_execution_is_shown(name: str) -> None:
    picture = drawn(name)
    assert picture.allowed and not any(edge.cycle for edge in picture.edges)
    assert "whatever the model" in picture.caption and "another execution" in picture.caption


def test_where_every_cpu_keeps_to_its_program_nothing_is_bold() -> None:
    text = (LIBRARY / "classic/MP.litmus").read_text().replace("1:r0=1 /\\ 1:r1=0", "1:r0=1 /\\ 1:r1=1")
    picture = of_text(text)
    assert picture is not None and picture.allowed
    assert not any(edge.cycle for edge in picture.edges) and not any(box.reordered for box in picture.boxes)
    assert "interleaving" in picture.caption


def test_of_forall_an_execution_is_shown_that_fails_it() -> None:
    text = (
        (LIBRARY / "classic/MP.litmus").read_text().replace("exists (1:r0=1 /\\ 1:r1=0)", "forall (1:r0=0 \\/ 1:r1=1)")
    )
    picture = of_text(text)
    assert picture is not None and picture.allowed
    assert dict(picture.state) == {"1:r0": "1", "1:r1": "0"}


def test_an_unannounced_race_is_shown_as_such() -> None:
    text = (LIBRARY / "plain/MP+plain.litmus").read_text().replace("Sometimes DATARACE", "Sometimes")
    picture = of_text(text)
    assert picture is not None
    (race,) = [edge for edge in picture.edges if edge.relation == "race"]
    codes = {picture.boxes[n].code for n in (race.first, race.second)}
    assert codes in ({"*x = 1", "*x"}, {"*y = 1", "*y"})
    assert picture.caption.startswith("Data race:")


@pytest.mark.parametrize("name", ["locks/lock-never-released", "locks/lock-twice"])
def test_a_deadlock_has_no_execution_to_draw(name: str) -> None:
    assert asked(name) is None and at_hand(name) is None


# ── other models ─────────────────────────────────────────────────────────────────────────────────


def test_sequential_consistency_forbids_store_buffering_by_program_order_alone() -> None:
    picture = drawn("classic/SB", "sc")
    assert not picture.allowed and picture.axiom == "sequential-consistency"
    assert relations(picture) == ["po", "fr", "po", "fr"]


def test_a_store_buffer_allows_it_and_a_full_barrier_does_not() -> None:
    assert drawn("classic/SB", "tso").allowed
    picture = drawn("classic/3.SB+mb+mb+mb", "tso")
    assert not picture.allowed and picture.axiom == "total-store-order"
    assert relations(picture) == ["mb", "fr"] * 3


# ── every picture ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", SOME)
def test_a_picture_fits_together(name: str) -> None:
    for picture in (asked(name), at_hand(name)):
        if picture is None:
            continue
        assert [box.number for box in picture.boxes] == list(range(len(picture.boxes)))
        assert all(box.thread in range(-1, len(picture.threads)) for box in picture.boxes)
        assert bool(picture.axiom) is not picture.allowed
        if picture.axiom:
            assert cycle(picture)
        for edge in picture.edges:
            first, second = picture.boxes[edge.first], picture.boxes[edge.second]
            assert edge.rule.endswith(".")
            if edge.relation == "po":
                assert first.thread == second.thread and first.number < second.number
            if edge.relation == "rf":
                assert value(second.event, "R") == value(first.event or f"W {first.code}".replace(" = ", "="), "W")


def value(event: str, kind: str) -> str:
    """The cell and value of an event, as in `R[once] x=1`."""
    found = re.search(rf"\b{kind}(?:\[[^]]*\])? ([^,]*)", event)
    assert found is not None, event
    return found[1]


@pytest.mark.parametrize("name", SOME)
def test_in_the_order_of_the_steps_each_read_sees_the_last_write(name: str) -> None:
    picture = asked(name)
    if picture is None or not picture.allowed:
        return
    memory = dict(box.code.split(" = ") for box in picture.boxes if box.thread == INITIAL)
    steps = sorted((box for box in picture.boxes if box.step), key=lambda box: box.step)
    assert [box.step for box in steps] == list(range(1, len(steps) + 1))
    for box in steps:
        for kind, cell, found in re.findall(r"\b([RW])(?:\[[^]]*\])? ([^=,]+)=([^,]+)", box.event):
            if kind == "R":
                assert memory.get(cell, found) == found
            memory[cell] = found
    for thread in range(len(picture.threads)):
        mine = [box.step for box in picture.boxes if box.thread == thread and not box.reordered]
        assert mine == sorted(mine)


def test_what_is_at_hand_and_what_is_asked_for_agree_on_what_is_possible() -> None:
    for name in SOME:
        one, other = asked(name), at_hand(name)
        assert (one is None) is (other is None)
        if one is not None and other is not None:
            assert (one.allowed, one.verdict) == (other.allowed, other.verdict)


# ── C ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_scenario_is_shown_without_what_plays_no_part() -> None:
    from memmodel.cli.programs import program_of
    from memmodel.engines.programs import settled

    path = str(LIBRARY.parent / "scenarios" / "bpf-user-ringbuf:as-merged")
    options = settled(Options(), path, frozenset())
    opened = program_of(Task(path, options), run.primitives_of(options.model))
    question = Question(opened.lowered.program, model(), time.monotonic() + 60)
    result = SmtEngine().run(question.graph, question.model, Request(timeout=60.0))
    picture = best_picture(question, result, path)
    assert picture is not None and len(picture.boxes) < 30
    codes = [(picture.boxes[e.first].code, e.relation, picture.boxes[e.second].code) for e in cycle(picture)]
    assert (
        "smp_store_release(&ring->consumer_pos, pos + record_size(length))",
        "po",
        "atomic_set(&ring->busy, 0)",
    ) in codes
    assert re.search(r"Not drawn: \d+ accesses", picture.caption)
    files = {source.file: source for source in picture.sources}
    for box in picture.boxes:
        if box.line:
            source = files[box.file]
            assert box.code.split("(")[0].split()[0] in source.lines[box.line - source.first]
