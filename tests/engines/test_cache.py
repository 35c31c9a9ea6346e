"""A kept report is found again as it was, and only if nothing that it depends on has changed."""

from __future__ import annotations

import functools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memmodel.analyses import checking
from memmodel.engines import plain, run, version
from memmodel.engines.cache import Disk, Store, clean, keeping, prune, room, shrink
from memmodel.engines.pool import check_all
from memmodel.engines.programs import settled
from memmodel.engines.task import Details, EngineChoice, Expected, Options, Task
from memmodel.inputs import Input
from memmodel.result import FileReport, Outcome

ROOT = Path(__file__).parents[2]

LITMUS = """\
C first

{}

P0(int *x)
{
	WRITE_ONCE(*x, 1);
}

exists (x=1)
"""

TOML = """\
title = "a scenario"
shows = "something"
[[variant]]
name = "one"
says = "the only one"
verdict = "Never"
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "results"), "warnings")


def made(store: Store, task: Task) -> FileReport:
    """The report that a worker makes and keeps."""
    return keeping(checking.check_file, store, task, lambda report: None)


def fetched(store: Store, task: Task) -> FileReport | None:
    return store.fetch(task, Disk())


def same(first: FileReport, second: FileReport) -> bool:
    """All but where it comes from and how long that took."""
    return replace(first, cached=False, seconds=0) == replace(second, cached=False, seconds=0)


# ── litmus tests ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def test(tmp_path: Path) -> Path:
    path = tmp_path / "first.litmus"
    path.write_text(LITMUS)
    return path


def test_a_hit_after_a_miss_gives_the_same_report(store: Store, test: Path) -> None:
    task = Task(str(test), Options(states=True, count=True))
    assert fetched(store, task) is None
    first = made(store, task)
    again = fetched(store, task)
    assert again is not None
    assert again.cached
    assert not first.cached
    assert same(first, again)
    assert again.seconds < 1


@pytest.mark.parametrize("name", ["dialect", "locks"])
def test_a_folder_of_tests_is_as_it_was(store: Store, name: str) -> None:
    for path in sorted((ROOT / "litmus" / name).glob("*.litmus"))[:12]:
        task = Task(str(path), Options(details=Details(steps=True, picture=True)))
        first, again = made(store, task), fetched(store, task)
        assert again is not None, path
        assert same(first, again), path


def test_standard_input_is_known_by_its_text(store: Store) -> None:
    task = Task("-", Options(), LITMUS.encode())
    made(store, task)
    assert fetched(store, task) is not None
    assert fetched(store, replace(task, data=LITMUS.replace("x=1", "x=0").encode())) is None


def test_another_text_is_another_test_and_the_first_is_not_forgotten(store: Store, test: Path) -> None:
    task = Task(str(test), Options())
    made(store, task)
    test.write_text(LITMUS.replace("x=1", "x=0"))
    assert fetched(store, task) is None
    made(store, task)
    test.write_text(LITMUS)
    assert fetched(store, task) is not None


def test_a_text_that_changes_after_it_was_read_is_not_taken_for_the_one_that_was(store: Store, test: Path) -> None:
    def slow(task: Task, progress: Callable[[FileReport], None]) -> FileReport:
        report = run.check_file(task, progress)
        test.write_text(LITMUS.replace("x=1", "x=0"))
        return report

    task = Task(str(test), Options())
    keeping(slow, store, task, lambda report: None)
    assert fetched(store, task) is None


@pytest.mark.parametrize(
    "other",
    [
        Options(model="sc"),
        Options(engine=EngineChoice.ENUMERATE),
        Options(engine=EngineChoice.BOTH),
        Options(states=True),
        Options(count=True),
        Options(unroll=3),
        Options(tree="."),
        Options(defines=(("A", "1"),)),
        Options(details=Details(steps=True)),
        Options(details=Details(picture=True)),
        Options(details=Details(changes=True)),
        Options(expected=Expected("Never")),
    ],
)
def test_other_options_make_another_report(store: Store, test: Path, other: Options) -> None:
    made(store, Task(str(test), Options()))
    assert fetched(store, Task(str(test), other)) is None


def test_every_option_is_told_apart(store: Store) -> None:
    key = store._key(Task("a.litmus", Options(details=Details(steps=True))), "")
    for one in fields(Options):
        assert f"{one.name}={getattr(Options(details=Details(steps=True)), one.name)!r}" in key


def test_a_verdict_does_not_depend_on_the_time_that_there_was(store: Store, test: Path) -> None:
    made(store, Task(str(test), Options(timeout=60, memory=2048)))
    assert fetched(store, Task(str(test), Options(timeout=5, memory=None))) is not None


def test_what_is_found_besides_does(store: Store, test: Path) -> None:
    made(store, Task(str(test), Options(timeout=60, details=Details(changes=True))))
    assert fetched(store, Task(str(test), Options(timeout=5, details=Details(changes=True)))) is None


def test_another_path_is_spelled_in_other_places(store: Store, test: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(store, Task(str(test), Options()))
    monkeypatch.chdir(test.parent)
    assert fetched(store, Task(test.name, Options())) is None


def test_a_test_alone_does_not_depend_on_the_folder_that_one_is_in(
    store: Store, test: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(store, Task(str(test), Options()))
    monkeypatch.chdir("/")
    assert fetched(store, Task(str(test), Options())) is not None


def test_another_program_or_other_work_has_other_reports(store: Store, test: Path) -> None:
    task = Task(str(test), Options())
    made(store, task)
    assert fetched(replace(store, program="0.0.0"), task) is None
    assert fetched(replace(store, work="verdict"), task) is None


# ── models ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "own.cat").write_text('"Own"\ninclude "part.cat"\nacyclic po | rf as first\n')
    (folder / "part.cat").write_text("let part = po\n")
    return folder / "own.cat"


CHANGES: dict[str, Callable[[Path], object]] = {
    "its text": lambda model: model.write_text(model.read_text() + "acyclic co as second\n"),
    "what it includes": lambda model: (model.parent / "part.cat").write_text("let part = rf\n"),
    "a file that goes": lambda model: (model.parent / "part.cat").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_model_of_the_users_counts_with_all_its_files(store: Store, test: Path, model: Path, change: str) -> None:
    run.load_model.cache_clear()
    task = Task(str(test), Options(model=str(model)))
    run.preload(task.options)  # as is done before workers are forked: they do not read it again
    made(store, task)
    assert fetched(store, task) is not None
    CHANGES[change](model)
    assert fetched(store, task) is None


def test_a_file_that_now_comes_before_one_of_the_model_counts(store: Store, test: Path, tmp_path: Path) -> None:
    (tmp_path / "outer.cat").write_text('include "inner/middle.cat"\n')
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "middle.cat").write_text('include "part.cat"\n')
    (tmp_path / "part.cat").write_text("let part = po\n")
    task = Task(str(test), Options(model=str(tmp_path / "outer.cat")))
    for _ in range(2):  # resolved, then from the cache of models
        run.load_model.cache_clear()
        report = made(store, task)
        assert Input(str(tmp_path / "inner" / "part.cat"), "") in report.inputs
        assert fetched(store, task) is not None
    (tmp_path / "inner" / "part.cat").write_text("let part = rf\n")
    assert fetched(store, task) is None


KERNEL = {
    "linux-kernel.cat": '"Kernel"\nacyclic po | rf as first\n',
    "linux-kernel.bell": "enum Accesses = 'once\n",
    "linux-kernel.def": "WRITE_ONCE(X,V) { __store{once}(X,V); }\n",
}


@pytest.mark.parametrize("name", [*KERNEL, "linux-kernel.cfg"])
def test_a_kernels_model_counts_with_the_files_that_it_has_and_has_not(
    store: Store, test: Path, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "kernel"
    folder.mkdir()
    for file, text in KERNEL.items():
        (folder / file).write_text(text)
    run.load_model.cache_clear()
    run.primitives_of.cache_clear()
    task = Task(str(test), Options(model=str(folder)))
    run.preload(task.options)
    made(store, task)
    assert fetched(store, task) is not None
    path = folder / name
    path.write_text((path.read_text() if path.exists() else "") + "\n")
    assert fetched(store, task) is None


# ── code ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A copy of a scenario with a header beside it and one further on."""
    folder = tmp_path / "work" / "ring"
    folder.mkdir(parents=True)
    for path in (ROOT / "scenarios" / "circular-buffer").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    tree = tmp_path / "tree" / "include"
    tree.mkdir(parents=True)
    (tree / "far.h").write_text("#define FAR 1\n")
    harness = folder / "harness.c"
    harness.write_text("#include <far.h>\n" + harness.read_text())
    return folder


def variant(scenario: Path, *, name: str = "correct", **others: Any) -> Task:
    path = f"{scenario}:{name}"
    options = Options(tree=str(scenario.parents[1] / "tree"), timeout=30, **others)
    return Task(path, settled(options, path, frozenset()))


EDITS: dict[str, Callable[[Path], object]] = {
    "harness": lambda folder: append(folder / "harness.c"),
    "header": lambda folder: append(folder / "ring.h"),
    "code": lambda folder: append(folder / "ring.c"),
    "scenario.toml": lambda folder: append(folder / "scenario.toml", "# later\n"),
    "far header": lambda folder: append(folder.parents[1] / "tree" / "include" / "far.h"),
    "nearer header": lambda folder: (folder / "far.h").write_text("#define FAR 1\n"),
    "header in the tree's top": lambda folder: (folder.parents[1] / "tree" / "far.h").write_text("#define FAR 1\n"),
    "header gone": lambda folder: (folder / "ring.h").unlink(),
    "link to another place": lambda folder: relinked(folder / "ring.h"),
}


def append(path: Path, text: str = "\n") -> None:
    path.write_text(path.read_text() + text)


def relinked(path: Path) -> None:
    """The same text, elsewhere: what a scenario replaces in a file depends on where it is."""
    other = path.parent.parent / path.name
    other.write_text(path.read_text())
    path.unlink()
    path.symlink_to(other)


@pytest.mark.parametrize("edit", EDITS)
def test_code_counts_with_all_files_that_it_reads_and_those_looked_for_in_vain(
    store: Store, scenario: Path, edit: str
) -> None:
    task = variant(scenario)
    first = made(store, task)
    assert first.observation is not None, first.reason
    again = fetched(store, task)
    assert again is not None
    assert same(first, again)
    EDITS[edit](scenario)
    assert fetched(store, task) is None


def test_a_scenario_that_there_was_not_makes_another_task_of_a_path(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "odd:name"
    path.write_text(LITMUS)
    task = Task(str(path), Options())
    made(store, task)
    assert fetched(store, task) is not None
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "scenario.toml").write_text(TOML)
    assert fetched(store, task) is None


def test_nothing_is_opened_that_a_report_does_not_name(scenario: Path) -> None:
    task = variant(scenario, name="documented", details=Details(steps=True, changes=True))
    run.preload(task.options)
    opened: set[str] = set()
    watching = [True]

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open" and isinstance(arguments[0], str):
            opened.add(arguments[0])

    sys.addaudithook(watch)
    report = checking.check_file(task, lambda known: None)
    watching.clear()
    known = {item.path for item in report.inputs}
    ours = {path for path in opened if path.startswith(str(scenario.parents[1]))}
    assert ours
    assert ours <= known


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────


def report(**changed: Any) -> FileReport:
    return replace(FileReport("a.litmus", "a", "lkmm", "smt", Outcome.PASS), **changed)


@pytest.mark.parametrize(
    "undecided",
    [
        report(outcome=Outcome.TIMEOUT, reason="the time limit of 60 s was reached"),
        run.internal(Task("a.litmus", Options()), report(), "KeyError"),
        report(incomplete=True),
        report(inputs=(Input("a.litmus", "?"),)),
    ],
)
def test_what_another_run_might_decide_is_not_kept(store: Store, undecided: FileReport) -> None:
    store.keep(Task("a.litmus", Options()), undecided)
    assert room(store.folder).entries == 0


@pytest.mark.parametrize("text", ["C broken\n{", LITMUS.replace("WRITE_ONCE", "no_such_thing")])
def test_what_is_wrong_with_a_text_is_kept(store: Store, test: Path, text: str) -> None:
    test.write_text(text)
    task = Task(str(test), Options())
    first, again = made(store, task), fetched(store, task)
    assert first.outcome in (Outcome.ERROR, Outcome.UNSUPPORTED)
    assert again is not None
    assert same(first, again)


def test_a_file_that_cannot_be_read_is_looked_at_again(store: Store, tmp_path: Path) -> None:
    task = Task(str(tmp_path / "absent.litmus"), Options())
    assert made(store, task).outcome is Outcome.ERROR
    assert fetched(store, task) is None


def test_a_pipe_is_not_read_to_find_out_what_is_in_it(store: Store, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.litmus"
    os.mkfifo(pipe)
    assert fetched(store, Task(str(pipe), Options())) is None


# ── entries ──────────────────────────────────────────────────────────────────────────────────────


def entry(store: Store) -> Path:
    (found,) = Path(store.folder).glob("*.entry")
    return found


@pytest.mark.parametrize("damage", ["empty", "cut", "first byte", "middle byte", "last byte", "longer"])
def test_a_damaged_entry_is_none(store: Store, test: Path, damage: str) -> None:
    task = Task(str(test), Options())
    made(store, task)
    path = entry(store)
    data = path.read_bytes()
    place = {"first byte": 0, "middle byte": len(data) // 2, "last byte": len(data) - 1}.get(damage, 0)
    flipped = data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
    path.write_bytes({"empty": b"", "cut": data[:-3], "longer": data + b"x"}.get(damage, flipped))
    assert fetched(store, task) is None
    made(store, task)
    assert fetched(store, task) is not None


def test_an_entry_under_anothers_name_is_none(store: Store, test: Path) -> None:
    task, other = Task(str(test), Options()), Task(str(test), Options(unroll=7))
    made(store, task)
    entry(store).rename(store._path(store._key(other, Disk().input(str(test)).digest)))
    assert fetched(store, other) is None


def test_an_entry_of_another_user_is_none(store: Store, test: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(str(test), Options())
    made(store, task)
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)
    assert fetched(store, task) is None


def test_entries_are_for_their_owner_alone(store: Store, test: Path) -> None:
    made(store, Task(str(test), Options()))
    assert entry(store).stat().st_mode & 0o077 == 0
    assert Path(store.folder).stat().st_mode & 0o077 == 0


def test_a_cache_that_cannot_be_written_costs_no_verdict(test: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(str(tmp_path / "file" / "results"), "warnings")
    task = Task(str(test), Options())
    assert made(store, task).outcome is Outcome.PASS
    assert fetched(store, task) is None
    prune(store.folder)


def test_the_least_recently_used_go_when_there_is_no_room(tmp_path: Path) -> None:
    for number in range(10):
        path = tmp_path / f"{number}.entry"
        path.write_bytes(b"x" * 100)
        os.utime(path, (number, number))
    (tmp_path / "note.txt").write_bytes(b"x" * 1000)
    shrink(str(tmp_path), 1000)
    assert room(str(tmp_path)).entries == 10
    shrink(str(tmp_path), 999)
    assert sorted(path.name for path in tmp_path.glob("*.entry")) == [f"{number}.entry" for number in range(3, 10)]
    assert (tmp_path / "note.txt").exists()


def test_a_hit_makes_an_old_entry_young(store: Store, test: Path) -> None:
    task = Task(str(test), Options())
    made(store, task)
    os.utime(entry(store), (0, 0))
    fetched(store, task)
    assert time.time() - entry(store).stat().st_mtime < 60


def test_what_a_killed_process_left_is_taken_away_after_an_hour(tmp_path: Path) -> None:
    for name, age in (("old", 4000), ("new", 0)):
        path = tmp_path / f"{name}.unfinished"
        path.write_bytes(b"x")
        os.utime(path, (time.time() - age,) * 2)
    shrink(str(tmp_path), 1000)
    assert [path.name for path in tmp_path.iterdir()] == ["new.unfinished"]


def test_cleaning_takes_only_what_is_ours(store: Store, test: Path) -> None:
    made(store, Task(str(test), Options()))
    other = Path(store.folder) / "mine.txt"
    other.write_text("")
    assert clean(store.folder).entries == 1
    assert [*Path(store.folder).iterdir()] == [other]


# ── which program it is ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def _forgets_its_code() -> Iterator[None]:
    yield
    version.code.cache_clear()


@pytest.mark.usefixtures("_forgets_its_code")
def test_the_program_is_known_by_its_code_and_its_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("engines/a.py", "cat/library/b.cat", "frontends/c/include/c.h", "cli/d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(version, "PACKAGE", tmp_path)

    def identity() -> str:
        version.code.cache_clear()
        return version.identity.__wrapped__()

    first = identity()
    assert identity() == first
    for name, counts in (("engines/a.py", True), ("cat/library/b.cat", True), ("frontends/c/include/c.h", True)):
        state = (tmp_path / name).stat()
        (tmp_path / name).write_text("2")  # of the same length, and
        os.utime(tmp_path / name, ns=(state.st_atime_ns, state.st_mtime_ns))  # of the same time
        assert (identity() != first) is counts
        (tmp_path / name).write_text("1")
        assert identity() == first
    (tmp_path / "cli" / "d.py").write_text("2")
    assert identity() == first
    monkeypatch.setattr(version, "_library", lambda module, name: f"{module} 99")
    assert identity() != first


def test_the_versions_of_the_libraries_are_found() -> None:
    from importlib.metadata import version as installed

    for module, name in version._LIBRARIES.items():
        assert installed(name) in version._library(module, name)


# ── records as texts ─────────────────────────────────────────────────────────────────────────────


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    if get_origin(kind) in (Union, UnionType):
        return st.one_of([st.none() if part is type(None) else values(part) for part in get_args(kind)])
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        if parts[-1] is Ellipsis:
            return st.lists(values(parts[0]), max_size=2).map(tuple)
        return st.tuples(*[values(part) for part in parts])
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        parts = tuple(hints[one.name] for one in fields(kind))
        return st.tuples(*[values(part) for part in parts]).map(lambda made: kind(*made))
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    simple: dict[type, st.SearchStrategy[Any]] = {
        str: st.text(max_size=5),
        int: st.integers(),
        float: st.floats(allow_nan=False),
        bool: st.booleans(),
    }
    return simple[kind]


@given(values(FileReport))
def test_a_record_comes_back_as_it_was(report: FileReport) -> None:
    text = json.dumps(plain.to_plain(report))
    assert plain.from_plain(FileReport, json.loads(text)) == report


@pytest.mark.parametrize("wrong", [None, [], {}, "x", 1, [1], ["a"] * len(fields(FileReport))])
def test_what_is_no_such_record_is_refused(wrong: object) -> None:
    with pytest.raises(plain.Misshapen):
        plain.from_plain(FileReport, wrong)


@pytest.mark.slow
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.thorough)])
def test_a_warm_run_over_all_tests_says_what_a_cold_one_says(
    every: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    names = sorted(str(path) for path in Path("litmus").rglob("*.litmus"))[::every]
    tasks = [Task(name, Options(details=Details(steps=True, picture=True))) for name in names]
    cold = list(check_all(tasks, 2, functools.partial(keeping, checking.check_file, store)))
    disk = Disk()
    warm = [store.fetch(task, disk) for task in tasks]
    assert len(tasks) > 300 / every
    for first, again in zip(cold, warm, strict=True):
        if again is None:
            assert first.outcome is Outcome.TIMEOUT, first.file
        else:
            assert same(first, again), first.file
