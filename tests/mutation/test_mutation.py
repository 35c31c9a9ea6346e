"""Each axiom, flag, fence and case of the kernel's model is there for a reason that some program shows."""

from __future__ import annotations

import pytest

from memmodel.engines.run import Options, Task, check_file
from memmodel.result import Outcome
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
