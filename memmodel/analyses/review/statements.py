"""A function as it is written in, its simple statements out, in runs in which one follows the other whatever happens.

Only what stands between two semicolons, as a whole, is simple: no branch, no `#if`, no brace. A label begins another
run. So of two statements of a run neither is executed without the other, and nothing is executed between two that are
neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.analyses.review.definitions import Part, Words
from memmodel.analyses.review.ordering import Ordering, ordering
from memmodel.analyses.review.renaming import declared
from memmodel.frontends.c.text.text import Origin
from memmodel.frontends.c.text.tokens import Kind, Token, tokens
from memmodel.records import dataclass
from memmodel.source import Span

_CONTROL = frozenset(
    ("if", "else", "for", "while", "do", "switch", "case", "default", "goto", "return", "break", "continue", "asm", "#")
)
_WRITES = frozenset(("=", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="))


@dataclass(frozen=True, eq=False)
class Statement:
    """One simple statement. `span` is without its semicolon. `call`: the one call in it, if it is of something that
    orders accesses, with `arguments`; None also where there are several calls. `calls`: how many there are. `target`:
    the local variable that takes the value of the call, "" for none; `bare`: there is nothing else in the statement."""

    words: Words
    span: Span
    call: Ordering | None
    calls: int
    arguments: tuple[Words, ...]
    call_span: Span | None
    target: str
    bare: bool
    locals: frozenset[str]

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def fence(self) -> Ordering | None:
        """The fence that it is, if it is one and nothing else."""
        plain = self.call is not None and self.call.kind is not None and self.bare and not self.target
        return self.call if plain and not self.arguments else None

    def writes_in(self, number: int) -> bool:
        """Whether an argument changes something itself."""
        return not _WRITES.isdisjoint(self.arguments[number])

    def touches_memory(self, number: int) -> bool:
        """Whether working out an argument may access memory: anything but a constant, a local variable, and the address
        of a field of what a local variable points to, or of a named object."""
        words = self.arguments[number]
        if words[:1] == ("&",) and "->" not in words[3:] and not {"*", "[", "(", "?"} & set(words):
            return words[2:3] == ("->",) and words[1] not in self.locals
        return any(_is_name(word) and word not in self.locals and not word.isupper() for word in words) or (
            not {"*", "->", "[", ".", "("}.isdisjoint(words)
        )


def runs(part: Part) -> Iterator[tuple[Statement, ...]]:
    """The runs of simple statements of a function, in the order of the text."""
    names = declared(part.words)
    run: list[Statement] = []
    for found, begin, after in _pieces(part):
        piece, before = found, begin
        while len(piece) > 2 and piece[0].kind is Kind.NAME and piece[1].text == ":" and piece[0].text not in _CONTROL:
            piece, before = piece[2:], ":"
        statement = _statement(piece, part, names) if before is not None and after == ";" else None
        if statement is None:
            if run:
                yield tuple(run)
            run = []
            continue
        if before != ";" and run:
            yield tuple(run)
            run = []
        run.append(statement)
    if run:
        yield tuple(run)


def _pieces(part: Part) -> Iterator[tuple[list[Token], str | None, str | None]]:
    """The tokens between two of `;`, `{` and `}` outside parentheses, with these two; None where the text ends."""
    piece: list[Token] = []
    before: str | None = None
    depth = 0
    for token in tokens(Origin(part.code.file, 0), part.code.clean, part.start, part.end):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if token.text in (";", "{", "}") and depth <= 0:
            if piece or token.text != ";":
                yield piece, before, token.text
            piece, before = [], token.text
        else:
            piece.append(token)
    yield piece, before, None


def _statement(piece: list[Token], part: Part, names: frozenset[str]) -> Statement | None:
    words = tuple(token.text for token in piece)
    if not piece or not _CONTROL.isdisjoint(words):
        return None
    opened = [i for i in range(len(piece) - 1) if piece[i].kind is Kind.NAME and words[i + 1] == "("]
    opened = [i for i in opened if words[i] != "sizeof"]
    file = part.code.file
    span = file.span(piece[0].start, piece[-1].end)
    call = ordering(words[opened[0]]) if len(opened) == 1 and words[opened[0]] not in part.code.defined else None
    if call is None:
        return Statement(words, span, None, len(opened), (), None, "", False, names)
    at = opened[0]
    closing, arguments = _arguments(words, at + 1)
    target = words[at - 2] if at >= 2 and words[at - 1] == "=" and words[at - 2] in names else ""
    typed = all(_is_name(word) for word in words[: at - 2]) if target else at == 0
    bare = typed and closing == len(words) - 1
    call_span = file.span(piece[at].start, piece[min(closing, len(piece) - 1)].end)
    return Statement(words, span, call, 1, arguments, call_span, target, bare, names)


def _arguments(words: Words, opening: int) -> tuple[int, tuple[Words, ...]]:
    """Where the parenthesis at `opening` is closed, and what stands between the commas."""
    depth = 0
    found: list[Words] = []
    last = opening + 1
    for at in range(opening, len(words)):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(words[at], 0)
        if depth == 0 or (depth == 1 and words[at] == ","):
            found.append(words[last:at])
            last = at + 1
        if depth == 0:
            return at, tuple(found) if found != [()] else ()
    return len(words), tuple(found)


def _is_name(word: str) -> bool:
    return word[0].isalpha() or word[0] == "_"
