"""`memmodel init`: a folder in, a starting configuration and a first litmus test in it out."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from memmodel.cli.configuration.file import NAME, SHARED, TABLE
from memmodel.cli.creating import create
from memmodel.errors import MemmodelError, UsageError
from memmodel.result import ExitStatus

EPILOG = """\
Nothing is overwritten: where one of the files is there already, none is written.

examples:
  # a folder to start in
  memmodel init ring-tests
  # what stands in it is checked by `memmodel check`, without a path
  memmodel init ring-tests --force && cd ring-tests && memmodel check

exit status:
  0  written
  2  bad usage; a file that is there already, or a place that cannot be written to
"""

TEST = "litmus/hand-over.litmus"

CONFIGURATION = """\
# What `memmodel` does in this folder and below. An option on the command line wins over
# what stands here; so does an environment variable, such as MEMMODEL_MODEL.

# What `memmodel check` checks where it is given no path.
paths = ["litmus"]

# Left out of those folders: patterns as in .gitignore.
# exclude = ["litmus/slow/"]

# lkmm (the Linux kernel's), sc, tso, a .cat file, or a kernel's tools/memory-model.
model = "lkmm"

# How often loops are run, where a file does not say.
unroll = 2

# Seconds for each file.
# timeout = 60

# For C code: a kernel's sources, and macros.
# tree = "../linux"
# define = { DEBUG = 1 }

# Which warnings are told, by code or the beginning of one: `memmodel rule` lists them.
# select = ["MM1"]
# ignore = ["MM104"]

# The verdict that is expected of files. It wins over what they state themselves; the last
# table that fits a file counts.
# [[expect]]
# files = ["litmus/known-*.litmus"]
# verdict = "Sometimes"
# race = true
"""

LITMUS = """\
C hand-over

(*
 * Result: Never
 *
 * How a ring hands an item over. The producer fills the slot, then moves head;
 * the consumer looks at head, then takes what is in the slot. Can it find the
 * slot still empty?
 *
 * The release in P0 pairs with the acquire in P1: who sees the new head sees
 * the item, too. Make one of them a WRITE_ONCE() or a READ_ONCE(), and
 * `memmodel explain` shows how it goes wrong.
 *)

{}

P0(int *slot, int *head)
{
	*slot = 42;
	smp_store_release(head, 1);
}

P1(int *slot, int *head)
{
	int r0;
	int r1;

	r0 = smp_load_acquire(head);
	if (r0 == 1) {
		r1 = *slot;
	}
}

exists (1:r0=1 /\\ ~(1:r1=42))
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "init",
        help="write a starting configuration and a first litmus test",
        description=f"Write {NAME}, with the settings that one may want and what they mean, and {TEST}, a first "
        "litmus test that passes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("folder", metavar="DIR", nargs="?", default=".", help="where; made if it is not there; default: here")
    add("--force", action="store_true", help="overwrite what is there")


def run(arguments: argparse.Namespace) -> int:
    """Write the files. Raises UsageError where one is there already, or cannot be written; none is written then."""
    folder = Path(arguments.folder)
    if not arguments.force:
        _configured(folder)
    files = {folder / NAME: CONFIGURATION, folder / TEST: LITMUS}
    create(files, arguments.force)
    print(f"Wrote {' and '.join(map(str, files))}.\n\nNext:")
    steps = _next(folder)
    width = max(len(command) for command, about in steps if about)
    for command, about in steps:
        print(f"  {command:<{width}}{about}".rstrip())
    return ExitStatus.OK


def _next(folder: Path) -> list[tuple[str, str]]:
    """What to type now, and what for."""
    there = [] if folder == Path() else [(f"cd {shlex.quote(str(folder))}", "")]
    return [
        *there,
        ("memmodel check", "  # decides the tests below litmus/"),
        (f"memmodel explain {TEST}", "  # says why, and what the barriers are for"),
        ("memmodel check --help", "  # what else there is to ask"),
    ]


def _configured(folder: Path) -> None:
    """Raises UsageError where a pyproject.toml has the settings, which a memmodel.toml beside it would hide."""
    from memmodel.cli.configuration.file import load

    shared = folder / SHARED
    if not shared.is_file():
        return
    try:
        load(str(shared))
    except UsageError:  # no such table
        return
    except MemmodelError:
        pass
    raise UsageError(f"{shared}: has [{'.'.join(TABLE)}] already", hint=f"--force writes a {NAME}, which wins over it")
