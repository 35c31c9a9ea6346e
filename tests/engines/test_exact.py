"""Programs whose accesses say their sizes: byte areas, what runs after all threads, and what was never written, as both
engines see them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memmodel.cat import models
from memmodel.engines.base import Engine, Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.smt import SmtEngine
from memmodel.errors import Unsupported
from memmodel.events.unroll import unroll
from memmodel.program import ir, spec
from memmodel.program.ir import Operator
from memmodel.program.types import ADDRESS, CHAR, INT, LONG, UINT, ArrayType, Field, StructType
from memmodel.result import Observation, Result
from tests.events.programs import SPAN, at_end, compare, compute, equal, load, store, when

LKMM = models.load("lkmm").model
ENGINES = [SmtEngine(), EnumerateEngine()]
RELEASE, ACQUIRE, PLAIN = frozenset(("release",)), frozenset(("acquire",)), frozenset[str]()
AREA = ir.Object("area", ArrayType(CHAR, 16), unwritten=True)


def exact(
    *threads: tuple[ir.Instruction, ...],
    objects: tuple[ir.Object, ...] = (),
    finish: tuple[ir.Instruction, ...] = (),
) -> ir.Program:
    named = ir.Object("x", INT), ir.Object("pos", INT)
    program = ir.Program(
        "test",
        (*named, *objects),
        tuple(ir.Thread(f"P{i}", body) for i, body in enumerate(threads)),
        ir.Quantifier.NOT_EXISTS,
        ir.Failed(),
        (),
        exact=True,
        finish=finish,
    )
    spec.check(program)
    return program


def decide(program: ir.Program, engine: Engine) -> Result:
    return engine.run(unroll(program), LKMM, Request())


def check(condition: ir.Expression, message: str = "as it should be") -> ir.Assert:
    return ir.Assert(condition, message, SPAN)


def at(local: str, offset: int = 0) -> ir.Expression:
    """The address `offset` bytes after element `local` * 8 of the area."""
    index = ir.Operation(Operator.CAST, (ir.Local(local),), ADDRESS)
    moved = ir.Operation(Operator.MUL, (index, ir.Constant(8, ADDRESS)), ADDRESS)
    return ir.Operation(Operator.ADD, (ir.Address("area", offset), moved), ADDRESS)


def ring(publish: frozenset[str]) -> ir.Program:
    """A record of two 32-bit words, written plainly into a byte area where `pos` says, and published."""
    one = ir.Constant(7, UINT)
    producer = (
        load("p", "pos"),
        store(at("p"), one, PLAIN, UINT),
        store(at("p", 4), one, PLAIN, UINT),
        store("x", 1, publish),
    )
    same = equal(compute(Operator.SUB, ir.Local("a", UINT), ir.Constant(7, UINT), type_=UINT), ir.Constant(0, UINT))
    consumer = (
        load("seen", "x", ACQUIRE),
        when(
            equal("seen", 1),
            (load("c", "pos"), load("a", at("c"), PLAIN, UINT), check(same, "the sample is whole")),
        ),
    )
    return exact(producer, consumer, objects=(AREA,))


@pytest.mark.parametrize("engine", ENGINES, ids=lambda e: e.name)
def test_words_in_a_byte_area_are_published_by_a_release(engine: Engine) -> None:
    found = decide(ring(RELEASE), engine)
    assert found.observation is Observation.NEVER
    assert not found.faults and not found.flags and not found.failed_assertions


@pytest.mark.parametrize("engine", ENGINES, ids=lambda e: e.name)
def test_without_the_release_they_race_and_what_was_never_written_is_read(engine: Engine) -> None:
    found = decide(ring(frozenset(("once",))), engine)
    assert [note.message for note in found.faults] == ["read of what was never written in P1"]


def test_cells_of_an_area_are_what_is_accessed_there() -> None:
    graph = unroll(ring(RELEASE))
    cells = {name: graph.cell_types[at_].size for at_, name in graph.cells.items() if name.startswith("area")}
    assert cells == {"area[0]": 4, "area[4]": 4}


def test_one_byte_of_a_stored_word_is_refused() -> None:
    body = (
        store(ir.Address("area", 0), ir.Constant(1, UINT), PLAIN, UINT),
        load("b", ir.Address("area", 1), PLAIN, CHAR),
    )
    with pytest.raises(Unsupported, match=r"bytes of 'area.*' are accessed with 1 bytes here, and with 4"):
        unroll(exact(body, objects=(AREA,)))


def test_half_of_a_declared_field_is_refused() -> None:
    pair = StructType("pair", (Field("a", LONG, 0), Field("b", LONG, 8)), 16)
    with pytest.raises(Unsupported, match=r"4 bytes to 'pair\.b', which has 8"):
        unroll(exact((load("r", ir.Address("pair", 8)),), objects=(ir.Object("pair", pair),)))


def test_members_of_a_union_share_their_bytes() -> None:
    union = StructType("either", (Field("word", INT, 0), Field("bytes", ArrayType(CHAR, 4), 0)), 4)
    body = (store(ir.Address("u"), 3), load("r", ir.Address("u")), check(equal("r", 3)))
    found = decide(exact(body, objects=(ir.Object("u", union),)), SmtEngine())
    assert found.observation is Observation.NEVER


def test_initial_bytes_make_the_word_that_is_read() -> None:
    initial = {0: ir.Constant(0x34, CHAR), 1: ir.Constant(0x12, CHAR)}
    body = (load("r", ir.Address("area"), PLAIN, INT), check(equal("r", 0x1234)))
    for engine in ENGINES:
        found = decide(exact(body, objects=(replace(AREA, initial=initial),)), engine)
        assert found.observation is Observation.NEVER and not found.faults


INCREMENT = ir.ReadModifyWrite(
    "old",
    ir.Address("x"),
    compute(Operator.ADD, "old", 1),
    None,
    INT,
    frozenset(("once",)),
    frozenset(("once",)),
    True,
    SPAN,
)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda e: e.name)
def test_after_all_threads_final_memory_is_seen(engine: Engine) -> None:
    finish = (load("end", "x", PLAIN), check(equal("end", 2)))
    assert decide(exact((INCREMENT,), (INCREMENT,), finish=finish), engine).observation is Observation.NEVER
    torn = (load("r", "x"), store("x", compute(Operator.ADD, "r", 1)))
    found = decide(exact(torn, torn, finish=finish), engine)
    assert found.observation is Observation.SOMETIMES
    assert [note.message for note in found.failed_assertions] == ["as it should be"]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda e: e.name)
def test_after_all_threads_their_locals_and_an_index_into_memory_are_seen(engine: Engine) -> None:
    array = ir.Object("a", ArrayType(INT, 4), {8: ir.Constant(5)})
    where = ir.Operation(
        Operator.ADD,
        (
            ir.Address("a"),
            ir.Operation(
                Operator.MUL,
                (ir.Operation(Operator.CAST, (at_end(0, "r"),), ADDRESS), ir.Constant(4, ADDRESS)),
                ADDRESS,
            ),
        ),
        ADDRESS,
    )
    finish = (load("v", where, PLAIN), check(compare(Operator.EQ, "v", compute(Operator.MUL, at_end(0, "r"), 0))))
    found = decide(exact((load("r", "x"),), (store("x", 2),), objects=(array,), finish=finish), engine)
    assert found.observation is Observation.SOMETIMES  # 5 where P0 read 2, 0 where it read 0


def test_what_runs_after_all_threads_may_not_write() -> None:
    with pytest.raises(Unsupported, match="a write after all threads"):
        unroll(exact((load("r", "x"),), finish=(store("x", 1),)))
