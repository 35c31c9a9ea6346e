"""The real command, run as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.forked import Server

HERE = Path(__file__).parent

MP = """\
C MP

(*
 * Result: Sometimes
 *)

{}

P0(int *x, int *y)
{
	WRITE_ONCE(*x, 1);
	WRITE_ONCE(*y, 1);
}

P1(int *x, int *y)
{
	int r0 = READ_ONCE(*y);
	int r1 = READ_ONCE(*x);
}

exists (1:r0=1 /\\ 1:r1=0)
"""
"""Message passing without barriers: both Sometimes and free of races by the kernel's documents."""

MP_ORDERED = (
    MP.replace("WRITE_ONCE(*y, 1)", "smp_store_release(y, 1)")
    .replace("READ_ONCE(*y)", "smp_load_acquire(y)")
    .replace("Sometimes", "Never")
)


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    def results(self) -> list[dict[str, object]]:
        entries = json.loads(self.out)["results"]
        assert isinstance(entries, list)
        return entries


_servers: list[Server] = []


def memmodel(*arguments: str, stdin: bytes = b"", timeout: float = 60, **environment: str) -> Ran:
    """Run the command; what it prints, and its exit status. It never shows a traceback."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        status, out, err = _run(list(arguments), stdin, timeout)
    ran = Ran(status, out.decode(), err.decode())
    assert "Traceback" not in ran.out + ran.err
    return ran


def _run(words: list[str], stdin: bytes, timeout: float) -> tuple[int, bytes, bytes]:
    if not _servers:
        _servers.append(Server())
    if _servers[0].takes():
        try:
            return _servers[0].run(words, stdin, timeout)
        except BaseException:  # it may be at another's work now
            _servers.pop().end()
            raise
    command = [sys.executable, "-m", "memmodel", *words]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=timeout, check=False)
    return done.returncode, done.stdout, done.stderr
