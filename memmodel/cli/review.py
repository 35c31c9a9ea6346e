"""`memmodel review`: patches in, what they do to the ordering out."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from memmodel.cli.arguments import arch_argument, architectures, seconds, selection_arguments, tree
from memmodel.cli.configuration import completed, selection_of
from memmodel.errors import UsageError
from memmodel.reports.review import FORMATS
from memmodel.reports.style import ColourChoice, choose
from memmodel.result import ExitStatus

if TYPE_CHECKING:
    from memmodel.analyses.review.result import Review
    from memmodel.files import Files
    from memmodel.frontends.patch.patch import Patch

STDIN = "-"
LARGEST = 256 * 1024 * 1024

DESCRIPTION = """\
Apply patches beside the tree and say what they do to the ordering: which
accesses of which functions are not seen in order any more, or were not meant
to be out of order, which scenarios go wrong or right, which barriers do
nothing or name no partner. What is remarked is shown by an execution, or holds
in all of them.
"""

EPILOG = """\
A PATCH is a diff, a mail, a mailbox, - for standard input, or commits in git's
words (HEAD~3.., v1..v2, one commit). Patches are reviewed one after the other,
each on top of those before it. Nothing on disk is changed.

examples:
  # a patch that loses a barrier (status 1)
  memmodel review --tree tests/review/trees/flagbuf tests/review/patches/flagbuf-no-wmb.patch
  # the answer as a mail, from standard input, as in `git format-patch --stdout -1 | memmodel ...`
  memmodel review --tree tests/review/trees/flagbuf -f mail - < tests/review/patches/flagbuf-pair.patch
  # which machines of today show what a remark is about (status 1)
  memmodel review --tree tests/review/trees/userring tests/review/patches/userring-drain-posted.patch --arch all

exit status:
  0  no remark, or notes only
  1  a remark: an order is missing, a scenario goes wrong, a barrier does nothing
  2  bad usage or input; a patch that does not apply
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "review",
        help="say what a patch does to the ordering",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("patches", metavar="PATCH", nargs="+", help="a patch, a mail, a mailbox, a range of commits, or -")
    add(
        "--tree",
        metavar="DIR",
        help="the sources that the patches are for; default: what the patches show of them, and of commits this clone",
    )
    add(
        "--scenario",
        metavar="NAME",
        action="append",
        default=[],
        help="also a scenario that is not in scenarios/: its folder, or folder:variant; may be repeated",
    )
    add("-m", "--model", metavar="M", help="a name (see `memmodel models`), a .cat file or a kernel's; default: lkmm")
    arch_argument(parser, "also say of each remark whether this architecture can show it")
    add("--timeout", type=seconds, metavar="S", help="seconds for each patch; default: 9, and 54 for a series of many")
    add("--color", choices=[c.value for c in ColourChoice], default="auto", help="default: %(default)s")
    selection_arguments(parser)
    add("--full", action="store_true", help="print every row of the pairing tables")
    names = f"{', '.join(list(FORMATS)[:-1])} or {list(FORMATS)[-1]}"
    add("-f", "--format", metavar="NAME", choices=tuple(FORMATS), default="text", help=f"{names}; default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    """Review the patches. Raises MemmodelError for what cannot be read or does not apply."""
    from memmodel.analyses import rules as alone
    from memmodel.analyses import suppressions
    from memmodel.analyses.review import rules
    from memmodel.analyses.review.review import Settings, review
    from memmodel.analyses.review.scenarios import Scenarios
    from memmodel.engines.run import load_model
    from memmodel.engines.task import Options
    from memmodel.records import replace
    from memmodel.reports.review import Options as ReportOptions
    from memmodel.reports.review import render

    wanted = architectures(arguments)
    files, patches = _read(arguments)
    options = Options(model=arguments.model or Options().model, tree=tree(arguments))
    loaded = load_model(options.model)
    scenarios = Scenarios(arguments.scenario, options, chosen=completed(arguments).chosen)
    found = review(patches, files, Settings(loaded.model, scenarios, arguments.timeout, wanted), _progress)
    _progress(None)
    found = suppressions.of_review(selection_of(arguments).of_review(found))
    found = replace(found, rules=(*rules.RULES, *alone.RULES))
    command = shlex.join(
        ["memmodel", "review", *(["--tree", arguments.tree] if arguments.tree else []), *arguments.patches]
    )
    style = choose(ColourChoice(arguments.color), sys.stdout.isatty(), os.environ)
    sys.stdout.write(render(found, arguments.format, ReportOptions(style, arguments.full, command)))
    return ExitStatus.FINDING if _remarks(found) else ExitStatus.OK


def _remarks(found: Review) -> bool:
    """Whether there is a remark that is more than a note."""
    from memmodel.analyses.finding import Level

    return any(item.finding.level is not Level.NOTE for patch in found.patches for item in patch.remarks)


def _read(arguments: argparse.Namespace) -> tuple[Files, tuple[Patch, ...]]:
    """The tree before the first patch, and the patches."""
    from memmodel.files import NOWHERE, Files
    from memmodel.frontends.patch.git import from_git
    from memmodel.frontends.patch.read import read

    named = tree(arguments)
    ranges = [word for word in arguments.patches if word != STDIN and not os.path.lexists(word)]
    if ranges:
        if len(arguments.patches) > 1:
            others = [word for word in arguments.patches if word not in ranges]
            _missing(ranges, others)
        return from_git(ranges[0], Path(named or "."))
    patches = [patch for word in arguments.patches for patch in read(_bytes(word), _name(word))]
    return Files(Path(named) if named is not None else NOWHERE), tuple(patches)


def _missing(ranges: list[str], others: list[str]) -> None:
    if others:
        raise UsageError(f"{ranges[0]}: no such file", hint="commits are reviewed by themselves, without files")
    raise UsageError(f"{' '.join(ranges)}: no such files", hint="of commits one range can be named: FIRST..LAST")


def _name(word: str) -> str:
    return "<stdin>" if word == STDIN else word


def _bytes(word: str) -> bytes:
    if word == STDIN:
        data = sys.stdin.buffer.read(LARGEST + 1)
    else:
        try:
            with Path(word).open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            raise UsageError(f"{word}: cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise UsageError(f"{_name(word)}: larger than {LARGEST // 1024 // 1024} MB")
    return data


def _progress(patch: Patch | None) -> None:
    """Which patch is looked at, on a terminal only."""
    if sys.stderr.isatty():
        text = f"reviewing {patch.subject}"[:79] if patch is not None else ""
        sys.stderr.write(f"\r\x1b[K{''.join(c for c in text if c.isprintable())}")
        sys.stderr.flush()
