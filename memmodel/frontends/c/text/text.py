"""One text made of many files: C with its macros expanded, in which each character knows where it was written."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from memmodel.records import dataclass
from memmodel.source import SourceFile, Span

GHOST_MARK = "auto"
"""The word that stands in a Text for our storage class `ghost`: no C program has it outside a function."""

UNWRITTEN_MARK = "register"
"""The word that stands in a Text for `uninitialised` and `unwritten`. A `register` of the source is blanked."""

LIBRARY_RANK = 1_000_000


@dataclass(frozen=True, eq=False)
class Origin:
    """A file that text came from. `rank` grows with the depth of inclusion; of two definitions of one name the one with
    the smaller rank counts. `library` files come with the package."""

    file: SourceFile
    rank: int
    library: bool = False
    tree: bool = False
    """A file of the kernel tree: its #includes are not followed."""


class Place(NamedTuple):
    """Characters `start` to `end` of a file. Where they are a macro's body, `site` is the call that they stand for."""

    origin: Origin
    start: int
    end: int
    site: Site | None

    @property
    def span(self) -> Span:
        return Span(self.origin.file, self.start, self.end)

    def join(self, other: Place) -> Place:
        """The smallest place that has both: in the body of the innermost macro that is around both, or in the file."""
        one = self
        while one.site is not other.site:
            if other.site is None or (one.site is not None and one.site.depth >= other.site.depth):
                assert one.site is not None
                one = one.site.place
            else:
                other = other.site.place
        if one.origin is not other.origin:
            return one
        return Place(one.origin, min(one.start, other.start), max(one.end, other.end), one.site)

    @property
    def shown(self) -> Place:
        """The place to show people: in no macro of the library."""
        place = self
        while place.site is not None and place.site.library:
            place = place.site.place
        return place

    @property
    def outermost(self) -> Place:
        """The place in a file's own text: where the outermost macro is called."""
        place = self
        while place.site is not None:
            place = place.site.place
        return place


@dataclass(frozen=True, eq=False, repr=False)
class Site:
    """A call of a macro, at `place`. `depth` counts the macros around it."""

    macro: str
    place: Place
    library: bool
    """Whether the macro is one of the library."""
    depth: int


class Piece(NamedTuple):
    """A run of characters of the text. `exact`: they are the characters of `place`, one for one, perhaps with blanks
    after them; else they stand for the place as a whole. `top` is where the outermost call is whose output they are."""

    place: Place
    exact: bool
    top: Place | None

    def part(self, start: int, end: int) -> Place:
        """The place of characters `start` to `end`, counted from the start of the piece."""
        if not self.exact:
            return self.place
        origin, first, last, site = self.place
        return Place(origin, min(first + start, last), min(first + end, last), site)


_MANY_PIECES = 64


@dataclass(frozen=True, eq=False, repr=False)
class Text:
    """The expanded text, in ASCII (so that a byte's offset is a character's), and what each piece of it is."""

    text: str
    starts: tuple[int, ...]
    """Where in `text` each piece starts, in order; the first is 0."""
    pieces: tuple[Piece, ...]

    def span(self, start: int, end: int) -> Span:
        """Where the characters from `start` up to, not including, `end` were written.

        The body of a macro has its own place if a file of the user defines it, else the place of the macro's call. What
        is mixed from several macros and arguments has the place of the innermost call around all of it.
        """
        first = self._number(start)
        last = first if end <= self._end(first) else self._number(end - 1)
        return self._place(first, last, start, end).shown.span

    def library(self, start: int) -> bool:
        """Whether the definition at this offset comes from the package's own headers."""
        return self._origin(start).library

    def rank(self, start: int) -> int:
        """0 for the harness, more for what it includes, most for the package's own headers."""
        return self._origin(start).rank

    def _place(self, first: int, last: int, start: int, end: int) -> Place:
        if first == last:
            offset = self.starts[first]
            return self.pieces[first].part(start - offset, max(end, start) - offset)
        one, other = self.pieces[first], self.pieces[last]
        begin = one.part(start - self.starts[first], self._end(first) - self.starts[first])
        finish = other.part(0, end - self.starts[last])
        if one.top is None or one.top is not other.top:
            return (one.top or begin).join(other.top or finish)
        if last - first > _MANY_PIECES:
            return one.top
        for number in range(first + 1, last):
            begin = begin.join(self.pieces[number].place)
        return begin.join(finish)

    def _origin(self, start: int) -> Origin:
        return self.pieces[self._number(start)].place.outermost.origin

    def _number(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)

    def _end(self, number: int) -> int:
        return self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)


class TextBuilder:
    """Puts a Text together from left to right."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._pieces: list[Piece] = []
        self.length = 0

    def add(self, text: str, piece: Piece) -> None:
        """Appends `text`, which is not empty, as one piece."""
        self._parts.append(text)
        self._starts.append(self.length)
        self._pieces.append(piece)
        self.length += len(text)

    def blank(self, blank: str = " ") -> None:
        """Appends white space to the last piece, if there is one."""
        if self._parts:
            self._parts.append(blank)
            self.length += len(blank)

    def take(self, other: TextBuilder) -> None:
        """Appends what the other was given."""
        self._parts += other._parts
        self._starts += [self.length + start for start in other._starts]
        self._pieces += other._pieces
        self.length += other.length

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def build(self, text: str) -> Text:
        """The whole, with `text` in place of the text put together: one of the same length."""
        assert len(text) == self.length
        return Text(text, tuple(self._starts), tuple(self._pieces))
