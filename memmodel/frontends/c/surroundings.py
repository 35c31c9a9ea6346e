"""One C file and the kernel tree around it in, a Unit out that finds in headers whatever the file itself lacks."""

from __future__ import annotations

from pathlib import Path

from memmodel.errors import MemmodelError
from memmodel.frontends.c.conditionals import CONFIGURED
from memmodel.frontends.c.index import Definition, Index, Kind
from memmodel.frontends.c.preprocess import Includes, preprocess
from memmodel.frontends.c.text import Origin, Text
from memmodel.frontends.c.unit import Unit
from memmodel.records import dataclass
from memmodel.source import SourceFile, Span

ALONE = "memmodel/alone.h"
"""The package's header for functions on their own: one CPU's variables, what never returns, what is not evaluated."""

_CODE = "<code>"
_FILE_RANK = 1_000
_HEADER_RANK = 2_000
_KINDS = {
    "function": (Kind.FUNCTION, ""),
    "typedef": (Kind.TYPEDEF, ""),
    "enumerator": (Kind.ENUMERATOR, ""),
    "enumeration": (Kind.TAG, "enum "),
    "structure": (Kind.TAG, ""),
    "variable": (Kind.VARIABLE, ""),
}


class Surroundings:
    """The definitions around one C file. `defined` are CONFIG_ names besides those of the configuration."""

    def __init__(self, index: Index, defined: frozenset[str] = frozenset()) -> None:
        self.index = index
        self.defines = {name: "1" for name in sorted(CONFIGURED | defined) if name.startswith("CONFIG_")}
        self._texts: dict[tuple[str, int], Text | None] = {}

    def unit(self) -> Unit:
        """The file with what it defines, and behind it the headers. Raises SyntaxError for what cannot be expanded."""
        return Unit(self._expanded(self.index.source, _FILE_RANK), self.definition)

    def definition(self, sort: str, name: str) -> Text | None:
        """The text of a definition in a header; None where there is none, or where its macros are out of order."""
        kind, prefix = _KINDS[sort]
        found = self.index.find(prefix + name, kind)
        if found is None:
            return None
        key = found.file.name, found.start
        if key not in self._texts:
            self._texts[key] = self._snippet(found)
        return self._texts[key]

    def _snippet(self, found: Definition) -> Text | None:
        # Lines and columns stay true: what stands before the definition is left out, but not the ends of its lines.
        line, _ = found.file.position(found.start)
        text = "\n" * (line - 1) + found.text + "\n"
        try:
            return self._expanded(SourceFile(found.file.name, text), _HEADER_RANK)
        except MemmodelError:
            return None

    def _expanded(self, file: SourceFile, rank: int) -> Text:
        harness = SourceFile("<alone>", f'#include "{ALONE}"\n#include "{_CODE}"\n')
        return preprocess(harness, _Around(missing=self.index.macro, file=file, file_rank=rank), self.defines)


@dataclass(frozen=True, eq=False)
class _Around(Includes):
    """Includes that know one file besides the package's own, under a name that no file has."""

    file: SourceFile | None = None
    file_rank: int = 0

    def resolve(self, name: str, origin: Origin, depth: int, span: Span) -> tuple[Origin, Path]:
        if name == _CODE and self.file is not None:
            return Origin(self.file, self.file_rank, tree=True), Path(_CODE)
        return Includes.resolve(self, name, origin, depth, span)
