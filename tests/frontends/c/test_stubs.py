"""What is said of functions that nobody defines: the name, its place, and what to put into the harness instead."""

from __future__ import annotations

import pytest

from memmodel.errors import SyntaxError
from memmodel.frontends.c.lowering.stubs import advice
from tests.frontends.c.harness import program


@pytest.mark.parametrize(
    ("call", "word"),
    [
        ("kmalloc(8, 0)", "object"),
        ("kzalloc(8, 0)", "object"),
        ("kfree(0)", "plain write"),
        ("call_rcu(0, 0)", "synchronize_rcu"),
        ("read_lock(&x)", "spin_lock"),
        ("down_write(&x)", "spin_lock"),
        ("raw_write_unlock(&x)", "spin_lock"),
        ("this_cpu_inc(x)", "which CPU"),
        ("smp_processor_id()", "which CPU"),
        ("wake_up_interruptible(&x)", "other side"),
        ("wait_event(x, x)", "condition"),
        ("copy_from_user(&x, &x, 4)", "assignment"),
        ("__VERIFIER_nondet_int()", "#define __VERIFIER_nondet_int() nondet(0, 3)"),
        ("__VERIFIER_atomic_begin()", "spin_lock"),
        ("panic(0)", "assert(0)"),
        ("in_nmi()", "0 or 1"),
        ("trace_event(x)", "empty"),
    ],
)
def test_what_is_outside_the_model_is_for_the_harness_to_say(call: str, word: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        program(f"int x;\nvoid P0(void)\n{{\n\t{call};\n}}\n")
    assert caught.value.span is not None
    assert caught.value.span.line == 4
    assert word in (caught.value.hint or "")


@pytest.mark.parametrize(
    "name", ["ring_put", "free_slots", "complex", "kicked_off_by", "schedules", "strange", "exit_ring"]
)
def test_nothing_is_made_up_about_other_names(name: str) -> None:
    assert advice(name) is None
