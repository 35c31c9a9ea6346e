"""What to check and how: the options of a run, the file or variant of a task and its text."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from memmodel import errors, inputs
from memmodel.files import Files
from memmodel.records import dataclass
from memmodel.source import SourceFile

LARGEST_FILE = 1 << 20
"""Bytes: fifty times the size of the largest test that we have met. What is larger is something else."""

STDIN = "-"

_LITMUS = ".litmus"

_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class EngineChoice(Enum):
    SMT = "smt"
    ENUMERATE = "enumerate"
    BOTH = "both"


@dataclass(frozen=True)
class Details:
    """What a report holds besides the verdict, because some format shows it; each has its price."""

    steps: bool = False
    """The execution that settles an unexpected verdict."""
    picture: bool = False
    """An execution to be drawn."""
    machines: tuple[str, ...] = ()
    """Architectures that are asked as well: each costs about as much as the verdict."""
    changes: bool = False
    """The cheapest change that would answer an unexpected verdict: a search of its own, within the time limit."""


@dataclass(frozen=True)
class Expected:
    """A verdict expected of a file by whoever checks it: Never, Sometimes, Always, DEADLOCK or Maybe."""

    verdict: str
    race: bool = False


@dataclass(frozen=True)
class Fallback:
    """What holds of a file where neither the user nor the file itself says otherwise."""

    unroll: int | None = None
    defines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Options:
    """What to do with each file; the same for all files of a run."""

    model: str = "lkmm"
    engine: EngineChoice = EngineChoice.SMT
    states: bool = False
    count: bool = False
    unroll: int | None = None
    timeout: float = 60.0
    """Seconds for each file, all of its work together."""
    memory: int | None = 2048
    """Megabytes that the work on one file may take; None: no limit."""
    tree: str | None = None
    """The kernel tree that C code may include files of."""
    defines: tuple[tuple[str, str], ...] = ()
    """Macros that C code finds defined."""
    details: Details = Details()
    expected: Expected | None = None
    """What is expected instead of what the file states."""
    fallback: Fallback = Fallback()


@dataclass(frozen=True)
class Task:
    """One file to check: a litmus test, a C file or a variant of a scenario, as in `scenarios/NAME:VARIANT`. `data` is
    given where it was read already (standard input). `files`: the kernel tree, with what is to be taken for some of its
    files; None: as on disk, in `options.tree`."""

    file: str
    options: Options
    data: bytes | None = None
    files: Files | None = None


def read(task: Task) -> SourceFile:
    """The text of a task's file. Raises UsageError where it cannot be read or is no text."""
    name = "<stdin>" if task.file == STDIN else task.file
    if task.data is not None:
        return SourceFile(name, decode(name, task.data))
    try:
        with Path(task.file).open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        inputs.uncertain(task.file)
        raise errors.UsageError(f"{task.file}: cannot be read: {error.strerror or error}") from error
    inputs.read(task.file, data, placed=not task.file.endswith(_LITMUS))
    return SourceFile(name, decode(name, data))


def decode(name: str, data: bytes) -> str:
    """The characters of a file: UTF-8, or Latin-1 as many old headers have it. Raises UsageError for a file that is
    too large and for one that is not text."""
    if len(data) > LARGEST_FILE:
        raise errors.UsageError(
            f"{name}: larger than {LARGEST_FILE >> 20} MB, which no test is", hint="is this the right file?"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    found = _CONTROL.search(text)
    if found:
        raise errors.UsageError(
            f"{name}: not a text file: byte {ord(found.group()):#04x} at offset {found.start()}",
            hint="a litmus test is plain text that starts with 'C name'",
        )
    return text


def command(task: Task) -> str:
    """The command line that repeats a task."""
    options = task.options
    words = ["memmodel check", task.file, f"--engine {options.engine.value}", f"--model {options.model}"]
    words += ["--states"] if options.states else []
    words += ["--count"] if options.count else []
    words += [f"--unroll {options.unroll}"] if options.unroll is not None else []
    words += [f"--tree {options.tree}"] if options.tree is not None else []
    words += [f"-D {name}={value}" for name, value in options.defines]
    return " ".join(words)
