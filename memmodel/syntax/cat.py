"""Text of a memory model in the cat language in, its syntax tree out."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from memmodel.errors import SyntaxError
from memmodel.source import SourceFile

if TYPE_CHECKING:
    from memmodel.syntax.cat_tree import CatFile
    from memmodel.syntax.grammar import Grammar

_PIECE = re.compile(r"""\(\*|\*\)|"[^"]*"|//[^\n]*|\#[^\n]*""")
_INSIDE = re.compile(r"\(\*|\*\)")


@cache
def _grammar() -> Grammar:
    from memmodel.syntax.cat_builder import grammar

    return grammar()


def parse(source: SourceFile) -> CatFile:
    """The syntax tree of a file. Raises errors.SyntaxError."""
    from memmodel.syntax.cat_tree import CatFile
    from memmodel.syntax.grammar import Region

    tree = _grammar().parse(source, "start", Region(blank_comments(source), 0, len(source.text)))
    assert isinstance(tree, CatFile)
    return tree


def blank_comments(source: SourceFile) -> str:
    """The text with every comment, nested or to the end of its line, turned to spaces: offsets stay as they are.

    Raises errors.SyntaxError for a comment that does not end.
    """
    text = source.text
    parts: list[str] = []
    position = 0
    while (match := _PIECE.search(text, position)) is not None:
        end = match.end()
        if match.group() == "(*":
            end = _comment_end(source, match.start())
        elif match.group()[0] not in "/#":
            # A string; or a stray `*)`, which the parser will complain about.
            parts.append(text[position:end])
            position = end
            continue
        parts.append(text[position : match.start()])
        parts.append(re.sub(r"[^\n]", " ", text[match.start() : end]))
        position = end
    parts.append(text[position:])
    return "".join(parts)


def _comment_end(source: SourceFile, start: int) -> int:
    """Where the comment that opens at `start` is over, comments inside it counted."""
    depth = 0
    for match in _INSIDE.finditer(source.text, start):
        depth += 1 if match.group() == "(*" else -1
        if depth == 0:
            return match.end()
    raise SyntaxError("this comment does not end", source.span(start, start + 2), "close it with '*)'")
