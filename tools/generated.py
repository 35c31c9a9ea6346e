"""python -m tools.generated: the parser of the command in, its completions and manual pages in memmodel/share out."""

from __future__ import annotations

import sys
from pathlib import Path

from memmodel.cli import commands
from tools import completion, manual

ROOT = Path(__file__).parent.parent
SHARE = ROOT / "memmodel" / "share"


def files() -> dict[str, str]:
    """The text of each generated file, by its path below share/."""
    return {**completion.files(commands.parser()), **manual.files(commands.parser())}


def stale() -> list[str]:
    """The paths below share/ of which what is there is not what would be written."""
    wanted = files()
    there = {path.relative_to(SHARE).as_posix(): path.read_text() for path in SHARE.rglob("*") if path.is_file()}
    return sorted(name for name in wanted | there if wanted.get(name) != there.get(name))


def write() -> None:
    """Write all of them, and remove what is there no more."""
    wanted = files()
    for name in stale():
        path = SHARE / name
        if name not in wanted:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[name])
        print(path.relative_to(ROOT), file=sys.stderr)


if __name__ == "__main__":
    write()
