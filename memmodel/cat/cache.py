"""Resolved models kept between runs: the files of a model in, the model as it was resolved from the same texts out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Protocol, cast

from memmodel import inputs
from memmodel.cat.terms import Check, CheckKind, Definition, Model, Op, Sort, Term, make
from memmodel.source import SourceFile, Span
from memmodel.syntax import grammar

Place = tuple[int, int, int] | None
"""A span as it is kept: number of the file, start, end."""

PACKAGE = Path(__file__).parents[1]


class Files(Protocol):
    """Reads files, and knows by name which ones it read, and which it looked for in vain."""

    files: dict[str, SourceFile]
    absent: set[str]

    def file(self, path: Path) -> SourceFile: ...


class Damaged(Exception):
    """What was kept cannot be used."""


def fetch(identity: str, files: Files) -> Model | None:
    """The model kept for `identity`, if none of the texts that it was made of has changed since."""
    content = grammar.fetch(_key(identity))
    if content is None:
        return None
    try:
        return _restore(json.loads(content), files)
    except (ValueError, TypeError, KeyError, IndexError, Damaged):
        return None


def keep(identity: str, files: Files, model: Model) -> None:
    """Keep a model with all the texts that `files` read for it."""
    sources = {name: number for number, name in enumerate(files.files)}
    table: dict[Term, int] = {}
    rows: list[list[object]] = []

    def number(term: Term) -> int:
        known = table.get(term)
        if known is None:
            arguments = [number(argument) for argument in term.args]
            known = table[term] = len(rows)
            rows.append([term.op.name, term.sort.name, arguments, term.name, term.index])
        return known

    def place(span: Span | None) -> list[int] | None:
        return None if span is None else [sources[span.file.name], span.start, span.end]

    checks = [[c.kind.name, c.negated, number(c.term), c.name, c.flag, place(c.span)] for c in model.checks]
    definitions = [[d.name, number(d.term), place(d.span)] for d in model.definitions]
    content = {
        "absent": sorted(files.absent),
        "files": [[name, _digest(source.text)] for name, source in files.files.items()],
        "name": model.name,
        "title": model.title,
        "terms": rows,
        "checks": checks,
        "definitions": definitions,
    }
    grammar.keep(_key(identity), json.dumps(content, separators=(",", ":")).encode())


def _restore(content: dict[str, object], files: Files) -> Model:
    """The model of a kept entry. Raises Damaged if a text has changed, or whatever misshapen data leads to."""
    if any(inputs.is_file(name) for name in cast("list[str]", content["absent"])):
        raise Damaged
    sources = []
    for name, digest in cast("list[tuple[str, str]]", content["files"]):
        if not Path(name).is_file():
            raise Damaged
        source = files.file(Path(name))
        if _digest(source.text) != digest:
            raise Damaged
        sources.append(source)
    terms: list[Term] = []
    for op, sort, arguments, name, index in cast("list[tuple[str, str, list[int], str, int]]", content["terms"]):
        terms.append(make(Op[op], Sort[sort], [terms[a] for a in arguments], name, index))

    def place(span: Place) -> Span | None:
        return None if span is None else Span(sources[span[0]], span[1], span[2])

    checks = tuple(
        Check(CheckKind[kind], negated, terms[term], name, flag, place(span))
        for kind, negated, term, name, flag, span in cast(
            "list[tuple[str, bool, int, str, bool, Place]]", content["checks"]
        )
    )
    definitions = tuple(
        Definition(name, terms[term], place(span))
        for name, term, span in cast("list[tuple[str, int, Place]]", content["definitions"])
    )
    return Model(str(content["name"]), str(content["title"]), checks, definitions)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _key(identity: str) -> str:
    """Changes with the program's own code, by which models are resolved."""
    code = []
    for folder in ("cat", "syntax"):
        for path in sorted((PACKAGE / folder).iterdir()):
            if path.suffix in (".py", ".lark"):
                state = path.stat()
                code.append(f"{path.name} {state.st_size} {state.st_mtime_ns}")
    return f"model-{grammar.digest(identity.encode(), *(line.encode() for line in code))}"
