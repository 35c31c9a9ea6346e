"""The lattice of strengths holds what the table of primitives holds."""

from __future__ import annotations

import itertools

import pytest

from memmodel.program.primitives import DEFAULT, Action, Primitive
from memmodel.program.strengths import FENCES, Family, Form, Kind, family

FAMILIES = [(primitive, found) for primitive in DEFAULT if (found := family(primitive.name)) is not None]


@pytest.mark.parametrize(("primitive", "found"), FAMILIES, ids=lambda item: getattr(item, "name", ""))
def test_all_forms_of_a_family_do_the_same_to_memory(primitive: Primitive, found: Family) -> None:
    """They differ in annotations alone, so that one can stand in for another."""
    assert found.form(primitive.name).name == primitive.name
    for form in found.forms:
        if not form.name:
            assert found.kind is not Kind.MODIFY
            continue
        other = DEFAULT.find(form.name)
        assert other is not None
        assert actions(other) == actions(primitive)
        assert len(other.parameters) == len(primitive.parameters)


def actions(primitive: Primitive) -> list[tuple[object, ...]]:
    return [
        (step.action, step.operands, step.operator, step.complement)
        for step in primitive.steps
        if step.action is not Action.FENCE
    ]


@pytest.mark.parametrize("found", list(dict.fromkeys(f for _, f in FAMILIES)), ids=lambda f: f.forms[-1].name)
def test_strength_is_an_order(found: Family) -> None:
    for a, b, c in itertools.product(found.forms, repeat=3):
        assert a.at_least(a)
        assert not (a.at_least(b) and b.at_least(a)) or a == b
        assert not (a.at_least(b) and b.at_least(c)) or a.at_least(c)


def above(name: str) -> set[str]:
    found = family(name)
    assert found is not None
    here = found.form(name)
    return {form.name for form in found.forms if form.at_least(here) and form != here}


def test_what_the_kernel_documents_say_of_strengths() -> None:
    assert above("READ_ONCE") == {"smp_load_acquire"}
    assert above("atomic_set") == {"atomic_set_release"}
    assert above("xchg_relaxed") == {"xchg", "xchg_acquire", "xchg_release"}
    assert above("xchg_acquire") == {"xchg"}
    assert above("smp_wmb") == above("smp_rmb") == {"smp_mb"}
    assert above("smp_mb") == set()


def test_operations_that_return_nothing_have_one_strength() -> None:
    assert family("atomic_inc") is None
    assert family("spin_lock") is None


def test_no_barrier_is_weaker_than_any() -> None:
    assert all(form.at_least(Form("", frozenset())) for form in FENCES.forms)
