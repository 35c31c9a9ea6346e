"""Each axiom, flag, fence and case of the kernel's model, and of the architectures', is there for a reason that some
program shows."""

from __future__ import annotations

import pytest

from memmodel.engines.run import Options, Task, check_file
from memmodel.result import Outcome
from tests.machines.strength.tables import TABLES
from tests.mutation import equivalent_machines, machines
from tests.mutation.__main__ import hunt
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.parts import FILES, REQUIRED, Kind, parts
from tests.mutation.run import FOLDERS, ROOT, mutated, whole

PROGRAMS = sorted(FOLDERS[0].glob("*.litmus"))


def test_all_files_of_the_model_are_taken_apart() -> None:
    found = parts().values()
    assert {part.file for part in found} == set(FILES)
    assert {part.owner for part in found if part.kind is Kind.CHECK} >= {check.name for check in whole().checks}


def test_taking_a_part_out_makes_another_model() -> None:
    models = {name: mutated(part) for name, part in parts().items() if part.kind in REQUIRED}
    same = [name for name, model in models.items() if model.checks == whole().checks]
    assert same == []


def test_what_is_listed_as_without_effect_exists() -> None:
    assert EQUIVALENT.keys() <= parts().keys()


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_programs_are_as_their_headers_say(path: object) -> None:
    """The verdicts were recorded from herd7 under the kernel's own model."""
    report = check_file(Task(str(path), Options()), lambda known: None)
    expected = (Outcome.PASS, Outcome.DEADLOCK) if report.expected == "DEADLOCK" else (Outcome.PASS,)
    assert report.outcome in expected, (report.reason, ROOT)


@pytest.mark.slow
def test_every_part_is_missed() -> None:
    assert not hunt({name: part for name, part in parts().items() if part.kind in REQUIRED})


@pytest.mark.parametrize("architecture", TABLES)
def test_each_axiom_of_an_architecture_is_missed(architecture: str) -> None:
    taken = parts(machines.files(architecture))
    axioms = {name: part for name, part in taken.items() if part.kind is Kind.CHECK}
    assert len(axioms) >= 4
    assert equivalent_machines.EQUIVALENT[architecture].keys() <= taken.keys()
    assert not hunt(axioms, architecture, machines.programs(architecture))


LARGE = ("power", "riscv")
"""Architectures whose parts take most of a minute: for the thorough set."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "architecture",
    [pytest.param(name, marks=pytest.mark.thorough if name in LARGE else ()) for name in TABLES],
)
def test_each_part_of_an_architecture_is_missed(architecture: str) -> None:
    taken = parts(machines.files(architecture))
    required = {name: part for name, part in taken.items() if part.kind in REQUIRED}
    assert not hunt(required, architecture, machines.programs(architecture))
