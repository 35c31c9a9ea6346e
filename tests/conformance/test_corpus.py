"""The shared corpus: verdicts, flags, states and numbers of executions as herd7 recorded them."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from memmodel.engines.run import check_file
from memmodel.engines.task import Options, Task
from tests.sampling import one_in

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
ORACLE = CORPUS / "oracle.tsv"
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Record:
    """One line of the oracle."""

    file: str
    observation: str
    flags: frozenset[str]
    executions: tuple[int, int] | None
    """None where herd7 did not finish and the verdict comes from elsewhere."""
    lines: str
    """The final states, as JSON."""

    def states(self) -> frozenset[frozenset[tuple[str, str]]]:
        return frozenset(map(state, json.loads(self.lines or "[]")))


def state(line: str) -> frozenset[tuple[str, str]]:
    """`0:r1=0; [x]=1;` as pairs, without the brackets."""
    pairs = (part.strip().split("=", 1) for part in line.split(";") if "=" in part)
    return frozenset((place.strip("[] "), value.strip()) for place, value in pairs)


def records() -> list[Record]:
    if not ORACLE.exists():
        return []
    csv.field_size_limit(1 << 30)
    with ORACLE.open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["observation"]]
    return [
        Record(
            row["file"],
            row["observation"],
            frozenset(filter(None, row["flags"].split(","))),
            (int(row["positive"]), int(row["negative"])) if row["source"] == "herd7" else None,
            row["states"],
        )
        for row in rows
    ]


RECORDS = records()


BESIDE = pytest.mark.skipif(not RECORDS, reason="the corpus is not beside this repository (../shared/corpus)")


@BESIDE
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.file)
def test_the_verdict_is_that_of_the_record(record: Record) -> None:
    report = check_file(Task(str(CORPUS / "lkmm" / record.file), Options(timeout=120.0)), lambda report: None)
    assert report.observation is not None, report.reason
    assert report.observation.value == record.observation
    if record.executions is not None:
        assert frozenset(report.flags) == record.flags


@BESIDE
@pytest.mark.parametrize("record", one_in(10, RECORDS, lambda record: record.file))
def test_states_and_executions_are_those_of_the_record(record: Record) -> None:
    """Which takes ten times as long as the verdict."""
    finished = record.executions is not None
    options = Options(states=finished, count=finished, timeout=120.0)
    report = check_file(Task(str(CORPUS / "lkmm" / record.file), options), lambda report: None)
    assert report.observation is not None, report.reason
    assert report.observation.value == record.observation
    if not finished:
        return
    assert frozenset(report.flags) == record.flags
    assert report.states is not None
    found = frozenset(frozenset((place.strip("[] "), value) for place, value in one) for one in report.states)
    assert found == record.states()
    assert (report.positive, report.negative) == record.executions
