"""A baseline in, the JSON text of its file out; and the other way round, with the place of what is wrong."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TypeVar

from memmodel import __version__
from memmodel.analyses.baseline import Entry
from memmodel.errors import SyntaxError, UsageError
from memmodel.records import dataclass
from memmodel.result import Observation, Outcome
from memmodel.source import SourceFile, Span

FORMAT = 1
"""Changes when an older version could not read the file."""

LARGEST = 1 << 30
"""Bytes: no baseline is larger than a gigabyte."""

_PARTS = re.compile("[/:]")

_Word = TypeVar("_Word", bound=Enum)


@dataclass(frozen=True)
class Baseline:
    """What was found in one run. `path` is where its file lies; the names of files are relative to the folder of it."""

    path: str
    model: str | None
    """What --model was: a name, or a path from the folder, which has a slash; None: it was left out."""
    model_name: str
    """What the model calls itself."""
    unroll: int | None
    defines: tuple[tuple[str, str], ...]
    states: bool
    """Whether final states were recorded."""
    paths: tuple[str, ...]
    """What was checked."""
    entries: Mapping[str, Entry]

    def name(self, path: str) -> str:
        """How the baseline calls a file that the command line calls `path`."""
        return relative(path, self.folder)

    def spelled(self, name: str) -> str:
        """How the command line may call a file of the baseline."""
        return os.path.relpath(os.path.join(self.folder, name))  # noqa: PTH118  (keeps .. where a link is left)

    def covered(self, paths: Sequence[str]) -> list[str]:
        """The names of its files that are among `paths` of a command line, or below them."""
        tops = {self.name(path) for path in paths}
        return [name for name in self.entries if not tops.isdisjoint(_above(name))]

    @property
    def folder(self) -> str:
        return folder_of(self.path)


def folder_of(path: str) -> str:
    """The folder of a file, without links."""
    return os.path.realpath(os.path.dirname(path) or ".")  # noqa: PTH120


def relative(path: str, folder: str) -> str:
    """A path as it is from a folder, whatever links lead to it; `scenarios/NAME:VARIANT` too."""
    inside, last = os.path.split(path)
    place = os.path.normpath(os.path.join(os.path.realpath(inside or "."), last))  # noqa: PTH118
    return Path(os.path.relpath(place, folder)).as_posix()


def _above(name: str) -> list[str]:
    """A file and all that it is part of: `a/b:c` is part of the scenario `a/b`, of the folder `a` and of this one."""
    ends = [match.start() for match in _PARTS.finditer(name)]
    here = [] if name.startswith("../") else ["."]
    return [name, *(name[:end] for end in ends), *here]


def text(baseline: Baseline) -> str:
    """The file: the same for the same findings, a line for each thing that may change."""
    document = {
        "baseline": FORMAT,
        "memmodel": __version__,
        "model": baseline.model,
        "model_name": baseline.model_name,
        "unroll": baseline.unroll,
        "defines": dict(sorted(baseline.defines)),
        "states": baseline.states,
        "paths": list(baseline.paths),
        "files": {name: _object(item) for name, item in sorted(baseline.entries.items())},
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _object(item: Entry) -> dict[str, object]:
    found: dict[str, object] = {
        "outcome": item.outcome.value,
        "observation": item.observation.value if item.observation is not None else None,
        "flags": list(item.flags),
    }
    if item.model is not None:
        found["model"] = item.model
    if item.mishaps:
        found["mishaps"] = list(item.mishaps)
    if item.why is not None:
        found["why"] = item.why
    if item.states is not None:
        found["states"] = list(item.states)
    return found


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def read(path: str) -> Baseline:
    """The baseline in a file. Raises UsageError where there is none, errors.SyntaxError with the place for one that is
    not as `text` writes it."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = "`memmodel baseline PATH... -o FILE` writes one"
        raise UsageError(f"--baseline {path}: cannot be read: {reason}", hint=hint) from None
    if len(data) > LARGEST:
        raise UsageError(f"--baseline {path}: larger than a gigabyte", hint="is this the right file?")
    return parse(SourceFile(path, data.decode("utf-8", "replace")))


def parse(source: SourceFile) -> Baseline:
    """The baseline that a text holds. Raises errors.SyntaxError."""
    again = "was it cut off, or merged with conflicts? `memmodel baseline PATH... -o FILE` writes it anew"
    try:
        content: object = json.loads(source.text)
    except json.JSONDecodeError as error:
        end = len(source.text)
        at = min(error.pos, max(end - 1, 0))
        raise SyntaxError(f"no baseline: {error.msg}", source.span(at, min(at + 1, end)), again) from None
    except (RecursionError, ValueError):
        raise SyntaxError("no baseline: nested too deeply, or a number too long", source.span(0, 1), again) from None
    reader = _Reader(source)
    top = reader.table(content, "the file")
    version = top.get("baseline")
    if version != FORMAT or isinstance(version, bool):
        hint = f"this version of memmodel reads and writes baselines of format {FORMAT}"
        what = f"a baseline of format {version!r}" if "baseline" in top else 'no baseline: it has no "baseline" number'
        raise SyntaxError(what, reader.place("baseline"), hint)
    files = reader.table(top.get("files"), "files")
    unroll = top.get("unroll")
    if unroll is not None and (not isinstance(unroll, int) or isinstance(unroll, bool) or unroll < 0):
        raise reader.wrong("unroll", "a number from 0, or null")
    return Baseline(
        source.name,
        reader.text(top, "model") if top.get("model") is not None else None,
        reader.text(top, "model_name"),
        unroll,
        tuple((name, str(value)) for name, value in reader.table(top.get("defines"), "defines").items()),
        top.get("states") is True,
        reader.texts(top, "paths"),
        {name: reader.entry(name, item) for name, item in files.items()},
    )


class _Reader:
    """Values of the expected types out of what JSON holds. `about`: the key near which a mistake is."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._about = ""

    def entry(self, name: str, content: object) -> Entry:
        self._about = name
        found = self.table(content, name)
        observation = found.get("observation")
        return Entry(
            self._word(found, "outcome", Outcome),
            self._word(found, "observation", Observation) if observation is not None else None,
            self.texts(found, "flags"),
            self.text(found, "model") if "model" in found else None,
            self.texts(found, "states") if "states" in found else None,
            self.texts(found, "mishaps") if "mishaps" in found else (),
            self.text(found, "why") if "why" in found else None,
        )

    def _word(self, found: Mapping[str, object], key: str, words: type[_Word]) -> _Word:
        for word in words:
            if word.value == found.get(key):
                return word
        raise self.wrong(key, f"one of {', '.join(str(word.value) for word in words)}")

    def table(self, content: object, name: str) -> Mapping[str, object]:
        if not isinstance(content, dict):
            raise self.wrong(name, "an object: {...}")
        return content

    def text(self, found: Mapping[str, object], key: str) -> str:
        value = found.get(key)
        if not isinstance(value, str):
            raise self.wrong(key, "a text")
        return value

    def texts(self, found: Mapping[str, object], key: str) -> tuple[str, ...]:
        value = found.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "a list of texts")
        return tuple(value)

    def wrong(self, key: str, expected: str) -> SyntaxError:
        about = f" of {self._about}" if self._about and self._about != key else ""
        return SyntaxError(f"no baseline: '{key}'{about} is not as expected", self.place(key), f"expected {expected}")

    def place(self, key: str) -> Span:
        """Where a key is written, as far as it is there: the first behind what is being read."""
        text = self._source.text
        start = max(text.find(f"{json.dumps(self._about, ensure_ascii=False)}:"), 0) if self._about else 0
        word = json.dumps(key, ensure_ascii=False)
        at = text.find(word, start)
        if at < 0:
            return self._source.span(start, min(start + 1, len(text)))
        return self._source.span(at, at + len(word))
