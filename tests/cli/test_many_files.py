"""Five thousand files in one run take less than 500 MB, in whatever format, and a second run takes seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command import MP, MP_ORDERED

MEGABYTES = 500


def written(folder: Path, files: int) -> Path:
    """Tests of different texts; each tenth is not as it says, so that there is an execution to be told."""
    folder.mkdir()
    for number in range(files):
        text = MP_ORDERED if number % 3 == 0 else MP
        if number % 10 == 1:
            text = text.replace("Result: Sometimes", "Result: Never")
        (folder / f"{number:04}.litmus").write_text(text.replace("C MP", f"C MP{number}"))
    return folder


def megabytes(tests: Path, *arguments: str) -> tuple[float, float]:
    """Run the command; the memory of its largest process, and the seconds that it took."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    kept = str(tests.parent / "kept")
    command = [sys.executable, "-m", "memmodel", "check", str(tests), "--cache-dir", kept, *arguments]
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script, *command],
        env={**os.environ, "MEMMODEL_NO_CACHE": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    return int(done.stdout) / unit, time.monotonic() - start


@pytest.mark.slow
@pytest.mark.parametrize(
    ("format_", "files"),
    [("json", 1000), *(pytest.param(format_, 5000, marks=pytest.mark.thorough) for format_ in ("json", "html"))],
)
def test_thousands_of_files_stay_small(tmp_path: Path, format_: str, files: int) -> None:
    tests = written(tmp_path / "tests", files)
    target = tests.parent / f"out.{format_}"
    cold, _ = megabytes(tests, "--format", format_, "--output-file", str(target))
    text = target.read_text()
    if format_ == "json":
        assert len(json.loads(text)["results"]) == files
    else:
        assert all(f"{number:04}.litmus" in text for number in (0, 1, files - 1))
    warm, _ = megabytes(tests, "--format", format_, "--output-file", str(target))
    assert max(cold, warm) < (MEGABYTES if files == 5000 else MEGABYTES / 3), (cold, warm)
