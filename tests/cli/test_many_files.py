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

FILES = 5000
MEGABYTES = 500


@pytest.fixture(scope="module")
def tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tests of different texts; each tenth is not as it says, so that there is an execution to be told."""
    folder = tmp_path_factory.mktemp("many") / "tests"
    folder.mkdir()
    for number in range(FILES):
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
@pytest.mark.parametrize("format_", ["json", pytest.param("html", marks=pytest.mark.thorough)])
def test_thousands_of_files_stay_small(tests: Path, format_: str) -> None:
    target = tests.parent / f"out.{format_}"
    cold, _ = megabytes(tests, "--format", format_, "--output-file", str(target))
    text = target.read_text()
    if format_ == "json":
        assert len(json.loads(text)["results"]) == FILES
    else:
        assert all(f"{number:04}.litmus" in text for number in (0, 1, FILES - 1))
    warm, _ = megabytes(tests, "--format", format_, "--output-file", str(target))
    assert max(cold, warm) < MEGABYTES, (cold, warm)
