"""An error in, the same as text alone out: made ready for people, fit to cross process borders."""

from __future__ import annotations

from enum import Enum

from memmodel.errors import MemmodelError
from memmodel.records import dataclass
from memmodel.source import Span

EXCERPT_WIDTH = 100
"""Columns of a source line that an excerpt shows at most: a file may be one line of megabytes."""


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Place:
    """Where: lines and columns count from 1; the end column is past the last character on the first line."""

    file: str
    line: int
    column: int
    end_column: int
    excerpt: str
    """The source line, cut to a window around the place, tabs widened, control characters replaced."""
    caret: str
    """Blanks and a caret, to print under the excerpt."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Region:
    """A piece of a file, exactly: lines and columns count from 1, the end is past the last character."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Change:
    """What the region covers becomes `replacement` (an empty region: an insertion)."""

    region: Region
    replacement: str


@dataclass(frozen=True)
class Related:
    """Another place that a diagnostic speaks about, and what it is there for: "the barrier", "reads it"."""

    label: str
    place: Place


@dataclass(frozen=True)
class Step:
    """A step of an execution. `thread`: who makes it, as the function or `P0` is called; `text`: the line of code and
    what it does here. `reordered`: it is not made where the program has it."""

    thread: str
    text: str
    place: Place | None = None
    reordered: bool = False
    instructions: str = ""
    """What an architecture makes of the line."""


@dataclass(frozen=True)
class Diagnostic:
    severity: Severity
    message: str
    place: Place | None = None
    hint: str | None = None
    code: str | None = None
    """The rule that it comes from: MM101."""
    related: tuple[Related, ...] = ()
    steps: tuple[Step, ...] = ()
    """An execution that shows it, in the order in which things become visible."""
    changes: tuple[Change, ...] = ()
    """Changes that, made together, answer it."""
    remedy: str = ""
    """What the changes are, in one sentence."""
    suppressed: str | None = None
    """The reason given in the text for not wanting to be told; None: it is to be told."""

    def sentence(self) -> str:
        """All of it on one line: `file:line:column: message (hint)`."""
        where = f"{self.place}: " if self.place else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.message}{hint}"


def from_error(error: MemmodelError) -> Diagnostic:
    return Diagnostic(Severity.ERROR, error.message, place(error.span), error.hint)


def warning(message: str, span: Span | None) -> Diagnostic:
    return Diagnostic(Severity.WARNING, message, place(span))


def region(span: Span) -> Region:
    """The exact extent of a span."""
    line, column = span.file.position(span.start)
    end_line, end_column = span.file.position(span.end)
    return Region(span.file.name, line, column, end_line, end_column)


def place(span: Span | None) -> Place | None:
    """The place of a span, with its line cut and cleaned for a terminal."""
    if span is None:
        return None
    line, column = span.line, span.column
    text = span.file.line(line)
    at = column - 1
    length = max(1, min(span.end - span.start, len(text) - at))
    first = max(0, at - EXCERPT_WIDTH // 2)
    window = text[first : first + EXCERPT_WIDTH]
    before = _clean(window[: at - first])
    marked = _clean(window[at - first : at - first + length])
    after = _clean(window[at - first + length :])
    lead, tail = ("…" if first else ""), ("…" if first + EXCERPT_WIDTH < len(text) else "")
    pad = " " * (len(lead) + len(before))
    return Place(
        span.file.name,
        line,
        column,
        column + length,
        f"{lead}{before}{marked}{after}{tail}".rstrip(),
        f"{pad}^{'~' * (len(marked) - 1)}",
    )


def _clean(text: str) -> str:
    """`text` with tabs as four blanks and whatever might steer a terminal as a question mark."""
    return "".join("    " if c == "\t" else c if c.isprintable() else "?" for c in text)
