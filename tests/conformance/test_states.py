"""How final states are printed: arrays, elements, pointers and negative numbers, line for line as herd7 7.58 does."""

import pytest

from memmodel.engines.run import check_file
from memmodel.engines.task import EngineChoice, Options, Task
from memmodel.reports.herd import HerdWriter
from memmodel.reports.json import as_json
from memmodel.result import FileReport

ARRAY = "int a[2]={1,2};"


def report(initial: str, processes: str, ending: str) -> FileReport:
    text = f"C t\n{{ {initial} }}\n{processes}\n{ending}\n"
    options = Options(states=True, count=True, engine=EngineChoice.BOTH)
    return check_file(Task("t.litmus", options, text.encode()), lambda _: None)


def lines(initial: str, processes: str, ending: str) -> list[str]:
    """The states in herd7's format."""
    written = HerdWriter().file(report(initial, processes, ending)).splitlines()
    count = int(written[1].removeprefix("States "))
    return written[2 : 2 + count]


READ = "P0(int *a) { int r0 = READ_ONCE(*a); }"


@pytest.mark.parametrize(
    ("initial", "processes", "ending", "states"),
    [
        (ARRAY, READ, "exists (0:r0=1 /\\ a[1]=2)", ["0:r0=1; a[1]=2;"]),
        (ARRAY, "P0(int *a) { WRITE_ONCE(*a, 7); }", "locations [a;] exists (true)", ["a={7,2};"]),
        (
            ARRAY,
            READ,
            "locations [a[1];a[0];a;x;0:r0;] exists (a={1,2})",
            ["0:r0=1; a={1,2}; [x]=0; a[0]=1; a[1]=2;"],
        ),
        ("int a[3]={1,2,3}; int b=4;", READ, "locations [b; a;] exists (0:r0=1)", ["0:r0=1; a={1,2,3}; [b]=4;"]),
        ("int a[12];", READ, "locations [a[10]; a[2];] exists (a[1]=0)", ["a[1]=0; a[2]=0; a[10]=0;"]),
        (
            f"{ARRAY} p=a;",
            "P0(int **p) { int *r0 = READ_ONCE(*p); }",
            "locations [p;] exists (0:r0=a)",
            ["0:r0=a; [p]=a;"],
        ),
        (
            "int a[2]={1,2}; b=3;",
            "P0(int *a, int *b) { WRITE_ONCE(*a, 10); WRITE_ONCE(*b, 10); }\n"
            "P1(int *a, int *b) { WRITE_ONCE(*a, 9); WRITE_ONCE(*b, 9); }",
            "locations [b;a[1];a;a[0]] exists (true)",
            [
                "a={9,2}; [b]=9; a[0]=9; a[1]=2;",
                "a={9,2}; [b]=10; a[0]=9; a[1]=2;",
                "a={10,2}; [b]=9; a[0]=10; a[1]=2;",
                "a={10,2}; [b]=10; a[0]=10; a[1]=2;",
            ],
        ),
        (
            "p=x;",
            "P0(int **p) { int *r0 = READ_ONCE(*p); int *r1 = -1; }",
            "locations [p;0:r1;] exists (0:r0=x)",
            ["0:r0=x; 0:r1=-1; [p]=x;"],
        ),
    ],
)
def test_states_are_printed_as_herd7_prints_them(initial: str, processes: str, ending: str, states: list[str]) -> None:
    assert lines(initial, processes, ending) == states


def test_labels_in_json_have_no_brackets_around_them() -> None:
    found = as_json(report(f"{ARRAY} x=5;", READ, "locations [a; x; a[1]] exists (0:r0=1)"))
    assert found["states"] == [{"0:r0": "1", "a": "{1,2}", "x": "5", "a[1]": "2"}]
