"""A folder's scenario.toml in, the scenario out: what it shows, its variants, and what each of them is expected to do.

    title = "BPF user ring buffer"
    shows = "who may clear the busy flag, and how"
    origin = "after kernel/bpf/ringbuf.c; code of our own"
    files = ["kernel/bpf/ringbuf.c"]           # what of the kernel it speaks for: a review of a patch that changes
    functions = ["bpf_user_ringbuf_drain"]     # one of these functions runs it, or says why it does not
    model = "lkmm"             # also: unroll, timeout (seconds), harness ("harness.c"), tree (a kernel tree is needed)

    [[variant]]
    name = "merged"
    says = "smp_mb__before_atomic() in front of the atomic_set()"
    define = { MERGED = 1 }    # as with -D
    verdict = "Sometimes"      # an assertion fails in some executions, not in all; also Never, Always, DEADLOCK, Maybe
    race = true                # also: fault ("part of its message", or true for any), bounded = true
    engines = ["smt"]          # which can decide it; default: both
    replace = [{ file = "ring.h", from = "smp_wmb();", to = "" }]

A variant may also have harness, tree, unroll and timeout of its own.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from memmodel import inputs
from memmodel.errors import SyntaxError, UsageError
from memmodel.frontends.toml import Table, nearest, read
from memmodel.program.ir import Expectation
from memmodel.records import dataclass, field
from memmodel.source import SourceFile, Span
from memmodel.syntax.expectation import VERDICTS

FILE = "scenario.toml"
HARNESS = "harness.c"
ENGINES = ("smt", "enumerate")
LARGEST_UNROLL = 1000

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Replacement:
    """In the file `file` (relative to the scenario's folder, or to the kernel tree) the one place that reads `before`
    reads `after` instead."""

    file: str
    before: str
    after: str
    span: Span


@dataclass(frozen=True)
class Variant:
    """One program of a scenario. `says` is one line: what is different about it."""

    name: str
    says: str
    folder: str
    harness: str
    """The path of the harness."""
    defines: tuple[tuple[str, str], ...]
    replacements: tuple[Replacement, ...]
    expectation: Expectation
    engines: tuple[str, ...]
    """Those that can decide it."""
    tree: bool
    """Whether it needs a kernel tree."""
    model: str | None
    unroll: int | None
    timeout: float | None
    span: Span = field(repr=False)

    @property
    def path(self) -> str:
        """How the command line names it."""
        return f"{self.folder}:{self.name}"


@dataclass(frozen=True)
class Scenario:
    """`folder` as the user spells it; `origin`: where the algorithm is from, in words."""

    folder: str
    title: str
    shows: str
    origin: str
    variants: tuple[Variant, ...]
    files: tuple[str, ...] = ()
    """Files of the kernel, by their paths in its tree, that it speaks for; and of them these `functions`, if there are
    any."""
    functions: tuple[str, ...] = ()

    def variant(self, name: str) -> Variant:
        """Raises UsageError, with the nearest name, for one that there is not."""
        for item in self.variants:
            if item.name == name:
                return item
        raise UsageError(
            f"{self.folder}: the scenario has no variant '{name}'",
            hint=nearest(name, [item.name for item in self.variants], "it has"),
        )


def is_scenario(folder: str) -> bool:
    """Whether there is a scenario in the folder itself."""
    return inputs.is_file(os.path.join(folder, FILE))  # noqa: PTH118  (keeps the spelling)


def load(folder: str) -> Scenario:
    """The scenario of a folder. Raises errors.SyntaxError with its place for a scenario.toml that cannot be followed,
    UsageError where there is none."""
    plain = folder.rstrip("/") or folder
    path = os.path.join(plain, FILE)  # noqa: PTH118
    try:
        data = Path(path).read_bytes()
        inputs.read(path, data)
        text = data.decode("utf-8")
    except OSError as error:
        inputs.uncertain(path)
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not a text in UTF-8, as TOML is") from None
    return parse(SourceFile(path, text), plain)


def split(path: str) -> tuple[str, str] | None:
    """`scenarios/NAME:VARIANT` as folder and variant; None for a path that is no such thing."""
    folder, colon, name = path.rpartition(":")
    return (folder, name) if colon and folder and is_scenario(folder) else None


def find(path: str) -> Variant | None:
    """The variant that `scenarios/NAME:VARIANT` names; None for a path that is no such thing. Raises MemmodelError."""
    parts = split(path)
    return load(parts[0]).variant(parts[1]) if parts is not None else None


def parse(source: SourceFile, folder: str) -> Scenario:
    """The scenario that a text describes. Raises errors.SyntaxError."""
    table = read(source)
    title, shows, origin = table.text("title"), table.text("shows", ""), table.text("origin", "")
    common = _Common(
        table.text("harness", HARNESS),
        table.flag("tree", False),
        table.text("model", "") or None,
        _unroll(table, None),
        _timeout(table, None),
    )
    files, functions = _files(table), _functions(table)
    blocks = table.tables("variant")
    table.finish()
    if not blocks:
        raise SyntaxError("the scenario has no variant", table.span, "add a [[variant]] with name, says and verdict")
    variants: list[Variant] = []
    for block in blocks:
        variant = _variant(block, folder, common)
        if any(other.name == variant.name for other in variants):
            raise SyntaxError(f"two variants have the name '{variant.name}'", block.place("name"))
        variants.append(variant)
    return Scenario(folder, title, shows, origin, tuple(variants), files, functions)


def _files(table: Table) -> tuple[str, ...]:
    names = table.texts("files", ())
    for name in names:
        if not name or name.startswith("/") or ".." in name.split("/"):
            hint = "expected a path in the kernel tree, as in 'kernel/bpf/ringbuf.c'"
            raise SyntaxError(f"'{name}' is no file of the kernel", table.place("files"), hint)
    return names


def _functions(table: Table) -> tuple[str, ...]:
    names = table.texts("functions", ())
    for name in names:
        if not _IDENTIFIER.fullmatch(name):
            raise SyntaxError(f"'{name}' is no name of a function", table.place("functions"))
    return names


@dataclass(frozen=True)
class _Common:
    """What a variant has unless it says otherwise."""

    harness: str
    tree: bool
    model: str | None
    unroll: int | None
    timeout: float | None


def _variant(block: Table, folder: str, common: _Common) -> Variant:
    name = block.text("name")
    if not _NAME.fullmatch(name):
        hint = "expected letters, digits and . _ + -, as in 'no-barrier'"
        raise SyntaxError(f"'{name}' is no name of a variant", block.place("name"), hint)
    says = block.text("says")
    if "\n" in says.strip():
        raise SyntaxError("what a variant says is one line", block.place("says"))
    variant = Variant(
        name,
        says.strip(),
        folder,
        os.path.join(folder, block.text("harness", common.harness)),  # noqa: PTH118
        _defines(block),
        tuple(_replacement(item) for item in block.tables("replace")),
        _expectation(block),
        _engines(block),
        block.flag("tree", common.tree),
        block.text("model", "") or common.model,
        _unroll(block, common.unroll),
        _timeout(block, common.timeout),
        block.place("name"),
    )
    block.finish()
    return variant


def _expectation(block: Table) -> Expectation:
    verdict = block.text("verdict")
    if verdict not in VERDICTS:
        hint = nearest(verdict, VERDICTS, "expected one of")
        raise SyntaxError(f"'{verdict}' is no verdict", block.place("verdict"), hint)
    announced = block.value("fault", False)
    if not isinstance(announced, (str, bool)) or announced == "":
        raise SyntaxError("fault is true, false, or part of the fault's message", block.place("fault"))
    fault = announced if isinstance(announced, str) else "" if announced else None
    return Expectation(verdict, block.flag("race", False), block.place("verdict"), fault, block.flag("bounded", False))


def _defines(block: Table) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for name, value in block.table("define"):
        place = block.place("define")
        if not _IDENTIFIER.fullmatch(name):
            raise SyntaxError(f"'{name}' is no name of a macro", place)
        if isinstance(value, bool):
            value = int(value)
        if not isinstance(value, (str, int)):
            raise SyntaxError(f"the value of '{name}' is neither a text nor a number", place, 'as in { FIXED = "1" }')
        found.append((name, str(value)))
    return tuple(found)


def _replacement(item: Table) -> Replacement:
    before = item.text("from")
    if not before:
        raise SyntaxError("'from' is the text to be replaced, and cannot be empty", item.span)
    found = Replacement(item.text("file"), before, item.text("to"), item.span)
    item.finish()
    return found


def _engines(block: Table) -> tuple[str, ...]:
    names = block.texts("engines", ENGINES)
    for name in names:
        if name not in ENGINES:
            raise SyntaxError(f"there is no engine '{name}'", block.place("engines"), f"{' and '.join(ENGINES)} exist")
    if not names:
        raise SyntaxError("no engine at all", block.place("engines"), f"{' and '.join(ENGINES)} exist")
    return names


def _unroll(table: Table, otherwise: int | None) -> int | None:
    bound = table.value("unroll", otherwise)
    if bound is None:
        return None
    if isinstance(bound, bool) or not isinstance(bound, int) or not 0 <= bound <= LARGEST_UNROLL:
        raise SyntaxError("unroll is a number of iterations", table.place("unroll"), f"from 0 to {LARGEST_UNROLL}")
    return bound


def _timeout(table: Table, otherwise: float | None) -> float | None:
    seconds = table.value("timeout", otherwise)
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds <= 1e6:
        raise SyntaxError("timeout is a number of seconds greater than 0", table.place("timeout"))
    return float(seconds)
