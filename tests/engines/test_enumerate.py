"""The explicit engine against what the models' definitions and plain interleaving say."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from memmodel.cat.models import load as load_model
from memmodel.cat.terms import Check as Axiom
from memmodel.cat.terms import CheckKind, Model, Op, Sort, base, make
from memmodel.engines._coherence import is_atomic, is_coherent
from memmodel.engines.base import Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.events.unroll import unroll
from memmodel.program import ir
from memmodel.program.ir import LockKind, Operator
from memmodel.program.types import ADDRESS
from memmodel.result import Observation, Result
from tests.events.programs import (
    SPAN,
    Value,
    assign,
    at_end,
    compare_exchange,
    compute,
    equal,
    every,
    fence,
    increment,
    load,
    lock,
    pointer,
    program,
    store,
    when,
    while_,
)

EVERYTHING = Request(states=True, count=True)


def decide(item: ir.Program, model: str | Model = "lkmm", request: Request = EVERYTHING) -> Result:
    chosen = load_model(model).model if isinstance(model, str) else model
    return EnumerateEngine().run(unroll(item), chosen, request)


def axiom(kind: CheckKind, *members: str) -> Axiom:
    """An axiom on a union of base relations."""
    relations = tuple(base(name, Sort.RELATION) for name in members)
    return Axiom(kind, False, make(Op.UNION, Sort.RELATION, relations), "axiom", False)


SC = Model("sc", "interleaving", (axiom(CheckKind.ACYCLIC, "po", "rf", "co", "fr"),), ())
ANYTHING = Model("anything", "no axiom", (), ())

MP = {
    "condition": every(equal(at_end(1, "a"), 1), equal(at_end(1, "b"), 0)),
    "observe": ((1, "a"), (1, "b")),
}
LB = {
    "condition": every(equal(at_end(0, "a"), 1), equal(at_end(1, "b"), 1)),
    "observe": ((0, "a"), (1, "b")),
}


# ── the kernel's model on the classic shapes, whose verdicts its documentation states ────────────


@pytest.mark.parametrize(
    ("writer", "reader", "expected"),
    [
        ((), (), Observation.SOMETIMES),
        ((fence("wmb"),), (), Observation.SOMETIMES),
        ((), (fence("rmb"),), Observation.SOMETIMES),
        ((fence("wmb"),), (fence("rmb"),), Observation.NEVER),
        ((fence("mb"),), (fence("mb"),), Observation.NEVER),
        ((fence("rmb"),), (fence("wmb"),), Observation.SOMETIMES),
    ],
)
def test_message_passing(
    writer: tuple[ir.Instruction, ...], reader: tuple[ir.Instruction, ...], expected: Observation
) -> None:
    first = (store("x", 1), *writer, store("y", 1))
    second = (load("a", "y"), *reader, load("b", "x"))
    result = decide(program(first, second, **MP))  # type: ignore[arg-type]
    assert result.observation is expected
    assert (result.positive, result.negative) == (int(expected is Observation.SOMETIMES), 3)
    assert result.states is not None
    assert len(result.states) == 3 + int(expected is Observation.SOMETIMES)


def test_a_control_dependency_orders_a_later_write() -> None:
    first = (load("a", "x"), when("a", (store("y", 1),)))
    second = (load("b", "y"), fence("mb"), store("x", 1))
    assert decide(program(first, second, **LB)).observation is Observation.NEVER  # type: ignore[arg-type]


def test_a_control_dependency_reaches_only_the_arms() -> None:
    first = (load("a", "x"), when("a", (store("z", 1),)), store("y", 1))
    second = (load("b", "y"), fence("mb"), store("x", 1))
    assert decide(program(first, second, **LB)).observation is Observation.SOMETIMES  # type: ignore[arg-type]


def test_control_passes_through_a_local_that_was_set_under_it() -> None:
    second = (load("b", "y"), fence("mb"), store("x", 1))
    branch = (load("a", "x"), when("a", (assign("c", 1),)), when("c", (store("y", 1),)))
    assert decide(program(branch, second, **LB)).observation is Observation.NEVER  # type: ignore[arg-type]
    value = (load("a", "x"), when("a", (assign("c", 1),)), store("y", "c"))
    assert decide(program(value, second, **LB)).observation is Observation.SOMETIMES  # type: ignore[arg-type]


def test_values_do_not_come_out_of_thin_air() -> None:
    first = (load("a", "x"), store("y", "a"))
    second = (load("b", "y"), store("x", "b"))
    result = decide(program(first, second, **LB), ANYTHING)  # type: ignore[arg-type]
    assert result.states == ((("0:a", "0"), ("1:b", "0")),)


def test_a_circle_through_decisions_is_no_thin_air() -> None:
    first = (load("a", "x"), when("a", (store("y", 1),)))
    second = (load("b", "y"), when("b", (store("x", 1),)))
    assert decide(program(first, second, **LB), ANYTHING).observation is Observation.SOMETIMES  # type: ignore[arg-type]


def test_a_value_may_come_from_a_thread_that_goes_on_only_because_of_it() -> None:
    first = (store("x", 1), load("a", "y"), ir.Assume(equal("a", 1), SPAN))
    second = (load("b", "x"), when("b", (store("y", 1),)))
    result = decide(program(first, second, condition=equal(at_end(1, "b"), 1)), "sc")
    assert (result.observation, result.positive) == (Observation.ALWAYS, 1)


def test_a_plain_race_is_flagged_and_a_marked_one_is_not() -> None:
    plain: frozenset[str] = frozenset()
    both_plain = decide(program((store("x", 1, plain),), (load("a", "x", plain),)))
    assert "data-race" in both_plain.flags
    assert [flag for flag, _ in both_plain.flag_witnesses] == sorted(both_plain.flags)
    assert not decide(program((store("x", 1),), (load("a", "x"),))).flags


def test_a_lock_gives_exclusion() -> None:
    def worker(value: int) -> tuple[ir.Instruction, ...]:
        return (
            lock(LockKind.ACQUIRE),
            load("a", "x"),
            store("x", value),
            load("b", "x"),
            lock(LockKind.RELEASE),
        )

    condition = every(equal(at_end(0, "b"), 1), equal(at_end(1, "b"), 2))
    result = decide(program(worker(1), worker(2), condition=condition))
    assert result.observation is Observation.ALWAYS
    assert result.positive == 2


# ── outcomes ─────────────────────────────────────────────────────────────────────────────────────


def test_a_lock_taken_twice_is_a_deadlock() -> None:
    result = decide(program((lock(LockKind.ACQUIRE), lock(LockKind.ACQUIRE))))
    assert (result.observation, result.no_executions, result.deadlock) == (Observation.NEVER, True, True)


def test_a_lock_never_released_is_a_deadlock_for_the_second_thread() -> None:
    result = decide(program((lock(LockKind.ACQUIRE),), (lock(LockKind.ACQUIRE),)))
    assert result.deadlock


def test_a_filter_that_nothing_meets_is_no_deadlock() -> None:
    body = (lock(LockKind.ACQUIRE), load("a", "x"), lock(LockKind.RELEASE))
    result = decide(program(body, filter_=equal(at_end(0, "a"), 1)))
    assert (result.no_executions, result.deadlock) == (True, False)


def test_a_loop_that_may_go_on_is_cut() -> None:
    body = (load("a", "x"), while_(equal("a", 0), load("a", "x")))
    result = decide(program(body, (store("x", 1),), condition=equal(at_end(0, "a"), 1), observe=((0, "a"),)))
    assert (result.observation, result.cut) == (Observation.ALWAYS, True)
    assert result.states == ((("0:a", "1"),),)
    assert result.positive == 3, "the value arrives at the first, second or third test"


def test_a_null_pointer_is_reported_and_the_rest_goes_on() -> None:
    body = (load("p", "q", type_=ADDRESS), load("a", pointer("p")))
    other = (store("q", ir.Constant(0, ADDRESS), type_=ADDRESS),)
    item = program(body, other, objects={"q": ADDRESS}, initial={"q": ir.Address("x")}, observe=((0, "a"),))
    result = decide(item)
    assert [note.message for note in result.faults] == ["NULL dereference in P0"]
    assert result.states == ((("0:a", "0"),),)
    assert result.positive == 1, "only the execution that reads the pointer before 0 is stored is complete"


def test_a_failed_assertion_is_reported_with_a_witness() -> None:
    body = (load("a", "x"), ir.Assert(equal("a", 0), "a is 0", SPAN))
    result = decide(program(body, (store("x", 1),)))
    (note,) = result.failed_assertions
    assert note.message == "a is 0"
    assert note.witness is not None
    assert 1 in note.witness.values


def test_a_choice_that_only_the_state_shows_is_one_execution_a_value() -> None:
    body = (ir.Choose("a", (3, 5), ir.INT, SPAN),)
    result = decide(program(body, condition=equal(at_end(0, "a"), 3), observe=((0, "a"),)))
    assert result.observation is Observation.SOMETIMES
    assert result.states == ((("0:a", "3"),), (("0:a", "5"),))


def test_the_time_limit_is_kept() -> None:
    threads = [tuple(increment("a") for _ in range(4)) for _ in range(4)]
    result = decide(program(*threads), request=Request(timeout=0.2))
    assert (result.observation, result.timed_out) == (None, True)
    assert result.seconds < 2


# ── pruning changes nothing ──────────────────────────────────────────────────────────────────────


def test_the_axioms_that_prune_are_recognised_in_our_models_and_not_elsewhere() -> None:
    for name in ("lkmm", "sc", "tso"):
        assert is_coherent(load_model(name).model)
        assert is_atomic(load_model(name).model)
    assert is_coherent(SC)
    assert not is_atomic(SC)
    assert not is_coherent(ANYTHING)
    for missing in ("po", "rf", "co", "fr"):
        kept = [m for m in ("po", "rf", "co", "fr") if m != missing]
        assert not is_coherent(Model("m", "", (axiom(CheckKind.ACYCLIC, *kept),), ()))
    assert not is_coherent(Model("m", "", (axiom(CheckKind.IRREFLEXIVE, "po", "rf", "co", "fr"),), ()))


def unrecognised(model: Model) -> Model:
    """The model with each union of an acyclic axiom hidden in a composition with the identity."""
    identity = make(Op.IDENTITY, Sort.RELATION, (make(Op.UNIVERSE, Sort.SET),))
    checks = tuple(
        c if c.flag else Axiom(c.kind, c.negated, make(Op.SEQ, Sort.RELATION, (c.term, identity)), c.name, False)
        for c in model.checks
    )
    return Model(model.name, model.title, checks, ())


@pytest.mark.parametrize("seed", range(25))
def test_pruning_by_coherence_and_atomicity_loses_nothing(seed: int) -> None:
    item = random_program(random.Random(seed), threads=2, length=3)
    model = load_model("lkmm").model
    plain = unrecognised(model)
    assert is_coherent(model)
    assert not is_coherent(plain)
    assert not is_atomic(plain)
    first, second = decide(item, model), decide(item, plain)
    assert (first.states, first.flags) == (second.states, second.flags)
    assert (first.positive, first.negative) == (second.positive, second.negative)


# ── under sequential consistency, plain interleaving is a second opinion ─────────────────────────


@dataclass
class Machine:
    """One interleaving on its way: what is in memory, in the locals, and left to do."""

    memory: dict[str, int]
    locals: list[dict[str, int]]
    todo: list[list[ir.Instruction]] = field(default_factory=list)

    def copy(self) -> Machine:
        return Machine(dict(self.memory), [dict(x) for x in self.locals], [list(x) for x in self.todo])


def computed(value: ir.Expression, values: dict[str, int]) -> int:
    """The value of an expression, by Python's own arithmetic."""
    match value:
        case ir.Constant(number, _):
            return number
        case ir.Local(name, _):
            return values.get(name, 0)
        case ir.Operation(Operator.EQ, (first, second), _):
            return int(computed(first, values) == computed(second, values))
        case ir.Operation(Operator.ADD, (first, second), _):
            return computed(first, values) + computed(second, values)
        case ir.Operation(Operator.XOR, (first, second), _):
            return computed(first, values) ^ computed(second, values)
    raise AssertionError(value)


def name_of(address: ir.Expression) -> str:
    assert isinstance(address, ir.Address)
    return address.object


def steps(machine: Machine, thread: int) -> Iterator[Machine]:
    """All that may come of the thread's next instruction; nothing if it must wait."""
    after = machine.copy()
    instruction = after.todo[thread].pop(0)
    values, memory = after.locals[thread], after.memory
    match instruction:
        case ir.Assign(target, value, _):
            values[target] = computed(value, values)
        case ir.Load(target, address, _, _, _):
            assert target is not None
            values[target] = memory[name_of(address)]
        case ir.Store(address, value, _, _, _):
            memory[name_of(address)] = computed(value, values)
        case ir.ReadModifyWrite():
            values[instruction.old] = memory[name_of(instruction.address)]
            if instruction.condition is None or computed(instruction.condition, values):
                memory[name_of(instruction.address)] = computed(instruction.value, values)
        case ir.If(condition, then, otherwise, _):
            after.todo[thread][:0] = then if computed(condition, values) else otherwise
        case ir.Fence():
            pass
        case ir.Lock(kind, address, target, _):
            held = memory[name_of(address)]
            if kind is LockKind.ACQUIRE and held:
                return
            if kind in (LockKind.ACQUIRE, LockKind.TRY):
                memory[name_of(address)] = 1
            if kind is LockKind.RELEASE:
                memory[name_of(address)] = 0
            if target is not None:
                values[target] = int(not held) if kind is LockKind.TRY else held
        case _:
            raise AssertionError(instruction)
    yield after


def interleavings(item: ir.Program) -> set[tuple[int, ...]]:
    """The final values of all observables, by running every interleaving."""
    start = Machine({o.name: 0 for o in item.objects}, [{} for _ in item.threads], [list(t.body) for t in item.threads])
    found: set[tuple[int, ...]] = set()
    stack = [start]
    seen: set[str] = set()
    while stack:
        machine = stack.pop()
        key = repr((machine.memory, machine.locals, [[id(i) for i in t] for t in machine.todo]))
        if key in seen:
            continue
        seen.add(key)
        if not any(machine.todo):
            final = []
            for observable in item.observables:
                value = observable.value
                if isinstance(value, ir.FinalLocal):
                    final.append(machine.locals[value.thread].get(value.name, 0))
                else:
                    final.append(machine.memory[value.object])
            found.add(tuple(final))
        for thread, todo in enumerate(machine.todo):
            if todo:
                stack.extend(steps(machine, thread))
    return found


def random_body(source: random.Random, length: int, depth: int = 0) -> tuple[ir.Instruction, ...]:
    def value() -> Value:
        choices: list[Value] = [source.randint(0, 2), source.choice("ab")]
        return source.choice([*choices, compute(Operator.XOR, source.choice("ab"), source.randint(0, 2))])

    body: list[ir.Instruction] = []
    for _ in range(length):
        where, local = source.choice("xy"), source.choice("ab")
        kind = source.randrange(9 if depth < 2 else 6)
        match kind:
            case 0 | 1:
                body.append(load(local, where))
            case 2 | 3:
                body.append(store(where, value()))
            case 4:
                body.append(increment(local, where))
            case 5:
                body.append(compare_exchange(local, where, value(), value()))
            case 6:
                body.append(assign(local, value()))
            case 7:
                condition = equal(local, source.randint(0, 1))
                body.append(when(condition, random_body(source, 1, depth + 1), random_body(source, 1, depth + 1)))
            case _:
                inner = random_body(source, 1, 2)
                if source.random() < 0.5:
                    body.extend((lock(LockKind.ACQUIRE), *inner, lock(LockKind.RELEASE)))
                else:
                    held = (*inner, lock(LockKind.RELEASE))
                    body.extend((lock(LockKind.TRY, target="b"), when("b", held)))
    return tuple(body)


def random_program(source: random.Random, threads: int, length: int) -> ir.Program:
    bodies = [random_body(source, source.randint(1, length)) for _ in range(threads)]
    observe = tuple((t, name) for t in range(threads) for name in "ab")
    return program(*bodies, observe=observe, condition=equal(at_end(0, "a"), 1))


@pytest.mark.parametrize("seed", range(60))
def test_sequential_consistency_is_interleaving(seed: int) -> None:
    source = random.Random(seed)
    item = random_program(source, threads=source.randint(2, 3), length=3)
    result = decide(item, "sc")
    assert result.states is not None
    found = {tuple(int(value) for _, value in state) for state in result.states}
    assert found == interleavings(item)
