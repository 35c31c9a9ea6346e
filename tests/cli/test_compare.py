"""`memmodel compare`: two versions in, what the new one allows and an exit status out."""

from __future__ import annotations

import json
from pathlib import Path

from memmodel.cli.compare import match
from tests.cli.command import MP, MP_ORDERED, memmodel

BAD = "1:r0=1; 1:r1=0;"


def files(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / name.replace("__", "/")
        path = path.with_name(f"{path.name}.litmus")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_a_lost_barrier_is_worse_and_its_return_better(tmp_path: Path) -> None:
    files(tmp_path, weak=MP, strong=MP_ORDERED)
    weak, strong = str(tmp_path / "weak.litmus"), str(tmp_path / "strong.litmus")
    worse = memmodel("compare", strong, weak)
    assert worse.status == 1
    assert worse.out.startswith("worse       Never → Sometimes")
    assert "1 state gained:" in worse.out and BAD in worse.out
    better = memmodel("compare", weak, strong)
    assert better.status == 0
    assert better.out.startswith("better      Sometimes → Never")
    assert "1 state lost:" in better.out and BAD in better.out
    assert memmodel("compare", weak, weak).out.startswith("same        Sometimes")


def test_a_new_race_is_worse_though_the_verdict_stays(tmp_path: Path) -> None:
    files(tmp_path, old=MP, new=MP.replace("WRITE_ONCE(*x, 1)", "*x = 1"))
    ran = memmodel("compare", str(tmp_path / "old.litmus"), str(tmp_path / "new.litmus"))
    assert ran.status == 1
    assert "there is a data race" in ran.out


def test_folders_are_matched_by_name(tmp_path: Path) -> None:
    old = files(tmp_path / "old", a=MP, sub__b=MP_ORDERED, gone=MP)
    new = files(tmp_path / "new", a=MP_ORDERED, other__b=MP, added=MP)
    ran = memmodel("compare", str(old), str(new), "--format", "json")
    assert ran.status == 1
    report = json.loads(ran.out)
    assert [(c["name"], c["change"]) for c in report["comparisons"]] == [
        ("a.litmus", "better"),
        ("other/b.litmus", "worse"),
    ]
    assert report["only_old"] == [str(old / "gone.litmus")]
    assert report["only_new"] == [str(new / "added.litmus")]
    worse = report["comparisons"][1]
    assert worse["states_gained"] == [{"1:r0": "1", "1:r1": "0"}]
    assert worse["states_lost"] == []
    assert worse["old"]["observation"] == "Never"
    assert worse["new"]["bad"] == {"1:r0": "1", "1:r1": "0"}


def test_a_name_that_a_side_has_twice_is_no_match(tmp_path: Path) -> None:
    old = files(tmp_path / "old", p__a=MP, q__a=MP, same=MP)
    new = files(tmp_path / "new", r__a=MP, same=MP)
    matching = match(str(old), str(new))
    assert [pair.name for pair in matching.pairs] == ["same.litmus"]
    assert len(matching.only_old) == 2 and len(matching.only_new) == 1


def test_one_version_may_come_from_standard_input(tmp_path: Path) -> None:
    files(tmp_path, new=MP)
    ran = memmodel("compare", "-", str(tmp_path / "new.litmus"), stdin=MP_ORDERED.encode())
    assert ran.status == 1
    assert memmodel("compare", "-", "-").status == 2


def test_bad_usage(tmp_path: Path) -> None:
    files(tmp_path, a=MP)
    files(tmp_path / "empty", b=MP)
    assert "one is a folder" in memmodel("compare", str(tmp_path), str(tmp_path / "a.litmus")).err
    missing = memmodel("compare", str(tmp_path / "a.litmus"), str(tmp_path / "none.litmus"))
    assert missing.status == 2 and "no such file" in missing.err
    files(tmp_path / "one", c=MP)
    apart = memmodel("compare", str(tmp_path / "empty"), str(tmp_path / "one"))
    assert apart.status == 2 and "of the same name" in apart.err


def test_a_broken_version_costs_no_other_comparison(tmp_path: Path) -> None:
    old = files(tmp_path / "old", a=MP_ORDERED, b=MP_ORDERED)
    new = files(tmp_path / "new", a=MP, b="C b\n{ nonsense")
    ran = memmodel("compare", str(old), str(new))
    assert ran.status == 2
    assert "worse       Never → Sometimes" in ran.out
    assert "error       Never → error" in ran.out
    assert "b.litmus:2" in ran.out


def test_lines_fit_80_columns(tmp_path: Path) -> None:
    library = Path(__file__).parents[2] / "litmus" / "ring"
    pair = [str(library / f"drain-{name}.litmus") for name in ("set-release", "before-atomic")]
    ran = memmodel("compare", *pair)
    assert ran.status == 1
    assert "[MM101]" in ran.out
    assert max(map(len, ran.out.splitlines()[1:])) <= 80


def test_a_barrier_that_became_redundant(tmp_path: Path) -> None:
    """The store becomes a release: the smp_wmb() before it, needed so far, no longer is."""
    barriers = MP_ORDERED.replace("smp_store_release(y, 1)", "smp_wmb();\n\tWRITE_ONCE(*y, 1)")
    both = MP_ORDERED.replace("smp_store_release(y, 1)", "smp_wmb();\n\tsmp_store_release(y, 1)")
    files(tmp_path, old=barriers, new=both)
    paths = [str(tmp_path / f"{name}.litmus") for name in ("old", "new")]
    ran = memmodel("compare", *paths)
    assert ran.status == 0
    assert ran.out.startswith("changed     Never")
    assert "line 12: smp_wmb() was required in OLD and is redundant in NEW" in ran.out
    assert "smp_wmb" not in memmodel("compare", "--no-audit", *paths).out
    assert "was required" not in memmodel("compare", *reversed(paths)).out
