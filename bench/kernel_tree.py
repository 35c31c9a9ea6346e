"""python -m bench.kernel_tree DIR: Debian's package linux-source-6.1, fetched, and what is read of it put in DIR."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

PACKAGE = "linux-source-6.1"
POOLS = (
    "https://deb.debian.org/debian-security/pool/updates/main/l/linux/",
    "https://deb.debian.org/debian/pool/main/l/linux/",
)
WANTED = (
    "COPYING",
    "include/",
    "kernel/",
    "lib/",
    "io_uring/",
    "net/xdp/",
    "drivers/virtio/",
    "drivers/vhost/",
    "tools/lib/bpf/",
    "tools/memory-model/",
    "Documentation/litmus-tests/",
)
"""What is unpacked of the tree, under its own folder's name."""

_TIMEOUT = 60


class Problem(Exception):
    """Why there is no tree; one or two sentences for people."""


def main() -> int:
    """Exit status: 0, or 2 where no tree could be made."""
    parser = argparse.ArgumentParser(prog="python -m bench.kernel_tree", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the tree goes: a folder that does not exist, or is empty")
    parser.add_argument("--package", type=Path, help=f"a {PACKAGE}_….deb that is already here")
    arguments = parser.parse_args()
    try:
        make(arguments.folder, arguments.package)
    except Problem as problem:
        print(f"kernel-tree: {problem}", file=sys.stderr)
        return 2
    print(f"{arguments.folder}: the tree is there; try `make survey KERNEL_TREE={arguments.folder}`")
    return 0


def make(folder: Path, package: Path | None) -> None:
    """Unpack the package, which is fetched where none is given. Raises Problem, and leaves no half of a tree."""
    if folder.exists() and any(folder.iterdir()):
        if (folder / "include/linux").is_dir():
            return
        raise Problem(f"{folder} holds something else: name a folder that does not exist (KERNEL_TREE=DIR)")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".kernel-tree-") as temporary:
        work = Path(temporary)
        try:
            unpack(package or fetch(work), work / "tree")
        except (tarfile.TarError, EOFError, OSError) as error:
            raise Problem(f"the package cannot be unpacked: {error}") from error
        if folder.exists():
            folder.rmdir()
        shutil.move(work / "tree", folder)


# ── fetching ─────────────────────────────────────────────────────────────────────────────────────


def fetch(folder: Path) -> Path:
    """The package, by apt where that knows it, else by HTTPS."""
    if shutil.which("apt-get") is not None:
        subprocess.run(["apt-get", "download", PACKAGE], cwd=folder, capture_output=True, check=False)
        found = next(folder.glob(f"{PACKAGE}_*.deb"), None)
        if found is not None:
            return found
    reasons = []
    for pool in POOLS:
        try:
            return _download(pool, folder)
        except (OSError, ValueError) as error:
            reasons.append(f"{pool}: {error}")
    raise Problem(
        f"{PACKAGE} could not be fetched; this needs the network once. " + "; ".join(reasons) + ". "
        f"Elsewhere, `apt-get download {PACKAGE}` gets the file; hand it over with "
        "`python -m bench.kernel_tree DIR --package FILE.deb`"
    )


def _download(pool: str, folder: Path) -> Path:
    """The newest package in a pool."""
    with urllib.request.urlopen(pool, timeout=_TIMEOUT) as listing:
        names = set(re.findall(rf"{re.escape(PACKAGE)}_[\w.+~-]+_all\.deb", listing.read().decode("utf-8", "replace")))
    if not names:
        raise ValueError(f"no {PACKAGE} there")
    name = max(names, key=lambda n: [int(part) for part in re.findall(r"\d+", n)])
    target = folder / name
    with urllib.request.urlopen(pool + name, timeout=_TIMEOUT) as remote, target.open("wb") as local:
        shutil.copyfileobj(remote, local)
    return target


# ── unpacking ────────────────────────────────────────────────────────────────────────────────────


def unpack(package: Path, folder: Path) -> None:
    """The WANTED part of the tree within the tar file within the package, without any tool but Python."""
    folder.mkdir()
    with package.open("rb") as file:
        mode = _seek_data(file, package)
        with tarfile.open(fileobj=file, mode=mode) as outer:  # type: ignore[call-overload]
            for member in outer:
                name = Path(member.name).name
                if not name.startswith(f"{PACKAGE}.tar"):
                    continue
                inner = outer.extractfile(member)
                assert inner is not None
                compression = name.removeprefix(f"{PACKAGE}.tar").lstrip(".")
                with tarfile.open(fileobj=inner, mode=f"r|{compression}") as source:  # type: ignore[call-overload]
                    for wanted in _wanted(source):
                        source.extract(wanted, folder, filter="data")
                return
    raise Problem(f"{package} holds no {PACKAGE}.tar: is it the package of that name?")


def _seek_data(file: IO[bytes], package: Path) -> str:
    """Move to the data of a .deb, an ar archive; how to open what is there as a tar file."""
    if file.read(8) != b"!<arch>\n":
        raise Problem(f"{package} is no Debian package")
    while header := file.read(60):
        name, size = header[:16].decode("ascii", "replace").strip().rstrip("/"), int(header[48:58])
        if name.startswith("data.tar"):
            return f"r|{name.removeprefix('data.tar').lstrip('.')}"
        file.seek(size + size % 2, 1)
    raise Problem(f"{package} holds no data")


def _wanted(source: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The files of the tree that are WANTED, by their names in it."""
    for member in source:
        inside = member.name.removeprefix("./").partition("/")[2]
        if member.isfile() and any(inside == w or (w.endswith("/") and inside.startswith(w)) for w in WANTED):
            yield member.replace(name=inside, deep=False)


if __name__ == "__main__":
    sys.exit(main())
