"""`memmodel herd`: herd7's command line in, herd7's output out, so that scripts written for it run as they are."""

from __future__ import annotations

import argparse
from pathlib import Path

from memmodel.cli.arguments import LONGEST, natural
from memmodel.cli.parser import Parser
from memmodel.errors import UsageError
from memmodel.result import ExitStatus

DEFINITIONS = "linux-kernel.def"
"""Lies beside the model in a kernel's tools/memory-model."""

EPILOG = """\
The kernel's scripts look for `herd7` in PATH. A file of that name that calls this command makes them
run as they are; docs/ci/herd7 is one. The model is the one that -conf or -model names, with the
primitives of the kernel that it is from; without either, the built-in lkmm.

examples:
  # under the built-in lkmm
  memmodel herd litmus/classic/MP.litmus

in a kernel tree:
  # as scripts/checklitmus.sh calls it, in tools/memory-model
  memmodel herd -conf linux-kernel.cfg litmus-tests/MP+poonceonces.litmus
  # all tests of the kernel, by its own script
  PATH=$HOME/memmodel/docs/ci:$PATH scripts/checkalllitmus.sh

exit status:
  0  decided, whatever the verdict is, as herd7 has it
  2  bad usage or input
  3  not decided: out of time, or unsupported
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "herd",
        help="run with herd7's options and output, for the kernel's scripts",
        description="Decide litmus tests, called as herd7 is called, and print what herd7 prints.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="a litmus test")
    add("-conf", metavar="FILE", help="take the model from a configuration of herd7: linux-kernel.cfg")
    add("-model", dest="cat", metavar="FILE", help="the model, a .cat file")
    add("-I", dest="folders", action="append", default=[], metavar="DIR", help="look there for the two, too")
    add("-unroll", dest="rounds", type=natural, metavar="N", help="run loops at most N times")
    ignored = "taken and ignored: what it says is in the model, or changes no verdict"
    for name in ("-bell", "-macros", "-variant", "-show", "-through"):
        add(name, metavar="X", action="append", help=ignored)


def run(arguments: argparse.Namespace) -> int:
    """Check the files. Raises MemmodelError for what cannot be read."""
    from memmodel.cli import check
    from memmodel.cli.commands import parser

    words = ["check", "--no-config", "--format", "herd", "--timeout", f"{LONGEST:g}", "--jobs", "1"]
    model = _model(arguments)
    words += [f"--model={model}"] if model is not None else []
    words += [f"--unroll={arguments.rounds}"] if arguments.rounds is not None else []
    root = parser(("check",))
    assert isinstance(root, Parser)
    status = check.run(root.parse_args([*words, "--", *arguments.files]))
    return ExitStatus.OK if status == ExitStatus.FINDING else status


def _model(arguments: argparse.Namespace) -> str | None:
    """The model, as --model names it; None where nothing names one. Raises UsageError."""
    named: str | None = arguments.cat
    if named is None and arguments.conf is not None:
        conf = _found(arguments.conf, arguments.folders, "-conf")
        named = _setting(conf, "model")
        if named is None:
            raise UsageError(f"-conf {conf}: names no model", hint="expected a line such as 'model linux-kernel.cat'")
    if named is None:
        return None
    path = _found(named, arguments.folders, "-model")
    return str(path.parent) if (path.parent / DEFINITIONS).is_file() else str(path)


def _found(name: str, folders: list[str], option: str) -> Path:
    """A file here or in one of the folders."""
    for path in (Path(name), *(Path(folder) / name for folder in folders)):
        if path.is_file():
            return path
    raise UsageError(f"{option} {name}: no such file", hint="run it in tools/memory-model, or name that with -I")


def _setting(conf: Path, name: str) -> str | None:
    """What a line of herd7's configuration sets: `model linux-kernel.cat`."""
    try:
        lines = conf.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise UsageError(f"-conf {conf}: cannot be read: {error.strerror or error}") from error
    found = [words[1].strip() for words in (line.split(None, 1) for line in lines) if words[:1] == [name] and words[1:]]
    return found[-1] if found else None
