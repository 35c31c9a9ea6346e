"""A file in, the runs of its text that count out: those that no #if leaves out, between the directives."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn, Protocol

from memmodel.errors import SyntaxError
from memmodel.frontends.c.text.text import Origin
from memmodel.frontends.c.text.tokens import Token, clean, tokens
from memmodel.records import dataclass
from memmodel.source import Span

_DIRECTIVE = re.compile(r"^[ \t\f\v]*#[ \t]*(\w*)[^\n]*", re.MULTILINE | re.ASCII)
_NOT_BLANK = re.compile(r"\S")
_TESTS = frozenset(("if", "ifdef", "ifndef"))
_BRANCHES = frozenset(("elif", "elifdef", "elifndef", "else", "endif"))


class Directive(NamedTuple):
    """A line that starts with #. What follows its name is from `rest` to `end`."""

    name: str
    origin: Origin
    text: str = ""
    """The clean text of the whole file."""
    start: int = 0
    rest: int = 0
    end: int = 0

    @property
    def span(self) -> Span:
        length = len(self.text[self.start : self.end].rstrip())
        line = self.text[self.start : self.end]
        return Span(self.origin.file, self.start + len(line) - len(line.lstrip()), self.start + length)

    @property
    def argument(self) -> str:
        return self.text[self.rest : self.end].strip()

    def tokens(self) -> list[Token]:
        """What follows the name."""
        return list(tokens(self.origin, self.text, self.rest, self.end))


class Handler(Protocol):
    """Who does what directives say."""

    def test(self, directive: Directive) -> bool:
        """Whether the condition of an #if, #ifdef, #ifndef, #elif … holds."""

    def obey(self, directive: Directive) -> None:
        """Does what any other directive says."""


@dataclass(eq=False, repr=False)
class _Branch:
    """An #if that is not yet closed. `counts`: the lines here do; `done`: no later branch can."""

    span: Span
    counts: bool
    done: bool
    last: bool = False


class Reader:
    """The text of a file that counts: from `at` to `end`, and more by `advance`. `taken` is the end of what
    macros took of it."""

    def __init__(self, origin: Origin, handler: Handler) -> None:
        self.origin = origin
        self.text = clean(origin.file)
        self._handler = handler
        self._directives = [
            Directive(match.group(1), origin, self.text, match.start(), match.end(1), match.end())
            for match in _DIRECTIVE.finditer(self.text)
        ]
        self._next = 0
        self._branches: list[_Branch] = []
        self.at = self.taken = 0
        self.end = self._run_end()

    def advance(self) -> bool:
        """Obeys directives up to the next run; False if there is none.

        Raises:
            SyntaxError: a directive is wrong, or an #if has no #endif.
        """
        while self._next < len(self._directives):
            directive = self._directives[self._next]
            self._next += 1
            self._obey(directive)
            if self._counts:
                self.at = directive.end
                self.end = self._run_end()
                return True
        if self._branches:
            raise SyntaxError("this #if has no #endif", self._branches[-1].span)
        self.at = self.end = len(self.text)
        return False

    # ── what macros take of the text ─────────────────────────────────────────────────────────────

    def opens(self) -> bool:
        """Whether the next token is `(`; it may be beyond directives, but not beyond an #include."""
        while True:
            match = _NOT_BLANK.search(self.text, self.at, self.end)
            if match:
                return match.group() == "("
            if self._include_is_next() or not self.advance():
                return False

    def take(self) -> Token | None:
        """The next token, for a macro's arguments; None at the end of the file."""
        while True:
            token = next(tokens(self.origin, self.text, self.at, self.end), None)
            if token is not None:
                gap = token.gap or self.at == 0 or self.text[self.at - 1] == "\n"
                self.at = self.taken = token.end
                return token if token.gap == gap else token._replace(gap=gap)
            if self._include_is_next():
                raise SyntaxError("an #include among the arguments of a macro", self._directives[self._next].span)
            if not self.advance():
                return None

    def _include_is_next(self) -> bool:
        return self._next < len(self._directives) and self._directives[self._next].name == "include"

    # ── conditions ───────────────────────────────────────────────────────────────────────────────

    @property
    def _counts(self) -> bool:
        return not self._branches or self._branches[-1].counts

    def _run_end(self) -> int:
        return self._directives[self._next].start if self._next < len(self._directives) else len(self.text)

    def _obey(self, directive: Directive) -> None:
        name = directive.name
        if name in _TESTS:
            if self._counts:
                holds = self._handler.test(directive)
                self._branches.append(_Branch(directive.span, holds, holds))
            else:
                self._branches.append(_Branch(directive.span, False, True))
        elif name in _BRANCHES:
            self._branch(directive)
        elif self._counts:
            self._handler.obey(directive)

    def _branch(self, directive: Directive) -> None:
        if not self._branches:
            self._wrong(directive, f"#{directive.name} without #if")
        branch = self._branches[-1]
        if directive.name == "endif":
            self._branches.pop()
            return
        if branch.last:
            self._wrong(directive, f"#{directive.name} after #else")
        branch.last = directive.name == "else"
        branch.counts = not branch.done and (branch.last or self._handler.test(directive))
        branch.done = branch.done or branch.counts

    def _wrong(self, directive: Directive, message: str) -> NoReturn:
        raise SyntaxError(message, directive.span)
