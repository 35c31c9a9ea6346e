"""The columns of --arch, what they mean, and an execution with the instructions beside the C."""

from __future__ import annotations

import json
from collections.abc import Callable

from memmodel.diagnostic import Step
from memmodel.machines import registry
from memmodel.records import replace
from memmodel.reports import Run, Verbosity, machines, mapping
from memmodel.reports.html.data import details
from memmodel.reports.json import as_json
from memmodel.reports.text import TextWriter
from memmodel.result import FileReport, MachineVerdict, Outcome
from tests.reports import examples

STEPS = (
    Step("P0", "atomic_set(busy, 0); behind smp_mb(): sync; writes busy = 0", None, True, "std"),
    Step(
        "P1",
        "atomic_cmpxchg(busy, 0, 1); reads busy = 0 from line 19; writes busy = 1 over line 19",
        None,
        False,
        "sync; ldarx; cmpd; bne- 2f; stdcx.; bne-; sync; 2:",
    ),
    Step("P1", f"WRITE_ONCE({'a_rather_long_name_' * 2}, 1); writes it", None, False, "std"),
)
VERDICTS = (
    MachineVerdict("x86", False),
    MachineVerdict("arm64", True, ("llsc",)),
    MachineVerdict("riscv", None, (), "the time limit was reached"),
    MachineVerdict("power", True, (), None, STEPS),
)
SAID = "allowed by LKMM and observable on arm64 and power (undecided on riscv)"
REPORT = replace(examples.PASS, machines=VERDICTS, observable=SAID)
FORBIDDEN = replace(
    examples.PASS,
    machines=tuple(MachineVerdict(item.architecture, False) for item in VERDICTS),
    observable="forbidden by LKMM",
)


def text(*reports: FileReport, verbosity: Verbosity = Verbosity.NORMAL) -> str:
    writer = TextWriter(verbosity)
    return "".join(writer.file(report) for report in reports) + writer.end(Run(reports, 1.0))


def test_a_column_for_each_architecture_under_one_heading() -> None:
    lines = text(REPORT, FORBIDDEN).splitlines()
    assert lines[0].split() == ["lkmm", "x86", "arm64", "riscv", "power"]
    assert lines[1].split()[2:6] == ["no", "yes", "?", "yes"]
    assert [lines[1].index(word) for word in ("no ", "yes", "?")] == [
        lines[0].index(name) for name in ("x86", "arm64", "riscv")
    ]
    assert sum("arm64" in line and "x86" in line for line in lines) == 1


def test_what_the_columns_leave_out_is_told_below() -> None:
    lines = text(REPORT).splitlines()
    assert lines[2].strip() == SAID
    assert "    arm64: llsc only" in lines
    assert "    riscv: not known: the time limit was reached" in lines


def test_where_all_is_forbidden_the_columns_say_so() -> None:
    assert len(text(FORBIDDEN).splitlines()) == 3
    assert "forbidden by LKMM" in text(FORBIDDEN, verbosity=Verbosity.VERBOSE)


def test_a_star_stands_for_what_the_compiler_may_do() -> None:
    said = "forbidden by LKMM; the compiler may do more to the plain accesses that race"
    lines = text(replace(FORBIDDEN, compiler=True, observable=said)).splitlines()
    assert lines[1].split()[2:6] == ["no*"] * 4
    assert lines[2].strip() == said


def test_a_file_that_was_not_decided_leaves_the_columns_empty() -> None:
    broken = replace(examples.ERROR, machines=(), observable="")
    line = next(line for line in text(REPORT, broken).splitlines() if line.startswith("error"))
    assert line.split()[1:6] == ["-"] * 5


def test_an_execution_fits_into_eighty_columns() -> None:
    shown = text(REPORT, verbosity=Verbosity.VERBOSE)
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert "On power, in the order in which things become visible:" in shown


def test_instructions_stand_in_a_column_of_their_own(stored: Callable[[str, str], None]) -> None:
    stored("machines.txt", "\n".join(machines.execution(VERDICTS)) + "\n")


def test_all_instructions_and_effects_are_there() -> None:
    words = " ".join(" ".join(machines.execution(VERDICTS)).split())
    for step in STEPS:
        code, *effects = step.text.split("; ")
        assert all(part in words for part in (code, *effects))
    instructions = STEPS[1].instructions.split("; ")
    assert all(word in words for word in instructions)


def test_json_has_the_verdicts_and_the_words() -> None:
    entry = json.loads(json.dumps(as_json(REPORT)))
    assert entry["observable"] == SAID
    assert entry["compiler"] is False
    assert [(item["arch"], item["observable"]) for item in entry["machines"]] == [
        ("x86", False),
        ("arm64", True),
        ("riscv", None),
        ("power", True),
    ]
    assert entry["machines"][1]["variants"] == ["llsc"]
    assert entry["machines"][2]["reason"] == "the time limit was reached"
    assert entry["machines"][3]["execution"][0] == {
        "thread": "P0",
        "code": "atomic_set(busy, 0)",
        "instructions": "std",
        "effects": ["behind smp_mb(): sync", "writes busy = 0"],
        "line": None,
        "reordered": True,
    }


def test_without_arch_nothing_of_it_is_in_json() -> None:
    assert {"machines", "observable", "compiler"}.isdisjoint(as_json(examples.PASS))


def test_the_page_has_the_columns_and_the_execution() -> None:
    found = details(REPORT, [])["machines"]
    assert isinstance(found, dict)
    assert found["cells"] == [["x86", "no"], ["arm64", "yes"], ["riscv", "?"], ["power", "yes"]]
    assert found["where"] == "power"
    assert "machines" not in details(examples.PASS, [])


def test_an_error_of_ours_is_in_the_summary() -> None:
    assert "1 error" in text(replace(REPORT, outcome=Outcome.ERROR, reason="internal error: arm64 shows"))


# ── tables of primitives ─────────────────────────────────────────────────────────────────────────


def test_a_table_fits_into_eighty_columns_and_names_every_source() -> None:
    for machine in registry.MACHINES:
        lines = mapping.table(machine).splitlines()
        assert all(len(line) <= 80 for line in lines)
        assert all(any(line.endswith(f"] {row.source}") for line in lines) for row in machine.rows)


def test_every_primitive_stands_beside_its_instructions() -> None:
    for machine in registry.MACHINES:
        words = mapping.table(machine)
        assert all(primitive in words for row in machine.rows for primitive in row.use.primitives)


def test_the_list_has_every_table() -> None:
    listed = mapping.listed(registry.MACHINES)
    assert all(f"{registry.name(machine)} " in listed for machine in registry.MACHINES)
