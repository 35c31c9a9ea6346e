"""Words of the command line in, checked values out: the types of arguments that subcommands share."""

from __future__ import annotations

import argparse
import os

LONGEST = 1e6
"""Seconds: more than eleven days is a slip, or infinity, which timers do not take."""


def positive(word: str) -> int:
    """An integer from 1."""
    return _integer(word, 1)


def natural(word: str) -> int:
    """An integer from 0."""
    return _integer(word, 0)


def seconds(word: str) -> float:
    """A time in seconds, greater than 0."""
    try:
        value = float(word)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number of seconds") from None
    if not 0 < value <= LONGEST:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number of seconds between 0 and {LONGEST:g}")
    return value


def cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _integer(word: str, least: int) -> int:
    try:
        value = int(word)
    except ValueError:
        value = least - 1
    if value < least:
        raise argparse.ArgumentTypeError(f"{word!r} is not an integer from {least}")
    return value
