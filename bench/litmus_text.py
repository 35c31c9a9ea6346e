"""Lines of thread bodies in, the text of a litmus file out: what all generators share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

INDENT = "\t"


@dataclass(frozen=True)
class ThreadText:
    """One thread: its parameters as C declares them, and its statements, one a line, not indented."""

    parameters: Sequence[str]
    lines: Sequence[str]


def indent(lines: Iterable[str], depth: int = 1) -> list[str]:
    return [INDENT * depth + line for line in lines]


def when(condition: str, body: Iterable[str]) -> list[str]:
    """An if statement around `body`."""
    return [f"if ({condition}) {{", *indent(body), "}"]


def litmus(name: str, init: str, threads: Sequence[ThreadText], condition: str) -> str:
    """A whole litmus file. `condition` holds its quantifier."""
    lines = [f"C {name}", "", f"{{ {init} }}" if init else "{}"]
    for number, thread in enumerate(threads):
        lines += ["", f"P{number}({', '.join(thread.parameters)})", "{", *indent(thread.lines), "}"]
    return "\n".join([*lines, "", condition, ""])
