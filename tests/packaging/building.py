"""The tree in, archives and places where they are installed out; nothing of this environment is used, nor git."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

NOT_SOURCES = shutil.ignore_patterns(
    ".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "dist", "build", "bench-results"
)

DECOYS = (
    ".venv/lib/left-behind.py",
    "dist/old.whl",
    "build/old.o",
    "bench-results/run.json",
    ".mypy_cache/found.json",
    ".hypothesis/examples/one",
    "memmodel/cli/__pycache__/check.cpython-311.pyc",
    "tests/__pycache__/conftest.pyc",
)
"""What lies about where somebody has worked, and must not be shipped."""


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Place:
    """Somewhere memmodel is installed. `programs`: the folder of its command; `share`: of its data."""

    programs: Path
    share: Path

    def memmodel(self, *words: str, folder: Path) -> Done:
        kept = str(folder / "kept")  # nothing that another memmodel of this version has found
        return run([str(self.programs / "memmodel"), *words], folder, programs=[], MEMMODEL_CACHE_DIR=kept)


def run(command: list[str], folder: Path, programs: list[Path], **environment: str) -> Done:
    """Run a command that finds no other programs than those in the folders given, and nothing of this environment."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "VIRTUAL_ENV", "MEMMODEL", "PYTEST", "COV_"))
    }
    path = os.pathsep.join(map(str, programs))
    done = subprocess.run(
        command,
        cwd=folder,
        env={**kept, "PATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def succeed(command: list[str], folder: Path, programs: list[Path], **environment: str) -> str:
    done = run(command, folder, programs, **environment)
    assert done.status == 0, f"{' '.join(command)}\n{done.out}\n{done.err}"
    return done.out


def copy(folder: Path) -> Path:
    """The sources, as somebody has them who has no git but has worked in them."""
    made = folder / "source"
    shutil.copytree(ROOT, made, ignore=NOT_SOURCES)
    for name in DECOYS:
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text("left behind")
    return made


def environment(folder: Path, *packages: str) -> Path:
    """A fresh virtual environment with packages in it: the folder of its programs."""
    succeed([sys.executable, "-m", "venv", str(folder)], folder.parent, [])
    programs = folder / "bin"
    succeed([str(programs / "python"), "-m", "pip", "install", "--quiet", *packages], folder.parent, [programs])
    return programs


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that one of the processes at these tests fills, for all of them."""
    top = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        top = top.parent
    folder, made = top / name, top / f"{name}.made"
    with (top / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            folder.mkdir()
            make(folder)
            made.touch()
    return folder
