"""Accesses to ghost variables in, who owns each of them out: one thread writes, and nobody else but final() reads."""

from __future__ import annotations

from memmodel.errors import SyntaxError
from memmodel.program.ir import Address, Constant
from memmodel.source import Span

GHOST = "ghost"


class Ghosts:
    """Who writes and who reads the registers of ghost variables."""

    def __init__(self) -> None:
        self.initial: dict[str, Constant | Address] = {}
        self._writers: dict[str, str] = {}
        self._reads: list[tuple[str, str, Span]] = []

    def read(self, register: str, who: str, span: Span) -> None:
        self._reads.append((register, who, span))

    def write(self, register: str, who: str, span: Span) -> None:
        """Note a write. Raises SyntaxError where another thread writes the same."""
        other = self._writers.setdefault(register, who)
        if other != who:
            message = f"{shown(register)} is written by {other} and by {who}"
            raise SyntaxError(message, span, "a ghost variable belongs to one thread: give each its own")

    def writer(self, register: str) -> str | None:
        """The thread that writes a register."""
        return self._writers.get(register)

    def check(self, final: str) -> None:
        """Raise SyntaxError where a thread reads what another one writes."""
        for register, who, span in self._reads:
            writer = self._writers.get(register)
            if writer is not None and who not in (writer, final):
                message = f"{shown(register)} is written by {writer} and read by {who}"
                raise SyntaxError(message, span, "ghost variables order nothing: read it in final()")

    def used(self, who: str) -> set[str]:
        """The registers that a thread reads or writes."""
        return {r for r, reader, _ in self._reads if reader == who} | {r for r, w in self._writers.items() if w == who}


def shown(register: str) -> str:
    """A ghost's register as people know it."""
    return f"the ghost variable '{register.removeprefix(GHOST + '.')}'"
