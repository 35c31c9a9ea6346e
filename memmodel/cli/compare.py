"""`memmodel compare`: two versions of a test, or two folders of tests, in; what changed and an exit status out."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from memmodel.cli.arguments import (
    cache_arguments,
    cluster_arguments,
    code_arguments,
    cores,
    deciding,
    natural,
    positive,
    seconds,
)
from memmodel.cli.configuration import options_for
from memmodel.cli.paths import SUFFIX, Missing, collect
from memmodel.engines.programs import is_code
from memmodel.engines.task import LARGEST_FILE, STDIN, EngineChoice, Options, Task
from memmodel.errors import MemmodelError, UsageError
from memmodel.records import dataclass, replace
from memmodel.result import worst

if TYPE_CHECKING:
    from memmodel.analyses.compare import Comparison

EPILOG = """\
examples:
  # what the barrier is good for: without it, more can happen (status 1)
  memmodel compare litmus/ring/drain-mb.litmus litmus/ring/drain-none.litmus
  # two folders, matched by name
  memmodel compare litmus/locks litmus/locks --jobs 2 --no-audit

exit status:
  0  NEW allows nothing bad that OLD did not
  1  NEW allows the outcome that the test asks about, a data race or another flag, a
     deadlock or a fault, and OLD did not
  2  bad usage or input
  3  not decided: out of time or memory, only up to a loop bound, or unsupported
  The worst of a run counts, in the order 2, 1, 3, 0.
"""


@dataclass(frozen=True)
class Pair:
    """Two files that are versions of the same test."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Matching:
    pairs: tuple[Pair, ...]
    only_old: tuple[str, ...] = ()
    only_new: tuple[str, ...] = ()


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "compare",
        help="say what a new version of a test allows that the old one did not",
        description="Compare two versions of a litmus test, or two folders of tests matched by name: the final states "
        "gained and lost, data races and other flags, verdicts, warnings.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    defaults = Options()
    model = "a name (see `memmodel models`), a .cat file or a kernel's tools/memory-model; default: the scenario's, or "
    add("old", metavar="OLD", help="a litmus test, a C file, scenarios/NAME:VARIANT, a folder, or - for standard input")
    add("new", metavar="NEW", help="the same in the version to judge")
    add("-m", "--model", metavar="M", help=model + defaults.model)
    add("--engine", choices=[e.value for e in EngineChoice], default=defaults.engine.value, help="default: %(default)s")
    add("--unroll", type=natural, metavar="N", help="run loops at most N times; default: the file's own, else 2")
    code_arguments(parser)
    add("-j", "--jobs", type=positive, default=cores(), metavar="N", help="files at a time; default: one for each core")
    add("--timeout", type=seconds, default=defaults.timeout, metavar="S", help="for each file; default: %(default)g")
    add("--memory", type=positive, default=defaults.memory, metavar="MB", help="for each file; default: %(default)s")
    cache_arguments(parser)
    cluster_arguments(parser)
    add(
        "--audit",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="say which barriers became redundant, where both versions are sound; default: yes",
    )
    add("-f", "--format", choices=["text", "json"], default="text", help="default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    """Compare what the arguments name. Raises MemmodelError where there is nothing to compare."""
    from memmodel.analyses.compare import compare
    from memmodel.cli.work import checked
    from memmodel.reports import comparison

    start = time.monotonic()
    matching = match(arguments.old, arguments.new)
    options = replace(deciding(arguments), states=True)
    data = sys.stdin.buffer.read(LARGEST_FILE + 1) if STDIN in (arguments.old, arguments.new) else None
    tasks = [
        Task(file, options_for(file, _listing(options, file), arguments), data if file == STDIN else None)
        for pair in matching.pairs
        for file in (pair.old, pair.new)
    ]
    reports = list(checked(tasks, arguments, True))
    compared = tuple(
        compare(pair.name, old, new) for pair, old, new in zip(matching.pairs, reports[::2], reports[1::2], strict=True)
    )
    if arguments.audit:
        compared = tuple(_audited(pair, item, arguments) for pair, item in zip(matching.pairs, compared, strict=True))
    found = comparison.Compared(compared, matching.only_old, matching.only_new, time.monotonic() - start)
    as_json = arguments.format == "json"
    sys.stdout.write(comparison.as_json(found) + "\n" if as_json else comparison.text(found))
    return worst(item.change.status for item in compared)


def _listing(options: Options, file: str) -> Options:
    """The options for a file: of a C program, which lists no final values, no states are compared."""
    return replace(options, states=False) if is_code(file) else options


def _audited(pair: Pair, item: Comparison, arguments: argparse.Namespace) -> Comparison:
    """The comparison with the barriers that became redundant, where that is a question and can be answered."""
    from memmodel.analyses.audit import audit
    from memmodel.analyses.compare import comparable, with_redundant
    from memmodel.analyses.costs import Architecture
    from memmodel.analyses.redundancy import became_redundant
    from memmodel.cli.subjects import subject_of
    from memmodel.engines.solver import OutOfTime

    if not comparable(item) or STDIN in (pair.old, pair.new):
        return item
    try:
        old, new = (audit(subject_of(path, arguments), Architecture.ALL, 1) for path in (pair.old, pair.new))
    except (OutOfTime, MemmodelError):
        return with_redundant(item, (), ("which barriers became redundant was not decided",))
    return with_redundant(item, became_redundant(old, new))


def match(old: str, new: str) -> Matching:
    """The pairs to compare: the two files, whatever their names, or the files of two folders, by their path below the
    folder and, where that differs, by a name that each side has once. Raises UsageError."""
    folders = [path != STDIN and Path(path).is_dir() for path in (old, new)]
    if folders[0] != folders[1]:
        raise UsageError(f"{old} and {new}: one is a folder and the other is not", hint="compare like with like")
    if not folders[0]:
        if old == new == STDIN:
            raise UsageError("standard input can be one of the two versions only")
        return Matching((Pair(new if new != STDIN else old, _file(old), _file(new)),))
    return _match_folders(_below(old), _below(new), old, new)


def _file(path: str) -> str:
    (found,) = collect([path])
    if isinstance(found, Missing):
        raise found.error or UsageError(f"{found.path}: {found.reason}")
    return found


def _below(folder: str) -> dict[str, str]:
    """The tests below a folder: relative path to path."""
    found: dict[str, str] = {}
    for path in collect([folder]):
        if isinstance(path, Missing):
            raise path.error or UsageError(f"{path.path}: {path.reason}")
        found[_relative(path, folder)] = path
    return found


def _relative(path: str, folder: str) -> str:
    """The name of a test below a folder; that of a variant, where the folder is its scenario."""
    plain = folder.rstrip("/") or folder
    return path[len(plain) + 1 :] if path.startswith(f"{plain}:") else Path(path).relative_to(folder).as_posix()


def _match_folders(old: dict[str, str], new: dict[str, str], old_folder: str, new_folder: str) -> Matching:
    partners = {name: name for name in old if name in new}
    moved_old = _by_name(name for name in old if name not in partners)
    moved_new = _by_name(name for name in new if name not in partners)
    partners |= {moved_old[name]: moved_new[name] for name in moved_old if name in moved_new}
    if not partners:
        raise UsageError(f"{old_folder} and {new_folder} have no *{SUFFIX} file and no variant of the same name")
    taken = set(partners.values())
    return Matching(
        tuple(Pair(other, old[name], new[other]) for name, other in sorted(partners.items(), key=lambda p: p[1])),
        tuple(path for name, path in old.items() if name not in partners),
        tuple(path for name, path in new.items() if name not in taken),
    )


def _by_name(paths: Iterable[str]) -> dict[str, str]:
    """Names that occur once, with their paths."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(Path(path).name, []).append(path)
    return {name: found[0] for name, found in groups.items() if len(found) == 1}
