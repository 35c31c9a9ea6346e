"""GCC's and C11's atomic functions: which accesses of the kernel's model their orderings ask for, and which it has none
for.

The facts are those of the GCC manual ("__atomic Builtins", "__sync Builtins") and of ISO C11 7.17.
"""

from __future__ import annotations

import pytest

from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.smt import SmtEngine
from memmodel.errors import SyntaxError, Unsupported
from memmodel.events.unroll import unroll
from memmodel.frontends.c.atomics import find
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.frontends.c.text.includes import Includes
from memmodel.frontends.c.text.preprocess import preprocess
from memmodel.program.ir import Operator
from memmodel.program.primitives import DEFAULT, Action, Argument, Primitive, Tags
from memmodel.result import Observation
from memmodel.source import SourceFile
from memmodel.syntax import tree
from tests.events.programs import at_end, compare_exchange, equal, every, load, program, store

ACQUIRE, RELEASE, ONCE, MB = (frozenset((tag,)) for tag in ("acquire", "release", "once", "mb"))


def primitive(call: str, include: str = "#include <stdatomic.h>") -> Primitive | None:
    """What `find` says of a call."""
    text = f"{include}\nint x, y;\nvoid P0(int order)\n{{\n\t{call};\n}}\n"
    unit = Unit(preprocess(SourceFile("harness.c", text), Includes(), {}))
    function = unit.function("P0")
    assert function is not None
    statement = function.body.body[0]
    assert isinstance(statement, tree.Evaluate)
    node = statement.expression
    while isinstance(node, tree.Cast):
        node = node.operand
    assert isinstance(node, tree.Call)

    def constant(expression: tree.Expression) -> int | None:
        match expression:
            case tree.Number():
                return expression.value
            case tree.Cast():
                return constant(expression.operand)
            case tree.Name():
                value = unit.enumerator(expression.text)
                return None if value is None else constant(value)
        return 0 if expression.span.text == "NULL" else None

    return find(node, constant)


def step_tags(call: str) -> Tags:
    found = primitive(call)
    assert found is not None
    return found.steps[0].tags


@pytest.mark.parametrize(
    ("call", "tag"),
    [
        ("__atomic_load_n(&x, __ATOMIC_RELAXED)", "once"),
        ("__atomic_load_n(&x, __ATOMIC_ACQUIRE)", "acquire"),
        ("atomic_load_explicit(&x, memory_order_relaxed)", "once"),
        ("atomic_load_explicit(&x, memory_order_acquire)", "acquire"),
    ],
)
def test_loads_are_as_strong_as_they_say(call: str, tag: str) -> None:
    assert step_tags(call).read == {tag}


@pytest.mark.parametrize(
    ("call", "tag"),
    [
        ("__atomic_store_n(&x, 1, __ATOMIC_RELAXED)", "once"),
        ("__atomic_store_n(&x, 1, __ATOMIC_RELEASE)", "release"),
        ("atomic_store_explicit(&x, 1, memory_order_release)", "release"),
        ("__atomic_clear(&x, __ATOMIC_RELEASE)", "release"),
        ("atomic_flag_clear_explicit(&x, memory_order_release)", "release"),
        ("__sync_lock_release(&x)", "release"),
    ],
)
def test_stores_are_as_strong_as_they_say(call: str, tag: str) -> None:
    assert step_tags(call).write == {tag}


@pytest.mark.parametrize(
    ("order", "read", "write"),
    [
        ("relaxed", ONCE, ONCE),
        ("acquire", ACQUIRE, ACQUIRE),
        ("release", RELEASE, RELEASE),
        ("acq_rel", ACQUIRE, RELEASE),
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        "__atomic_exchange_n(&x, 1, {})",
        "__atomic_fetch_add(&x, 1, {})",
        "__atomic_sub_fetch(&x, 1, {})",
        "__atomic_test_and_set(&x, {})",
        "__atomic_compare_exchange_n(&x, &y, 1, 0, {}, __ATOMIC_RELAXED)",
        "atomic_exchange_explicit(&x, 1, {})",
        "atomic_fetch_or_explicit(&x, 1, {})",
        "atomic_compare_exchange_strong_explicit(&x, &y, 1, {}, memory_order_relaxed)",
    ],
)
def test_operations_are_as_strong_as_they_say(
    call: str, order: str, read: frozenset[str], write: frozenset[str]
) -> None:
    tags = step_tags(call.format(f"memory_order_{order}"))
    assert (tags.read, tags.write) == (read, write)


@pytest.mark.parametrize(
    ("call", "operator", "action"),
    [
        ("__atomic_fetch_add(&x, 2, 0)", Operator.ADD, Action.FETCH_OPERATE),
        ("__atomic_xor_fetch(&x, 2, 0)", Operator.XOR, Action.OPERATE_RETURN),
        ("__sync_fetch_and_or(&x, 2)", Operator.OR, Action.FETCH_OPERATE),
        ("__sync_sub_and_fetch(&x, 2)", Operator.SUB, Action.OPERATE_RETURN),
        ("atomic_fetch_and_explicit(&x, 2, memory_order_relaxed)", Operator.AND, Action.FETCH_OPERATE),
    ],
)
def test_the_value_is_the_old_or_the_new_one_as_the_name_says(call: str, operator: Operator, action: Action) -> None:
    found = primitive(call)
    assert found is not None
    (step,) = found.steps
    assert (step.operator, step.action, step.operands) == (operator, action, (Argument(1),))


@pytest.mark.parametrize("call", ["__sync_fetch_and_add(&x, 1)", "__sync_val_compare_and_swap(&x, 0, 1)"])
def test_sync_builtins_are_full_barriers(call: str) -> None:
    assert step_tags(call) == Tags(MB, MB)


def test_sync_lock_test_and_set_only_acquires() -> None:
    assert step_tags("__sync_lock_test_and_set(&x, 1)").read == ACQUIRE


@pytest.mark.parametrize(
    ("call", "tags"),
    [
        ("__atomic_thread_fence(__ATOMIC_SEQ_CST)", [MB]),
        ("atomic_thread_fence(memory_order_seq_cst)", [MB]),
        ("__sync_synchronize()", [MB]),
        ("atomic_signal_fence(memory_order_seq_cst)", [frozenset(("barrier",))]),
        ("atomic_thread_fence(memory_order_relaxed)", []),
    ],
)
def test_fences(call: str, tags: list[frozenset[str]]) -> None:
    found = primitive(call)
    assert found is not None
    assert [step.tags.write for step in found.steps] == tags


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        ("__atomic_load_n(&x, __ATOMIC_SEQ_CST)", "use acquire"),
        ("atomic_load(&x)", "use acquire"),
        ("atomic_store(&x, 1)", "use release"),
        ("atomic_exchange(&x, 1)", "use acq_rel"),
        ("atomic_compare_exchange_strong(&x, &y, 1)", "use acq_rel"),
        ("atomic_flag_test_and_set(&x)", "use acq_rel"),
        ("__atomic_fetch_add(&x, 1, __ATOMIC_SEQ_CST)", "use acq_rel"),
        ("__atomic_load_n(&x, __ATOMIC_CONSUME)", "use relaxed"),
        ("atomic_thread_fence(memory_order_acquire)", "put acquire on the load"),
        ("atomic_thread_fence(memory_order_release)", "put release on the store"),
        ("atomic_thread_fence(memory_order_acq_rel)", "put acquire and release"),
        ("__atomic_compare_exchange_n(&x, &y, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_SEQ_CST)", "use acquire or relaxed"),
        ("__atomic_load_n(&x, order)", "expected memory_order_acquire"),
    ],
)
def test_what_the_model_has_nothing_for_is_refused_with_what_to_use_instead(call: str, hint: str) -> None:
    with pytest.raises(Unsupported) as caught:
        primitive(call)
    assert caught.value.span is not None and caught.value.span.line == 5
    assert (caught.value.hint or "").startswith(hint)


@pytest.mark.parametrize(
    "call",
    [
        "__atomic_load_n(&x, __ATOMIC_RELEASE)",
        "__atomic_store_n(&x, 1, __ATOMIC_ACQUIRE)",
        "__atomic_compare_exchange_n(&x, &y, 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELEASE)",
        "__atomic_load_n(&x, 7)",
        "__atomic_load_n(&x)",
    ],
)
def test_what_c_does_not_allow_is_an_error(call: str) -> None:
    with pytest.raises(SyntaxError):
        primitive(call)


def test_a_weak_compare_and_exchange_may_fail_for_no_reason() -> None:
    for call, spurious in (
        ("atomic_compare_exchange_weak_explicit(&x, &y, 1, 0, 0)", True),
        ("atomic_compare_exchange_strong_explicit(&x, &y, 1, 0, 0)", False),
        ("__atomic_compare_exchange_n(&x, &y, 1, 1, 0, 0)", True),
        ("__atomic_compare_exchange_n(&x, &y, 1, 0, 0, 0)", False),
        ("__atomic_compare_exchange_n(&x, &y, 1, order, 0, 0)", True),
    ):
        found = primitive(call)
        assert found is not None
        assert found.steps[0].spurious is spurious


# ── names that the kernel has too ────────────────────────────────────────────────────────────────


def test_an_address_written_second_makes_it_the_kernels_function() -> None:
    assert primitive("atomic_fetch_add(1, &x)") is None
    assert primitive("atomic_fetch_add(1, &x)", include="") is None


def test_an_address_written_first_makes_it_c11s_function() -> None:
    with pytest.raises(Unsupported, match="seq_cst"):
        primitive("atomic_fetch_add(&x, 1)", include="")


def test_without_addresses_the_header_decides() -> None:
    assert primitive("atomic_fetch_add(x, y)", include="") is None
    with pytest.raises(Unsupported, match="seq_cst"):
        primitive("atomic_fetch_add(x, y)")


def test_other_functions_are_none_of_these() -> None:
    assert primitive("READ_ONCE(x)") is None
    assert primitive("ring_put(&x)") is None


def test_publishing_null_orders_nothing() -> None:
    assert primitive("rcu_assign_pointer(x, 0)") is DEFAULT.find("WRITE_ONCE")
    assert primitive("rcu_assign_pointer(x, y)") is None


# ── the order of a failure ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("failed", "observed"), [(None, Observation.SOMETIMES), (ACQUIRE, Observation.NEVER)])
@pytest.mark.parametrize("engine", [SmtEngine(), EnumerateEngine()])
def test_a_failed_compare_and_exchange_acquires_if_it_says_so(
    failed: frozenset[str] | None, observed: Observation, engine: SmtEngine | EnumerateEngine
) -> None:
    writer = store("x", 1), store("y", 1, RELEASE)
    reader = compare_exchange("seen", "y", 0, 2, ACQUIRE, None, failed), load("data", "x")
    late = every(equal(at_end(1, "seen"), 1), equal(at_end(1, "data"), 0))
    graph = unroll(program(writer, reader, condition=late))
    assert engine.run(graph, models.load("lkmm").model, Request()).observation is observed


def test_the_order_of_a_failure_is_that_of_the_failed_read() -> None:
    call = "__atomic_compare_exchange_n(&x, &y, 1, 0, __ATOMIC_ACQ_REL, {})"
    assert step_tags(call.format("__ATOMIC_ACQUIRE")) == Tags(ACQUIRE, RELEASE, ACQUIRE)
    assert step_tags(call.format("__ATOMIC_RELAXED")) == Tags(ACQUIRE, RELEASE)
