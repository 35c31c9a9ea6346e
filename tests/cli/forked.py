"""Command lines in, runs of the real command out, each in a process forked from one that has everything loaded.

A run of the command spends most of its time on loading: this way a few hundred of them cost a fork each. What a run
finds, prints and leaves behind is the same; only what Python itself reads from the environment when it starts is not,
so that such runs get a process of their own (`Server.takes`).
"""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).parents[2]
_LARGEST = 1 << 20
"""Bytes of a request at most: its words and its environment."""


class Server:
    """The process that all are forked from. It has done nothing yet but to load."""

    def __init__(self) -> None:
        self._of_python = _of_python(os.environ)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket = ours
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.cli.forked", str(theirs.fileno())],
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def takes(self) -> bool:
        """Whether Python would start as it did for this process."""
        return _of_python(os.environ) == self._of_python

    def run(self, words: list[str], stdin: bytes, timeout: float) -> tuple[int, bytes, bytes]:
        """Exit status, standard output, standard error; in the folder and with the environment of this process. Raises
        subprocess.TimeoutExpired."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(stdin)
            given.seek(0)
            request = json.dumps([words, str(Path.cwd()), dict(os.environ)]).encode()
            socket.send_fds(self._socket, [request], [given.fileno(), out.fileno(), err.fileno()])
            self._socket.settimeout(timeout)
            try:
                status = int(self._socket.recv(_LARGEST))
            except TimeoutError:
                raise subprocess.TimeoutExpired(words, timeout) from None
            out.seek(0)
            err.seek(0)
            return status, out.read(), err.read()

    def end(self) -> None:
        """Kill it, and what is running in it."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._socket.close()


def _of_python(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(("PYTHON", "LC_", "LANG"))}


def _serve(number: int) -> None:
    """Until whoever asks has gone."""
    from memmodel.cli.commands import NAMES

    for name in ("main", *NAMES):
        import_module(f"memmodel.cli.{name}")
    for name in ("analyses.checking", "engines.pool", "engines.smt", "engines.enumerate", "frontends.c.load"):
        import_module(f"memmodel.{name}")
    gc.disable()
    gc.freeze()
    with socket.socket(fileno=number) as asked:
        while True:
            request, fds, _, _ = socket.recv_fds(asked, _LARGEST, 3)
            if not request:
                return
            child = os.fork()
            if child == 0:
                asked.close()
                _run(fds, *json.loads(request))
            for fd in fds:
                os.close(fd)
            _, status = os.waitpid(child, 0)
            asked.send(str(os.waitstatus_to_exitcode(status)).encode())


def _run(fds: list[int], words: list[str], folder: str, environment: dict[str, str]) -> NoReturn:
    """The command, in a process as it finds one when it is started."""
    for standard, fd in enumerate(fds):
        os.dup2(fd, standard)
        os.close(fd)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "wb", closefd=False)))
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "wb", closefd=False)), errors="backslashreplace", line_buffering=True
    )
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv[1:] = words
    from memmodel.cli.main import entry

    entry()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
