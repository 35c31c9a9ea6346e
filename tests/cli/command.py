"""The real command, run as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

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


def memmodel(*arguments: str, stdin: bytes = b"", timeout: float = 60, **environment: str) -> Ran:
    """Run the command; what it prints, and its exit status. It never shows a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "memmodel", *arguments],
        input=stdin,
        capture_output=True,
        timeout=timeout,
        env={**os.environ, **environment},
        check=False,
    )
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in ran.out + ran.err
    return ran
