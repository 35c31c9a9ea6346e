"""Every error that the program raises on purpose, as one small tree with a place in the text; and their usual hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memmodel.source import Span


class MemmodelError(Exception):
    """Root of all errors meant for people.

    `message` is one sentence: what was found. `hint` says what was expected or what to do, and
    `span` the place in the text, where there is one.
    """

    def __init__(self, message: str, span: Span | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.span.start_label}: " if self.span else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.message}{hint}"

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.message, self.span, self.hint))


class UsageError(MemmodelError):
    """The command line or the configuration cannot be followed."""


class SyntaxError(MemmodelError):
    """The text is not in the language it claims to be in."""


class Unsupported(MemmodelError):
    """Understood, but outside what can be decided here: never guessed at."""


class ModelError(MemmodelError):
    """A memory model that cannot be read: an unknown name, a type error, a cycle of includes."""


class EngineError(MemmodelError):
    """An engine contradicted the model's own definition: a defect of ours, with a reproducer. `what` is the message
    without the words that say so."""

    def __init__(self, what: str, span: Span | None = None, hint: str | None = None) -> None:
        super().__init__(f"internal error: {what}", span, hint)
        self.what = what

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.what, self.span, self.hint))


def meant(word: str, names: Iterable[str]) -> str | None:
    """A hint: the name that may have been meant instead of one that there is not; None where none is like it."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(names), 1)
    return f"did you mean '{close[0]}'?" if close else None
