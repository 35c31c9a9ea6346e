"""A page of the documentation in, each command that it shows run as a reader would run it out: a page is one session,
in a copy of the repository, so that a command sees what those before it did, and nothing else does.

A command is a line `$ …` in a ```console block; what follows up to the next is what it prints. Three marks in comments
of the page are for the session alone:

    <!-- setup: COMMAND -->     a command that readers need not see
    <!-- top -->                the next commands are given in the top folder again
    <!-- needs: THING -->       the next block is run where there is such a thing: a program, or one of `THINGS`
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.shown import ROOT, missing, with_ends_left_out

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COPIED = ("docs", "litmus", "scenarios", "tests/review", "README.md")
"""What of the repository the commands of a page see, and may change: they see a copy."""

PATIENCE = ("review", "--timeout", "60")
"""What a review says must not rest on how busy the machine is."""

SECONDS = 120
"""For one command."""

STRANGE = ("GIT_", "MEMMODEL_", "PYTEST_")
"""What begins the names of variables that would change what is printed."""

_ITEM = re.compile(
    r"^<!-- (?P<mark>setup|needs|top)(?:: (?P<said>.*?))? -->$|^```console\n(?P<block>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_HERE = re.compile(r"<<'(\w+)'")


@dataclass(frozen=True)
class Command:
    """`text`: as bash takes it; `printed`: what the page says it prints, None for one that readers do not see.
    `needs`: what must be there to run it, "" for nothing."""

    text: str
    printed: str | None
    line: int
    needs: str = ""
    top: bool = False


def commands(page: str) -> list[Command]:
    """The commands of a page's text, in its order."""
    found: list[Command] = []
    needs, top = "", False
    for match in _ITEM.finditer(page):
        line = page.count("\n", 0, match.start()) + 1
        said = match["said"] or ""
        if match["mark"] == "setup":
            found.append(Command(said, None, line, needs, top))
            top = False
        elif match["mark"] == "needs":
            needs = said
        elif match["mark"] == "top":
            top = True
        else:
            for text, printed, at in _split(match["block"]):
                found.append(Command(text, printed, line + 1 + at, needs, top))
                top = False
            needs = ""
    return found


def _split(block: str) -> Iterator[tuple[str, str, int]]:
    """Each command of a block, what it prints, and its line."""
    lines = block.splitlines()
    at = 0
    while at < len(lines):
        assert lines[at].startswith("$ "), f"a block begins with a command: {lines[at]}"
        first, text = at, lines[at][2:]
        at += 1
        here = _HERE.search(text)
        while text.endswith("\\") or (here and not text.endswith(f"\n{here[1]}")):
            assert lines[at][:2] in ("> ", ">"), f"a command goes on: {lines[at]}"
            text += "\n" + lines[at][2:]
            at += 1
        start = at
        while at < len(lines) and not lines[at].startswith("$ "):
            at += 1
        yield text, "".join(f"{line}\n" for line in lines[start:at]), first


class Session:
    """A shell in a copy of the repository below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.top = folder / "memmodel"
        self.here = self.top
        self.status = 0
        self.top.mkdir()
        for name in COPIED:
            there = ROOT / name
            if there.is_dir():
                shutil.copytree(there, self.top / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
            else:
                shutil.copy(there, self.top / name)
        if tree := os.environ.get("KERNEL_TREE"):
            (folder / "linux-source-6.1").symlink_to(Path(tree).resolve())
        self._bin = folder / "bin"
        self._bin.mkdir()
        self._script("memmodel", f'exec {shlex.quote(sys.executable)} -m tests.sessions "$@"')
        for name in ("python", "python3", "pytest", "pre-commit"):
            if (Path(sys.executable).parent / name).exists():
                self._script(name, f'exec {shlex.quote(str(Path(sys.executable).parent / name))} "$@"')

    def run(self, command: Command) -> str:
        """What the command prints, errors too; its status is kept for `echo $?`."""
        if command.top:
            self.here = self.top
        text = f"(exit {self.status})\n{command.text}\nstatus=$?\npwd >&3\nexit $status"
        reading, writing = os.pipe()
        script = f"exec 3>&{writing}\n{text}"
        try:
            done = subprocess.run(
                ["bash", "-c", script],
                cwd=self.here,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=self._environment(),
                pass_fds=(writing,),
                timeout=SECONDS,
                check=False,
            )
        finally:
            os.close(writing)
        with os.fdopen(reading) as pipe:
            self.here = Path(pipe.read().strip() or self.here)
        self.status = done.returncode
        return done.stdout.decode()

    def _environment(self) -> dict[str, str]:
        names = ("AUTHOR", "COMMITTER")
        return {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("GIT_", "MEMMODEL_", "PYTEST_"))
            },
            **{f"GIT_{name}_NAME": "A. Reader" for name in names},
            **{f"GIT_{name}_EMAIL": "reader@example.org" for name in names},
            **{f"GIT_{name}_DATE": "2024-03-04T10:00:00+01:00" for name in names},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "MEMMODEL_CACHE_DIR": str(self.top.parent / "cache"),
            "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "80",
            "LC_ALL": "C.UTF-8",
        }

    def _script(self, name: str, line: str) -> None:
        path = self._bin / name
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)


def difference(command: Command, printed: str) -> str:
    """What the page shows and the command did not print; "" if there is nothing of the kind."""
    if command.printed is None:
        return ""
    return missing(command.printed, with_ends_left_out(printed, command.printed))


def network() -> bool:
    return os.environ.get("NETWORK") == "1"


def kernel_tree() -> bool:
    return "KERNEL_TREE" in os.environ


THINGS: dict[str, Callable[[], bool]] = {"a kernel tree": kernel_tree, "the network": network}


def there_is(thing: str) -> bool:
    """Whether what a block needs is there."""
    if not thing:
        return True
    return THINGS[thing]() if thing in THINGS else shutil.which(thing) is not None


if __name__ == "__main__":
    # The memmodel of a session: the one under test.
    from memmodel.cli.main import entry

    sys.argv[0] = "memmodel"
    if sys.argv[1:2] == [PATIENCE[0]] and PATIENCE[1] not in sys.argv:
        sys.argv += PATIENCE[1:]
    entry()
