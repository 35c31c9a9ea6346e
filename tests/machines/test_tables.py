"""The tables of architectures: complete, in the words of the models, each row with its source, and each of use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pytest

from memmodel.frontends.c.atomic_functions import builtins
from memmodel.frontends.c.load import load as load_c
from memmodel.frontends.c.primitives import extended
from memmodel.machines import registry
from memmodel.machines.machine import Machine, Row, Use
from memmodel.machines.names import ARCHITECTURES
from memmodel.machines.prices import PRICES
from memmodel.machines.translate import instructions, translate
from memmodel.program import spec
from memmodel.program.ir import Program
from memmodel.program.primitives import DEFAULT, Primitive, Reference
from memmodel.records import replace
from memmodel.source import SourceFile
from tests.program.programs import lowered

TABLE = extended(DEFAULT)
MACHINES = pytest.mark.parametrize("machine", registry.MACHINES, ids=registry.name)
SOURCE = re.compile(r"(arch/\w+|include|kernel)/[\w/-]+\.[ch]|the compiler(, which may do otherwise)?")


# ── the rows ─────────────────────────────────────────────────────────────────────────────────────


@MACHINES
def test_a_table_has_one_row_for_each_use(machine: Machine) -> None:
    assert sorted(row.use.name for row in machine.rows) == sorted(use.name for use in Use)


@MACHINES
def test_each_row_names_the_file_that_says_so(machine: Machine) -> None:
    assert [row for row in machine.rows if not SOURCE.fullmatch(row.source)] == []
    other = {"x86": "x86", "arm64": "arm64", "riscv": "riscv", "power": "powerpc"}[machine.name]
    assert {row.source.split("/")[1] for row in machine.rows if row.source.startswith("arch/")} == {other}


@MACHINES
def test_the_model_knows_all_that_a_row_says(machine: Machine) -> None:
    text = files("memmodel.cat").joinpath("library", f"{machine.name}.cat").read_text()
    for row in machine.rows:
        for name in events(row):
            assert f"'{name}" in text, (row.use, name)


@MACHINES
def test_what_orders_has_an_instruction_that_does(machine: Machine) -> None:
    """But for what is ordered without one, as all of x86 is."""
    for row in machine.rows:
        assert not events(row) or row.text, row.use


@MACHINES
def test_fences_are_spelt_as_they_are_called(machine: Machine) -> None:
    spelt = {
        "dmb-ish": r"d[ms]b (ish|osh|sy)",
        "dmb-ishld": r"d[ms]b (ish|osh)?ld",
        "dmb-ishst": r"d[ms]b (ish|osh)?st",
        "mfence": "mfence|lock addl|xchg",
        "fence-rw-rw": "fence (io)?rw,(io)?rw",
        "fence-rw-w": "fence rw,w",
        "fence-r-rw": "fence r,rw",
        "fence-r-r": "fence i?r,i?r",
        "fence-w-w": "fence o?w,o?w",
        "sync": "sync",
        "lwsync": "lwsync",
        "isync": "isync",
    }
    for row in machine.rows:
        for name in (*row.before, *row.after, *row.succeeded, *row.around):
            assert re.search(rf"(^|; ){spelt[name]}(;|$)", row.text), (row.use, row.text)


def test_what_is_paid_for_is_in_a_table() -> None:
    used = {name: {e for m in registry.variants(name) for row in m.rows for e in events(row)} for name in ARCHITECTURES}
    assert {name: set(prices) <= used[name] for name, prices in PRICES.items()} == dict.fromkeys(ARCHITECTURES, True)


def events(row: Row) -> set[str]:
    failed = row.failed or frozenset()
    return {*row.before, *row.after, *row.succeeded, *row.around, *row.read, *row.write, *failed}


# ── every primitive is translated ────────────────────────────────────────────────────────────────

TYPES = {"lock": "spinlock_t *x", "domain": "struct srcu_struct *x"}


def call(primitive: Primitive) -> str:
    """A call of it, on `x` or what that points to."""
    step = next((step for step in primitive.steps if step.place is not None), None)
    trying = "try_cmpxchg" in primitive.name
    said = {"expected": "&e" if trying else "0", "subclass": "0", "nest_lock": "0", "flags": "0", "limit": "3"}
    arguments = [said.get(parameter, "1") for parameter in primitive.parameters]
    if step is not None and step.place is not None:
        where = "*x" if step.place.reference is Reference.LVALUE else "x"
        arguments[step.place.argument.index] = where
    return f"{primitive.name}({', '.join(arguments)})"


def used_by(primitive: Primitive) -> Program:
    """A thread that calls it once."""
    first = primitive.parameters[0] if primitive.parameters else ""
    text = f"r = {call(primitive)};" if primitive.yields else f"{call(primitive)};"
    body = f"int r;\nint e;\ne = 0;\n{text}"
    return lowered(body, TYPES.get(first, "int *x"), primitives=TABLE).program


@cache
def kernel_programs() -> tuple[Program, ...]:
    found = [used_by(primitive) for primitive in TABLE]
    plain = lowered("int r = *x;\n*y = r;").program
    return (*found, plain)


@cache
def user_programs() -> tuple[Program, ...]:
    """One for each function of C11's and GCC's, in each ordering that the kernel's model has something for."""
    return tuple(
        load_c(SourceFile("harness.c", text), folder=None, tree=None, defines={}).program for text in user_texts()
    )


def user_texts() -> Iterator[str]:
    orders = {"LOAD": (0, 2), "STORE": (0, 3), "CLEAR": (0, 3), "FENCE": (5,), "SIGNAL_FENCE": (5,)}
    for name, builtin in builtins().items():
        wanted = [argument for argument in builtin.arguments if argument in ("order", "success")]
        if not wanted and not name.startswith(("__sync_", "atomic_init")):
            continue  # seq_cst
        for order in orders.get(builtin.shape.name, (0, 2, 3, 4)) if wanted else (0,):
            for failure in (0, 2) if "failure" in builtin.arguments else (0,):
                said = {"place": "&x", "expected": "&e", "weak": "0", "order": order, "success": order}
                said["failure"] = failure
                if name.startswith("__sync_"):
                    said["expected"] = "0"
                arguments = ", ".join(str(said.get(argument, 1)) for argument in builtin.arguments)
                yield f"#include <stdatomic.h>\nint x;\nvoid P0(void)\n{{\n\tint e = 0;\n\t{name}({arguments});\n}}\n"


def named(machine: Machine) -> Machine:
    """The machine with the name of the use instead of its instructions."""
    return replace(machine, rows=tuple(replace(row, text=row.use.name, exchange="") for row in machine.rows))


@MACHINES
def test_every_primitive_is_translated(machine: Machine) -> None:
    """Those of litmus tests, those that C code uses besides, and C11's and GCC's."""
    assert len(kernel_programs()) > 900
    assert len(user_programs()) > 100
    for program in (*kernel_programs(), *user_programs()):
        spec.check(translate(program, machine))


@MACHINES
def test_every_row_is_of_use_to_some_primitive(machine: Machine) -> None:
    names = named(machine)
    used = {
        text.removesuffix(" (plain)")
        for program in (*kernel_programs(), *user_programs())
        for text in instructions(program, names).values()
    }
    assert used == {use.name for use in Use}


@MACHINES
def test_a_row_is_used_by_the_primitives_that_it_names(machine: Machine) -> None:
    names = named(machine)
    for use in Use:
        for name in (word.removesuffix("()") for word in use.primitives):
            primitive = TABLE.find(name)
            if primitive is not None:
                assert use.name in instructions(used_by(primitive), names).values(), name
