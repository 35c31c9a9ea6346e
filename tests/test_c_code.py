"""What docs/c-code.md shows is so: its programs have the results that they state, its tables hold row by row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from memmodel.engines.run import check_file
from memmodel.engines.task import Options, Task
from memmodel.errors import SyntaxError
from memmodel.frontends import scenario
from memmodel.frontends.c.load import load
from memmodel.frontends.c.lowering.storage import every
from memmodel.program.ir import Fence, Instruction, Load, ReadModifyWrite, Store
from memmodel.result import FileReport, Outcome
from memmodel.source import SourceFile

PAGE = (Path(__file__).parent.parent / "docs" / "c-code.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def rows(heading: str) -> list[list[str]]:
    """The cells of all tables whose first column has this heading."""
    found: list[list[str]] = []
    for body in re.findall(rf"^\| {heading} \|.*\n\|[- |]+\n((?:\|.*\n)*)", PAGE, re.MULTILINE):
        found += [[cell.strip() for cell in line.strip("|").split(" | ")] for line in body.splitlines()]
    return found


def code(cell: str) -> str:
    """What a cell has between backticks."""
    return cell.split("`")[1]


PROGRAMS = [block for block in blocks("c") if block.startswith("// Result:")]
PIECES = [block for block in blocks("c") if block.startswith("/* ")]

DECLARED = """\
#include <stdatomic.h>
#define GFP_KERNEL 0
struct {
	int low : 3;
} bits;
union {
	u32 whole;
	u8 bytes[4];
} word;
int x, y, array[4], *pointer;
unwritten int unset;
char bytes[8], more[8];
spinlock_t lock;

static void one(int n)
{
}

static void other(int n)
{
}

static void stop(int *n)
{
}

static int forever(int n)
{
	return forever(n - 1);
}

void (*callback)(int) = one;
"""


def harness(statements: str) -> str:
    return f"{DECLARED}\nvoid P0(void)\n{{\n\t{statements}\n}}\n"


def check(folder: Path, text: str) -> FileReport:
    path = folder / "harness.c"
    path.write_text(text)
    return check_file(Task(str(path), Options()), lambda report: None)


def test_the_page_has_what_is_checked() -> None:
    assert len(PROGRAMS) == 3
    assert len(PIECES) == 1
    assert min(len(rows(heading)) for heading in ("not read", "code", "user space")) >= 5


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_has_the_result_that_it_states(program: str, tmp_path: Path) -> None:
    for piece in PIECES:
        (tmp_path / piece.split()[1]).write_text(piece)
    report = check(tmp_path, program)
    assert report.outcome is Outcome.PASS, report.reason


def test_the_programs_can_fail(tmp_path: Path) -> None:
    (tmp_path / "ring.c").write_text(PIECES[0].replace("smp_store_release(&ring->head, head + 1)", "ring->head++"))
    for program in PROGRAMS:
        broken = program.replace("smp_store_release(&ring.full, 1)", "ring.full = 1").replace("sum += ", "sum = ")
        assert check(tmp_path, broken).outcome in (Outcome.FAIL, Outcome.RACE)


def test_what_the_tables_use_is_read(tmp_path: Path) -> None:
    assert check(tmp_path, harness("callback(x + y);")).outcome is Outcome.PASS


@pytest.mark.parametrize("row", rows("not read"), ids=lambda row: code(row[0]))
def test_what_is_not_read_is_refused_at_its_line(row: list[str], tmp_path: Path) -> None:
    text = harness(code(row[0]))
    report = check(tmp_path, text)
    assert report.outcome in (Outcome.UNSUPPORTED, Outcome.ERROR), report.outcome
    (said,) = report.diagnostics
    assert said.place is not None
    line = text.splitlines()[said.place.line - 1].strip()
    assert line == code(row[0]) or "forever(n - 1)" in line


@pytest.mark.parametrize("row", rows("code"), ids=lambda row: code(row[0]))
def test_what_counts_as_a_fault_is_found(row: list[str], tmp_path: Path) -> None:
    report = check(tmp_path, harness(code(row[0])))
    assert report.outcome is Outcome.FAIL
    assert any(row[1] in note.message for note in (*report.faults, *report.assertions))


@pytest.mark.parametrize("row", rows("user space"), ids=lambda row: code(row[0]))
def test_what_user_space_writes_is_what_the_kernel_writes(row: list[str]) -> None:
    theirs, ours = (accesses(f"int x;\nvoid P0(void)\n{{\n\t{code(cell)};\n}}\n") for cell in row)
    assert theirs
    assert theirs == ours


def accesses(text: str) -> list[tuple[object, ...]]:
    """What the thread does to memory, and with which tags."""
    source = SourceFile("harness.c", f"#include <stdatomic.h>\n{text}")
    program = load(source, folder=None, tree=None, defines={}).program
    return [
        essence(item)
        for item in every(program.threads[0].body)
        if isinstance(item, Load | Store | Fence | ReadModifyWrite)
    ]


def essence(item: Instruction) -> tuple[object, ...]:
    names = [name for name in ("tags", "read_tags", "write_tags", "type", "kind", "operator") if hasattr(item, name)]
    return type(item), *(getattr(item, name) for name in names)


def test_the_keys_of_a_scenario_are_those_that_there_are() -> None:
    (text,) = blocks("toml")
    found = scenario.parse(SourceFile("scenario.toml", text), "ring")
    assert [variant.path for variant in found.variants] == ["ring:correct", "ring:no-release"]
    correct, broken = found.variants
    assert (correct.expectation.race, correct.unroll, correct.timeout, correct.tree) == (False, 2, 60.0, False)
    assert (broken.expectation.race, broken.unroll, broken.timeout, broken.tree) == (True, 1, 10.5, True)
    assert correct.engines == broken.engines
    with pytest.raises(SyntaxError, match="unknown key"):
        scenario.parse(SourceFile("scenario.toml", f"{text}other = 1\n"), "ring")


def test_the_page_has_every_key_of_a_scenario() -> None:
    (text,) = blocks("toml")
    with pytest.raises(SyntaxError) as first:
        scenario.parse(SourceFile("scenario.toml", text.replace("title =", "other =", 1)), "ring")
    assert "title" in first.value.message
    keys = set(re.findall(r"^(\w+) =", text, re.MULTILINE))
    source = (Path(scenario.__file__)).read_text()
    asked = set(re.findall(r'(?:table|block)\.(?:text|flag|value|texts|table|tables)\("(\w+)"', source))
    assert asked - {"variant"} == keys
