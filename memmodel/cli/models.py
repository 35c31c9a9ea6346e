"""`memmodel models`: the list of memory models that --model knows by name."""

from __future__ import annotations

import argparse

from memmodel.result import ExitStatus

EPILOG = """\
examples:
  # the models, and the names that they have
  memmodel models
  # the same test under one of them
  memmodel check litmus/classic/SB.litmus --model tso

exit status:
  0  always
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    commands.add_parser(
        "models",
        help="list the memory models that --model knows by name, and their sources",
        description="List the memory models that --model knows by name. --model also takes a .cat file, or a kernel "
        "tree's tools/memory-model directory.",
        epilog=EPILOG,
    )


def run(arguments: argparse.Namespace) -> int:
    from memmodel.cat.models import available

    known = available()
    width = max(len(model.name) for model in known)
    for model in known:
        print(f"{model.name:<{width}}  {model.title}\n{'':<{width}}    from {model.source}")
    return ExitStatus.OK
