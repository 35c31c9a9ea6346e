"""The command line in, an exit status out: chooses the subcommand and ends quietly whatever happens."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from memmodel.cli import configuration
from memmodel.cli.commands import module, parser, wanted
from memmodel.cli.ending import BROKEN_PIPE, INTERRUPTED
from memmodel.errors import MemmodelError
from memmodel.result import ExitStatus


def entry() -> NoReturn:
    """The installed command: `main`, without the tenth of a second that Python takes to begin and end around Z3.

    Nothing that start-up allocates is garbage, so looking for some is put off; and what the process holds at its end
    the system takes back faster than Python does. All output is flushed by then.
    """
    gc.disable()
    try:
        status = main()
    except KeyboardInterrupt:  # while the program was still being loaded
        status = INTERRUPTED
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status. Never raises, and prints no traceback, unless MEMMODEL_DEBUG=1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # paths and sources may hold what the terminal cannot show
    try:
        status = _run(sys.argv[1:] if argv is None else list(argv))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever read our output has had enough. Python would complain once more when it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except MemmodelError as error:
        _complain(error)
        return ExitStatus.BAD_INPUT
    except OSError as error:
        print(f"memmodel: cannot write: {error.strerror or error}", file=sys.stderr)
        return ExitStatus.BAD_INPUT
    except Exception as error:
        if os.environ.get("MEMMODEL_DEBUG") == "1":
            raise
        print(f"memmodel: internal error: {type(error).__name__}: {error}", file=sys.stderr)
        print("Please report it with the command line; MEMMODEL_DEBUG=1 shows where it happened.", file=sys.stderr)
        return ExitStatus.BAD_INPUT


def _run(words: list[str]) -> int:
    root = parser(wanted(words))
    if not words:
        sys.stderr.write(root.format_help())
        return ExitStatus.BAD_INPUT
    arguments = root.parse_args(words)
    configuration.complete(root, words, arguments)
    if getattr(arguments, "show_settings", False):
        from memmodel.cli.configuration import show

        return show.run(root, arguments)
    return module(arguments.command).run(arguments)


def _complain(error: MemmodelError) -> None:
    from memmodel.diagnostic import from_error
    from memmodel.reports.diagnostic import render

    sys.stdout.flush()
    sys.stderr.write(render(from_error(error)))
