"""What architectures make of a program, and what is said of that. The verdicts of the shapes are those of the
literature: x86-TSO (CACM 2010), Pulte et al. (POPL 2018), Alglave et al. (TOPLAS 2014) and the RISC-V manual."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from memmodel.analyses import machines
from memmodel.analyses.checking import check_file
from memmodel.analyses.outcomes import diagnostics
from memmodel.engines import enumerate as explicit
from memmodel.engines.pool import check_all
from memmodel.engines.solver import OutOfTime
from memmodel.engines.task import Details, EngineChoice, Options, Task
from memmodel.machines import registry
from memmodel.machines.machine import NONE, Machine, Use
from memmodel.machines.names import ARCHITECTURES
from memmodel.records import replace
from memmodel.result import FileReport, MachineVerdict, Observation, Outcome, Result

WEAK = ("arm64", "riscv", "power")


def litmus(first: str, second: str, condition: str, header: str = "") -> str:
    return (
        f"C test\n\n{header}\n{{}}\n\nP0(int *x, int *y)\n{{\n{first}\n}}\n\nP1(int *x, int *y)\n{{\n{second}\n}}\n\n"
        f"{condition}\n"
    )


def mp(between: str, after: str, condition: str = "exists (1:r0=1 /\\ 1:r1=0)") -> str:
    """Message passing with barriers."""
    writes = f"WRITE_ONCE(*x, 1); {between} WRITE_ONCE(*y, 1);"
    return litmus(writes, f"int r0 = READ_ONCE(*y); {after} int r1 = READ_ONCE(*x);", condition)


def sb(between: str) -> str:
    """Store buffering with barriers."""
    one, other = (f"WRITE_ONCE(*{a}, 1); {between} int r0 = READ_ONCE(*{b});" for a, b in ("xy", "yx"))
    return litmus(one, other, "exists (0:r0=0 /\\ 1:r0=0)")


LB = litmus(
    "int r0 = READ_ONCE(*x); WRITE_ONCE(*y, 1);",
    "int r0 = READ_ONCE(*y); WRITE_ONCE(*x, 1);",
    "exists (0:r0=1 /\\ 1:r0=1)",
)
RACE = litmus("*x = 1; *y = 1;", "int r0 = *y; int r1 = *x;", "exists (1:r0=1 /\\ 1:r1=0)")

POINTER = """\
int x = 1;
int *pointer;
int ready;

void P0(void)
{
	WRITE_ONCE(pointer, &x);
	WRITE_ONCE(ready, 1);
}

void P1(void)
{
	int *seen;

	if (READ_ONCE(ready)) {
		seen = READ_ONCE(pointer);
		WRITE_ONCE(*seen, 2);
	}
}
"""
"""Nothing is asserted; but where the two stores, or the two reads, are seen in the other order, NULL is followed."""


def checked(
    text: str,
    architectures: tuple[str, ...] = ARCHITECTURES,
    name: str = "test.litmus",
    progress: Callable[[FileReport], None] = lambda known: None,
    **more: object,
) -> FileReport:
    options = replace(Options(), details=Details(machines=architectures), **more)
    return check_file(Task(name, options, text.encode()), progress)


def showing(report: FileReport) -> tuple[str, ...]:
    assert all(item.reachable is not None for item in report.machines)
    return tuple(item.architecture for item in report.machines if item.reachable)


def with_row(monkeypatch: pytest.MonkeyPatch, use: Use, *names: str) -> None:
    """Have the tables of these architectures compile something to nothing."""

    def changed(machine: Machine) -> Machine:
        rows = (
            replace(row, before=(), after=(), read=NONE, write=NONE) if row.use is use else row for row in machine.rows
        )
        return replace(machine, rows=tuple(rows)) if machine.name in names else machine

    monkeypatch.setattr(registry, "MACHINES", tuple(changed(machine) for machine in registry.MACHINES))


# ── verdicts ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        (mp("", ""), WEAK),
        (mp("smp_wmb();", ""), WEAK),
        (mp("smp_wmb();", "smp_rmb();"), ()),
        (sb(""), ARCHITECTURES),
        (sb("smp_wmb();"), ARCHITECTURES),
        (sb("smp_mb();"), ()),
        (LB, WEAK),
    ],
)
def test_a_shape_is_observable_where_the_literature_has_it(text: str, shows: tuple[str, ...]) -> None:
    assert showing(checked(text)) == shows


def test_both_engines_agree_on_each_machine() -> None:
    report = checked(mp("smp_wmb();", ""), engine=EngineChoice.BOTH)
    assert (report.outcome, showing(report)) == (Outcome.PASS, WEAK)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("exists (1:r0=1 /\\ 1:r1=0)", "allowed by LKMM and observable on arm64, riscv and power"),
        ("~exists (1:r0=1 /\\ 1:r1=0)", "allowed by LKMM and observable on arm64, riscv and power"),
        ("forall (1:r0=0 \\/ 1:r1=1)", "its failure is allowed by LKMM and observable on arm64, riscv and power"),
    ],
)
def test_what_is_asked_is_whether_the_outcome_can_be_seen(condition: str, said: str) -> None:
    assert checked(mp("", "", condition)).observable == said


def test_the_words_name_those_that_were_asked() -> None:
    assert checked(mp("", ""), ("arm64", "power")).observable == "allowed by LKMM and observable on arm64 and power"
    assert checked(mp("", ""), ("x86",)).observable == "allowed by LKMM, not observable on x86"
    assert checked(sb("smp_mb();")).observable == "forbidden by LKMM"


def test_what_lkmm_allows_and_nobody_shows_is_said_in_these_words() -> None:
    """No read-modify-write follows, so that the barrier promises nothing; and yet each header makes it a full one, and
    x86 keeps stores in order anyway."""
    drain = litmus(
        "WRITE_ONCE(*x, 1); smp_mb__before_atomic(); WRITE_ONCE(*y, 1);",
        "int r0 = smp_load_acquire(y); int r1 = READ_ONCE(*x);",
        "exists (1:r0=1 /\\ 1:r1=0)",
    )
    report = checked(drain)
    assert report.observation is Observation.SOMETIMES
    assert report.observable == "allowed by LKMM, no current architecture shows it"


def test_a_fault_is_asked_about_where_that_is_what_goes_wrong(tmp_path: Path) -> None:
    file = tmp_path / "pointer.c"
    file.write_text(POINTER)
    report = checked(POINTER, name=str(file))
    assert report.faults
    assert report.observation is Observation.NEVER
    assert showing(report) == WEAK
    assert report.observable.startswith("allowed by LKMM and observable on arm64, riscv and power")


# ── executions ───────────────────────────────────────────────────────────────────────────────────


def test_the_weakest_architecture_shows_how_in_its_instructions() -> None:
    report = checked(mp("smp_wmb();", ""))
    assert [item.architecture for item in report.machines if item.steps] == ["power"]
    steps = next(item.steps for item in report.machines if item.steps)
    assert sorted((step.thread, step.text.split("; ")[0], step.instructions) for step in steps) == [
        ("P0", "WRITE_ONCE(*x, 1)", "std"),
        ("P0", "WRITE_ONCE(*y, 1)", "std"),
        ("P1", "READ_ONCE(*x)", "ld"),
        ("P1", "READ_ONCE(*y)", "ld"),
    ]
    second = next(step for step in steps if "*y, 1" in step.text)
    assert "behind smp_wmb(): lwsync" in second.text.split("; ")


def test_a_barrier_without_an_instruction_is_told() -> None:
    report = checked(sb("smp_wmb();"), ("x86",))
    assert "behind smp_wmb(): no instruction" in report.machines[0].steps[0].text


def test_plain_accesses_are_told_from_those_that_the_kernel_marks() -> None:
    steps = checked(RACE, ("power",)).machines[0].steps
    assert {step.instructions for step in steps} == {"ld (plain)", "std (plain)"}


# ── compilers ────────────────────────────────────────────────────────────────────────────────────


def test_where_accesses_race_the_compiler_may_do_more() -> None:
    report = checked(RACE)
    assert report.compiler
    assert report.observable.endswith("; the compiler may do more to the plain accesses that race")


def test_a_race_that_lkmm_forbids_the_outcome_of_is_no_contradiction(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the model says of a program with a race is said of no compiled one."""
    reader = "int r0 = READ_ONCE(*y); smp_rmb(); int r1 = *x; if (r0 == 0) *x = 1;"
    text = litmus("WRITE_ONCE(*x, 1); smp_mb(); WRITE_ONCE(*y, 1);", reader, "exists (1:r0=1 /\\ 1:r1=0)")
    with_row(monkeypatch, Use.MB, "arm64")
    report = checked(text)
    assert (report.outcome, report.observation, showing(report)) == (Outcome.RACE, Observation.NEVER, ("arm64",))
    assert report.observable.startswith("forbidden by LKMM and yet observable on arm64; the compiler may do more")


FILTERED = """\
C plain

{}

P0(int *y, int *data, int *flag)
{
	int r2 = READ_ONCE(*y);
	smp_mb();
	WRITE_ONCE(*data, 1);
	smp_wmb();
	WRITE_ONCE(*flag, 1);
}

P1(int *y, int *data, int *flag)
{
	int r0 = READ_ONCE(*flag);
	smp_rmb();
	int r1 = READ_ONCE(*data);
	WRITE_ONCE(*y, r1);
}

filter (1:r0=1)
exists (0:r2=1)
"""
"""A data dependency orders the last two accesses. Of a plain read none is kept: the compiler may know the value."""


def test_what_hangs_on_a_plain_access_the_compiler_may_show() -> None:
    plain = FILTERED.replace("READ_ONCE(*data)", "*data").replace("WRITE_ONCE(*data, 1)", "*data = 1")
    report = checked(plain)
    assert (report.flags, report.compiler, showing(report)) == ((), True, ())
    said, compiler = report.observable.split("; ")
    assert said == "allowed by LKMM, no current architecture shows it"
    assert compiler == "the compiler may show it, by what it makes of plain accesses"
    assert checked(FILTERED).observable == "forbidden by LKMM"


def test_without_plain_accesses_the_compiler_is_not_spoken_of() -> None:
    report = checked(mp("", ""))
    assert not report.compiler
    assert "compiler" not in report.observable


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────


def test_an_architecture_that_shows_what_lkmm_forbids_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with_row(monkeypatch, Use.MB, "arm64")
    report = checked(sb("smp_mb();"))
    assert (report.outcome, showing(report)) == (Outcome.ERROR, ("arm64",))
    (found,) = (item for item in diagnostics(report) if item.code == "MM000")
    assert "arm64 shows what lkmm forbids" in found.message
    assert "forbidden by LKMM and yet observable on arm64" in found.message
    assert "memmodel check test.litmus" in found.message  # how to see it again


def test_nothing_is_promised_of_models_that_are_not_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One without load buffering forbids what arm64 shows: that is its own affair."""
    model = tmp_path / "strict.cat"
    model.write_text('"LKMM without load buffering"\ninclude "lkmm.cat"\nacyclic po | rf as no-load-buffering\n')
    report = checked(LB, model=str(model))
    assert (report.outcome, showing(report)) == (Outcome.PASS, WEAK)
    assert report.observable.endswith(" and yet observable on arm64, riscv and power")


def test_engines_that_disagree_on_a_machine_are_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    right = explicit.EnumerateEngine.run

    def wrong(self: explicit.EnumerateEngine, graph: object, model: object, request: object) -> Result:
        result: Result = right(self, graph, model, request)  # type: ignore[arg-type]
        if getattr(model, "name", "") == "riscv":
            return replace(result, observation=Observation.NEVER, witness=None)
        return result

    monkeypatch.setattr(explicit.EnumerateEngine, "run", wrong)
    report = checked(mp("", ""), engine=EngineChoice.BOTH)
    assert report.outcome is Outcome.ERROR
    assert "the engines disagree on riscv" in (report.reason or "")


def test_a_machine_that_runs_out_of_time_costs_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*arguments: object) -> None:
        raise OutOfTime

    monkeypatch.setattr(machines, "_search", late)
    monkeypatch.setattr(machines, "carried", late)
    report = checked(mp("", ""))
    assert (report.outcome, report.observation) == (Outcome.PASS, Observation.SOMETIMES)
    assert report.machines == tuple(
        MachineVerdict(name, None, (), "the time limit was reached") for name in ARCHITECTURES
    )
    assert report.observable == "allowed by LKMM (undecided on x86, arm64, riscv and power)"
    assert report.incomplete  # so that no cache keeps it


def test_nor_does_one_that_runs_out_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def large(*arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr(machines, "translate", large)
    report = checked(mp("", ""))
    assert report.outcome is Outcome.PASS
    assert {item.reason for item in report.machines} == {"the memory limit was reached"}


def test_the_verdict_is_known_before_machines_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[FileReport] = []

    def asked(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(machines._Machines, "architecture", asked)
    with pytest.raises(KeyboardInterrupt):
        checked(mp("", ""), progress=told.append)
    assert (told[-1].outcome, told[-1].observation) == (Outcome.PASS, Observation.SOMETIMES)
    assert [item.reachable for item in told[-1].machines] == [None] * 4


def test_a_process_that_is_ended_while_machines_are_asked_leaves_the_verdict(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The worker sleeps past its time in the second architecture."""
    import time

    right = machines._Machines.architecture

    def slow(self: machines._Machines, name: str) -> list[machines.Found]:
        if name != "x86":
            time.sleep(30)
        return right(self, name)

    monkeypatch.setattr(machines._Machines, "architecture", slow)
    file = tmp_path / "mp.litmus"
    file.write_text(mp("", ""))
    options = replace(Options(), timeout=1.0, details=Details(machines=ARCHITECTURES))
    (report,) = check_all([Task(str(file), options)], 1, check_file)
    assert (report.outcome, report.observation) == (Outcome.PASS, Observation.SOMETIMES)
    assert [item.reachable for item in report.machines] == [False, None, None, None]


def test_a_model_of_an_architecture_is_compared_with_none() -> None:
    assert checked(mp("", ""), model="x86").machines == ()
