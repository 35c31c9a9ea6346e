"""A command line as `memmodel` completes it, without running it."""

from __future__ import annotations

import argparse

from memmodel.cli import configuration
from memmodel.cli.commands import parser, wanted


def completed(*words: str) -> argparse.Namespace:
    """The arguments that the subcommand would see. Raises MemmodelError."""
    root = parser(wanted(words))
    arguments = root.parse_args(words)
    configuration.complete(root, words, arguments)
    return arguments
