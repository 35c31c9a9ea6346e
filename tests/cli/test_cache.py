"""`memmodel cache` tells what is kept, and takes it away."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import MP, memmodel


def test_what_is_kept_is_told_and_taken_away(tmp_path: Path) -> None:
    (tmp_path / "mp.litmus").write_text(MP)
    kept = tmp_path / "kept"
    memmodel("check", str(tmp_path), "--cache-dir", str(kept), MEMMODEL_NO_CACHE="")
    size = sum(path.stat().st_size for path in kept.glob("*.entry"))
    ran = memmodel("cache", "--cache-dir", str(kept))
    assert ran.out == f"{kept}: 1 reports, {size / 2**20:.1f} MB of at most 200 MB\n"
    assert memmodel("cache", MEMMODEL_CACHE_DIR=str(kept)).out == ran.out
    assert memmodel("cache", "clean", "--cache-dir", str(kept)).status == 0
    assert not kept.exists()


def test_where_nothing_is_kept_there_is_nothing_to_take_away(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("")
    assert memmodel("cache", "clean", "--cache-dir", str(tmp_path)).out == f"{tmp_path}: 0 reports, 0.0 MB taken away\n"
    assert (tmp_path / "mine.txt").exists()
    assert memmodel("cache", "--cache-dir", str(tmp_path / "absent")).status == 0
