"""Result files can be read back, and their tables say what changed."""

from __future__ import annotations

from pathlib import Path

from bench.results import Measurement, Results, comparison, read, table


def measured(series: str, size: int, *runs: float, **more: object) -> Measurement:
    return Measurement(series, size, sorted(runs)[len(runs) // 2], runs, 50.0, "Never", **more)  # type: ignore[arg-type]


def results(*measurements: Measurement, commit: str = "abc") -> Results:
    return Results(commit, "2025-01-01T00:00:00+00:00", "3.11", measurements)


def test_a_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    before = results(measured("ring", 4, 0.1, 0.2, 0.3, limit=0.4, problem="late"))
    before.write(tmp_path / "new" / "a.json")
    assert read(tmp_path / "new" / "a.json") == before


def test_growth_is_the_exponent_of_time_over_size() -> None:
    first, second, other = table(
        [measured("ring", 2, 0.1), measured("ring", 4, 0.8), measured("chain", 8, 1.0)]
    ).splitlines()[1:]
    assert "n^" not in first
    assert "n^3.0" in second
    assert "n^" not in other


def test_a_case_over_its_limit_is_marked() -> None:
    rows = table([measured("ring", 2, 0.5, limit=0.4), measured("ring", 4, 0.3, limit=0.4)]).splitlines()
    assert rows[1].endswith("over 0.4 s")
    assert "over" not in rows[2]


def test_only_runs_that_do_not_overlap_are_called_a_change() -> None:
    old = results(measured("a", 1, 1.0, 1.1, 1.2), measured("b", 1, 1.0, 1.1, 1.2), measured("c", 1, 1.0, 1.1, 1.2))
    new = results(measured("a", 1, 0.4, 0.5, 0.6), measured("b", 1, 1.15, 1.3, 1.4), measured("c", 1, 2.0, 2.1, 2.2))
    a, b, c = comparison(old, new).splitlines()[1:]
    assert a.endswith("faster")
    assert b.endswith("x1.18")
    assert c.endswith("slower")


def test_a_changed_verdict_stands_out() -> None:
    was = measured("a", 1, 1.0)
    now = Measurement("a", 1, 1.0, (1.0,), 50.0, "Sometimes")
    assert "verdict was Never, is Sometimes" in comparison(results(was), results(now))
