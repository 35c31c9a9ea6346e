"""The library's models, a kernel's folder as a model, and models kept between runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from memmodel.cat import models
from memmodel.cat.models import Known, available, load
from memmodel.cat.terms import CheckKind, Op, Sort, Term, base
from memmodel.errors import ModelError, SyntaxError, UsageError
from memmodel.syntax import grammar


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own for each test."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


def relation(name: str) -> Term:
    return base(name, Sort.RELATION)


def leaves(term: Term, under: Op) -> set[Term]:
    """The operands of nested `under`s."""
    return {leaf for a in term.args for leaf in leaves(a, under)} if term.op is under else {term}


# ── the library ──────────────────────────────────────────────────────────────────────────────────


def test_the_library_lists_what_it_has() -> None:
    listed = {known.name: known.title for known in available()}
    assert {"lkmm", "sc", "tso"} <= listed.keys()
    assert all(0 < len(line) < 110 and "\n" not in line for line in listed.values())


@pytest.mark.parametrize("name", [known.name for known in available()])
def test_every_model_of_the_library_has_what_engines_decide_first(name: str) -> None:
    """Coherence of single locations and atomicity of operations, in the form that engines recognise."""
    model = load(name).model
    po_loc = {relation("po"), relation("loc")}
    coherent = [
        check
        for check in model.axioms
        if check.kind is CheckKind.ACYCLIC
        and {relation("rf"), relation("co"), relation("fr")} < (parts := leaves(check.term, Op.UNION))
        and any(part.op is Op.INTER and set(part.args) == po_loc for part in parts)
        and len(parts) == 4
    ]
    atomic = [
        check
        for check in model.axioms
        if check.kind is CheckKind.EMPTY and check.term.op is Op.INTER and relation("rmw") in check.term.args
    ]
    assert [c.name for c in coherent] == ["coherence"]
    assert [c.name for c in atomic] == ["atomic"]


def test_the_kernel_model_has_the_axioms_and_flags_of_the_kernel() -> None:
    model = load("lkmm").model
    kernel = ["coherence", "atomic", "happens-before", "propagation", "rcu", "plain-coherence"]
    assert [c.name for c in model.axioms if "lock" not in c.name] == kernel
    assert {c.name for c in model.flags} == {
        "data-race",
        "mixed-accesses",
        "unmatched-rcu-lock",
        "unmatched-rcu-unlock",
        "unmatched-srcu-lock",
        "unmatched-srcu-unlock",
        "multiple-srcu-matches",
        "srcu-bad-value-match",
        "invalid-sleep",
        "unmatched-unlock",
        "mixed-lock-accesses",
    }


def test_built_in_models_read_annotations_as_written_and_bring_no_table() -> None:
    loaded = load("lkmm")
    assert (loaded.name, loaded.version, loaded.definitions) == ("lkmm", 2, None)
    assert loaded.model.name == "lkmm"


# ── a kernel's folder ────────────────────────────────────────────────────────────────────────────

BELL = "enum Accesses = 'once || 'acquire  let Marked = Once | Acquire"
NEWER_BELL = BELL + '  flag ~empty (if "lkmmv2" then 0 else _) as too-old'
CAT = '"A kernel" include "lock.cat" acyclic [Marked] ; po as a'


def tree(folder: Path, bell: str = BELL, config: str | None = None, cat: str = CAT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "linux-kernel.bell").write_text(bell)
    (folder / "linux-kernel.cat").write_text(cat)
    (folder / "linux-kernel.def").write_text("READ_ONCE(X) __load{once}(X)\n")
    (folder / "lock.cat").write_text("this is not read")
    if config is not None:
        (folder / "linux-kernel.cfg").write_text(config)
    return folder


def test_a_folder_gives_its_bell_its_model_and_its_definitions(tmp_path: Path) -> None:
    loaded = load(str(tree(tmp_path / "model")))
    assert (loaded.title, loaded.version) == ("A kernel", 1)
    assert loaded.definitions is not None
    assert loaded.definitions.text.startswith("READ_ONCE")
    assert [c.name for c in loaded.model.axioms][-1] == "a"


@pytest.mark.parametrize("given", ["tools/memory-model", ".", "tools/memory-model/linux-kernel.cat"])
def test_a_kernel_tree_may_be_named_at_three_places(tmp_path: Path, given: str) -> None:
    tree(tmp_path / "tools" / "memory-model")
    loaded = load(str(tmp_path / given))
    assert loaded.definitions is not None
    assert Path(loaded.source_path) == tmp_path / "tools" / "memory-model"


@pytest.mark.parametrize(
    ("bell", "config", "version"),
    [
        (BELL, None, 1),
        (BELL, "model linux-kernel.cat\n", 1),
        (BELL, "bell linux-kernel.bell\nvariant lkmmv2\n", 2),
        (NEWER_BELL, None, 2),
        (NEWER_BELL, "model linux-kernel.cat\n", 2),
    ],
)
def test_a_folder_says_which_reading_of_annotations_it_wants(
    tmp_path: Path, bell: str, config: str | None, version: int
) -> None:
    loaded = load(str(tree(tmp_path, bell, config)))
    assert loaded.version == version
    assert all(c.name != "too-old" for c in loaded.model.checks)


def test_the_configuration_names_the_files(tmp_path: Path) -> None:
    tree(tmp_path, config="model other.cat\nmacros other.def\n")
    (tmp_path / "other.cat").write_text('"Other" acyclic po')
    (tmp_path / "other.def").write_text("// nothing\n")
    loaded = load(str(tmp_path))
    assert loaded.title == "Other"
    assert loaded.definitions is not None
    assert loaded.definitions.text == "// nothing\n"


def test_a_folder_knows_only_the_annotations_that_it_declares(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="unknown name 'Release'"):
        load(str(tree(tmp_path, cat="empty Release")))


def test_a_file_may_use_the_kernel_annotations_and_include_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "mine.cat").write_text('"Mine" include "part.cat" acyclic x as mine')
    (tmp_path / "part.cat").write_text("let x = [Release] ; po")
    loaded = load(str(tmp_path / "mine.cat"))
    assert (loaded.name, loaded.title, loaded.version) == ("mine", "Mine", 2)
    assert loaded.definitions is None


# ── what is not there ────────────────────────────────────────────────────────────────────────────


def test_an_unknown_model_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no model 'nonsense' \(there are arm64, lkmm, power"):
        load("nonsense")


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"linux-kernel\.cat"):
        load(str(tmp_path))


@pytest.mark.parametrize("name", ["vocabulary/..", "../library/lkmm", "lkmm.cat", ""])
def test_a_name_is_no_path_into_the_library(name: str) -> None:
    with pytest.raises((UsageError, ModelError)):
        load(name)


def test_what_is_not_text_and_what_is_huge(tmp_path: Path) -> None:
    (tmp_path / "binary.cat").write_bytes(bytes(range(128, 256)))
    (tmp_path / "huge.cat").write_bytes(b"x " * 5_000_000)
    with pytest.raises(ModelError, match="is not text"):
        load(str(tmp_path / "binary.cat"))
    with pytest.raises(ModelError, match="too large"):
        load(str(tmp_path / "huge.cat"))


# ── models kept between runs ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [known.name for known in available()])
def test_a_model_from_the_cache_is_the_model(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = load(name)

    def fail(*_: object) -> None:
        raise AssertionError("resolved again")

    monkeypatch.setattr(models, "build", fail)
    kept = load(name)
    assert kept == fresh
    # The very terms: engines compare them by identity.
    assert [c.term for c in kept.model.checks] == [c.term for c in fresh.model.checks]
    spans = [(c.span.start_label, c.span.text) for c in kept.model.checks if c.span]
    assert spans == [(c.span.start_label, c.span.text) for c in fresh.model.checks if c.span]
    assert spans


def test_a_change_in_any_file_of_a_model_counts_at_once(tmp_path: Path) -> None:
    main, part = tmp_path / "main.cat", tmp_path / "part.cat"
    main.write_text('include "part.cat" acyclic x')
    part.write_text("let x = po")
    assert load(str(main)).model.checks[0].term is relation("po")
    part.write_text("let x = rf")
    assert load(str(main)).model.checks[0].term is relation("rf")
    part.write_text("let = rf")
    with pytest.raises(SyntaxError):
        load(str(main))


def test_a_file_that_comes_to_stand_before_another_counts_at_once(tmp_path: Path) -> None:
    main = tmp_path / "main.cat"
    main.write_text('include "rcu.cat" acyclic po')
    assert any(c.name == "invalid-sleep" for c in load(str(main)).model.checks)
    (tmp_path / "rcu.cat").write_text("let nothing = 0")
    assert [c.term for c in load(str(main)).model.checks] == [relation("po")]


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b'{"absent": [], "files": [], "terms": [[1]]}', b"\xff"])
def test_a_damaged_cache_is_no_harm(cache: Path, damage: bytes) -> None:
    fresh = load("sc")
    entries = [path for path in grammar.cache_directory().iterdir() if path.name.startswith("model-")]
    assert entries
    for entry in entries:
        entry.write_bytes(damage)
    assert load("sc") == fresh


def test_a_cache_that_cannot_be_written_is_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert load("sc").name == "sc"


@pytest.mark.parametrize("known", available(), ids=lambda known: known.name)
def test_each_model_of_the_library_names_its_source(known: Known) -> None:
    assert re.search(r"\d{4}|Manual|Documentation", known.source)
    assert "[" not in known.title
