"""`memmodel cache`: what is kept of earlier runs, told or taken away."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from memmodel.cli.work import CACHE_DIR
from memmodel.errors import UsageError
from memmodel.result import ExitStatus

if TYPE_CHECKING:
    from memmodel.engines.cache import Room

DESCRIPTION = """\
Tell where reports of earlier runs are kept, how many there are and how much room they take; or take them away.

A report is used again only if the program, the options, the file and everything that the file or the model reads are as
they were; so there is never a need to clean up but for room, and the least recently used go by themselves."""

EPILOG = """\
examples:
  # where it is, and how large
  memmodel cache
  # what a job of the CI keeps: all of it away
  memmodel cache clean --cache-dir ci/memmodel

exit status:
  0  told, or done
  2  bad usage
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "cache", help="tell what is kept of earlier runs, or clean it up", description=DESCRIPTION, epilog=EPILOG
    )
    parser.add_argument("action", nargs="?", choices=["info", "clean"], default="info", help="default: info")
    place = "the folder; default: $MEMMODEL_CACHE_DIR or ~/.cache/memmodel/results"
    parser.add_argument("--cache-dir", metavar="DIR", help=place)


def run(arguments: argparse.Namespace) -> int:
    """Raises UsageError where there is no folder to look at."""
    from memmodel.engines import cache

    try:
        folder = str(Path(arguments.cache_dir or os.environ.get(CACHE_DIR) or cache.directory()).absolute())
    except RuntimeError:
        raise UsageError("there is no home to keep reports in", hint="--cache-dir names a folder") from None
    if arguments.action == "clean":
        print(f"{folder}: {_told(cache.clean(folder))} taken away")
    else:
        print(f"{folder}: {_told(cache.room(folder))} of at most {cache.MOST >> 20} MB")
    return ExitStatus.OK


def _told(found: Room) -> str:
    return f"{found.entries} reports, {found.size / (1 << 20):.1f} MB"
