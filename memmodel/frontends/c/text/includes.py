"""The name in an #include in, the file that it means out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from memmodel.errors import SyntaxError
from memmodel.files import Files
from memmodel.frontends.c.text.text import LIBRARY_RANK, Origin
from memmodel.records import dataclass, field
from memmodel.source import SourceFile, Span

LIBRARY = Path(__file__).parents[1] / "include"
PRELUDE = LIBRARY / "memmodel" / "prelude.h"

_TREE_RANK = 1_000
_MOST_CHARACTERS = 4_000_000


@dataclass(frozen=True, eq=False)
class Includes:
    """Where the files that a harness includes are: beside it, in the scenario's `folder`, in the package, in a kernel
    `tree`. `missing` may give the text of a #define for a name that looks like a macro (it is called, or in capitals)
    and that nobody defines; it is asked once for each such name, also for those of functions. `edit` is given each file
    as it is read, but for those of the package and the harness, and returns what to take for it. `files`: what is on
    disk, or stands there instead."""

    folder: Path | None = None
    tree: Path | None = None
    missing: Callable[[str], str | None] | None = None
    edit: Callable[[SourceFile], SourceFile] | None = None
    files: Files = field(default_factory=Files)

    def harness(self, file: SourceFile) -> Origin:
        return Origin(file, 0, tree=self._in_tree(Path(file.name)))

    def resolve(self, name: str, origin: Origin, depth: int, span: Span) -> tuple[Origin, Path]:
        """The file that `name`, written in `origin` between quotes or <>, means.

        Raises:
            SyntaxError: it is nowhere, or cannot be read.
        """
        path = self.find(name, origin)
        if path is not None:
            return self._read(path, depth, span), path.resolve()
        where = ", ".join(dict.fromkeys(str(place) for place in self._places(origin)))
        raise SyntaxError(
            f"there is no {name} to #include",
            span,
            hint=f"looked in {where or 'no place at all'}: put it there, or take the #include away and write what is "
            "needed of it in the harness",
        )

    def find(self, name: str, origin: Origin) -> Path | None:
        """Where the file is; None if it is nowhere."""
        for place in self._places(origin):
            if self.files.is_file(place / name):
                return place / name
        return None

    def _places(self, origin: Origin) -> list[Path]:
        if origin.library:
            return [LIBRARY, Path(origin.file.name).parent]
        places = [] if origin.file.name == "<stdin>" else [Path(origin.file.name).parent]
        if self.folder is not None:
            places.append(self.folder)
        places.append(LIBRARY)
        if self.tree is not None:
            places += [self.tree, self.tree / "include", self.tree / "include" / "uapi"]
        return places

    def _read(self, path: Path, depth: int, span: Span) -> Origin:
        text = self.files.read(path)
        if text is None:
            raise SyntaxError(f"{path} cannot be read", span, hint="may you read it?")
        if len(text) > _MOST_CHARACTERS:
            raise SyntaxError(f"{path} is too long: {len(text):,} characters", span, hint="include what is needed")
        file = SourceFile(str(path), text)
        if path.is_relative_to(LIBRARY):
            return Origin(file, LIBRARY_RANK, library=True)
        if self.edit is not None:
            file = self.edit(file)
        if self._in_tree(path):
            return Origin(file, _TREE_RANK + depth, tree=True)
        return Origin(file, depth)

    def _in_tree(self, path: Path) -> bool:
        if self.tree is None:
            return False
        place, tree = path.resolve(), self.tree.resolve()
        if self.folder is not None and (folder := self.folder.resolve()).is_relative_to(tree):
            return place.is_relative_to(tree) and not place.is_relative_to(folder)
        return place.is_relative_to(tree)


def prelude() -> Origin:
    """The header that every harness includes without saying so."""
    return Origin(SourceFile(str(PRELUDE), PRELUDE.read_text(encoding="utf-8")), LIBRARY_RANK, library=True)
