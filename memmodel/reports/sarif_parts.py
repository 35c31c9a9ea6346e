"""Places, texts, rules and changes in, the objects that SARIF 2.1.0 has for them out: what all our logs share.

Paths are relative to the top of the project (`%SRCROOT%`), columns count code points. An execution is a code flow with
a thread flow for each of its threads, whose steps `executionOrder` puts in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from memmodel import __version__
from memmodel.analyses.documented import Documented
from memmodel.records import dataclass
from memmodel.reports.json_values import Json
from memmodel.reports.review.wording import sentence

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
COLUMNS = "unicodeCodePoints"

Object = Mapping[str, Json]


@dataclass(frozen=True)
class Flowing:
    """A step of an execution. `where`: as `location` makes it, or nothing."""

    thread: str
    text: str
    where: Object
    reordered: bool = False


@dataclass(frozen=True)
class Replacing:
    """What the region of the file becomes."""

    path: str
    where: Object
    text: str


def log(run: Object) -> Object:
    """The whole document."""
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def driver(rules: Iterable[Documented]) -> Object:
    """Who speaks, and by which rules."""
    return {"name": "memmodel", "version": __version__, "rules": [rule_object(rule) for rule in rules]}


def rule_object(rule: Documented) -> Object:
    text = rule.documentation.strip()
    found = re.search(r"(?s)What it finds\n(.*?)\n\n", f"{text}\n\n")
    full = " ".join(found.group(1).split()) if found else sentence(rule.summary)
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": sentence(rule.summary)},
        "fullDescription": {"text": full},
        "help": {"text": text, "markdown": f"```text\n{text}\n```"},
        "properties": {"tags": ["concurrency", "memory-model"]},
    }


# ── what is said ─────────────────────────────────────────────────────────────────────────────────


def plain(text: str) -> str:
    """Plain text for a message, in which `[text](1)` would be a link."""
    return _escaped(text, "\\[]") if re.search(r"\]\(", text) else text


def markdown(text: str) -> str:
    """The text as it is, where markdown is read."""
    return _escaped(text, "\\`*_<>[]#|")


def fenced(language: str, text: str) -> str:
    """A block of code in a fence that is not in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _escaped(text: str, special: str) -> str:
    return "".join(f"\\{character}" if character in special else character for character in text)


# ── where ────────────────────────────────────────────────────────────────────────────────────────


def location(path: str, where: Object | None = None) -> dict[str, Json]:
    """A place: a file, or the region of it."""
    region: Object = {"region": where} if where is not None else {}
    return {"physicalLocation": {"artifactLocation": artifact(path), **region}}


def artifact(path: str) -> Object:
    if path.startswith("/"):
        return {"uri": f"file://{_quoted(path)}"}
    return {"uri": _quoted(path), "uriBaseId": ROOT}


def _quoted(path: str) -> str:
    """The bytes of the path as an address has them: also those of a name that is no UTF-8."""
    try:
        return quote(path, errors="surrogateescape")
    except UnicodeEncodeError:  # what no file is called
        return quote(path, errors="replace")


def region(line: int, column: int, end_line: int, end_column: int) -> Object:
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def related(number: int, where: Object, label: str) -> Object:
    """Another place that a result speaks about."""
    return {"id": number, **where, "message": {"text": plain(label)}}


# ── what happens, and what to do ─────────────────────────────────────────────────────────────────


def flow(steps: Iterable[Flowing]) -> Object:
    """A thread flow for each thread, in the order in which they first do something."""
    threads: dict[str, list[Json]] = {}
    for order, step in enumerate(steps, 1):
        where: Object = {**step.where, "message": {"text": plain(step.text)}}
        told: dict[str, Json] = {"location": where, "executionOrder": order}
        if step.reordered:
            told["importance"] = "essential"
        threads.setdefault(step.thread, []).append(told)
    flows: list[Json] = [{"id": name, "locations": steps} for name, steps in threads.items()]
    return {"message": {"text": "An execution in which it happens."}, "threadFlows": flows}


def fix(description: str, changes: Sequence[Replacing]) -> Object:
    """Changes that, made together, answer a result."""
    files: dict[str, list[Json]] = {}
    for change in changes:
        replacement = {"deletedRegion": change.where, "insertedContent": {"text": change.text}}
        files.setdefault(change.path, []).append(replacement)
    changed: list[Json] = [
        {"artifactLocation": artifact(path), "replacements": replacements} for path, replacements in files.items()
    ]
    return {"description": {"text": plain(description)}, "artifactChanges": changed}
