"""python -m bench.survey TREE: the kernel functions with an ordering primitive that lower alone; why others do not."""

from __future__ import annotations

import argparse
import json
import re
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from types import FrameType

from bench.kernel_functions import FOLDERS, PRIMITIVE, KernelFunction, blanked, functions
from memmodel.errors import MemmodelError, SyntaxError
from memmodel.events.unroll import unroll
from memmodel.frontends.c.alone.alone import Alone, Lone
from memmodel.frontends.c.alone.index import Headers
from memmodel.frontends.c.lowering.storage import every
from memmodel.program import spec
from memmodel.source import SourceFile


class Outcome(Enum):
    """What became of one function."""

    CLEAN = "lowers cleanly"
    UNSUPPORTED = "Unsupported"
    SYNTAX = "SyntaxError"
    LATE = "time or memory limit reached"
    CRASH = "crash"


@dataclass(frozen=True)
class Finding:
    """One function's outcome; `reason` is the error's message with names taken out, `message` the whole of it."""

    file: str
    function: str
    line: int
    outcome: Outcome
    reason: str
    message: str
    seconds: float
    events: int
    opaque: int
    missing: tuple[int, ...]
    """Lines with a primitive that no instruction comes from."""


class _TimeLimit(BaseException):
    """Raised by the clock, past everything that catches errors."""


def main() -> int:
    """Exit status: 1 if a function crashed or a run hung, else 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.survey", description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--only", default="", help="only functions whose 'file:name' holds this")
    parser.add_argument("--every", type=int, default=1, help="every so manieth function (default: 1, all)")
    parser.add_argument("--seconds", type=float, default=5.0, help="processor time for one function (default: 5)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write all findings there")
    parser.add_argument("--all", action="store_true", help="print every function that does not lower")
    arguments = parser.parse_args()
    if not (arguments.tree / "include/linux").is_dir():
        print(f"survey: {arguments.tree} is no kernel tree; `make kernel-tree` makes one", file=sys.stderr)
        return 2
    start = time.perf_counter()
    chosen = [f for f in functions(arguments.tree, FOLDERS) if arguments.only in f"{f.file}:{f.title}"]
    found: list[Finding] = []
    for some in survey(arguments.tree, chosen[:: arguments.every], arguments.seconds, arguments.jobs):
        found.extend(some)
        if arguments.json:
            write(found, arguments.json)
        if sys.stderr.isatty():
            print(f"\r\033[K{len(found)} functions", end="", file=sys.stderr, flush=True)
    found.sort(key=lambda item: (item.file, item.line))
    print(report(found, time.perf_counter() - start))
    if arguments.all:
        for item in found:
            if item.outcome is not Outcome.CLEAN:
                print(f"{item.file}:{item.line} {item.function}: {item.message}")
    return int(any(item.outcome is Outcome.CRASH for item in found))


# ── the work ─────────────────────────────────────────────────────────────────────────────────────

_MOST_MEMORY = 2 << 30
"""Bytes of one worker."""

_headers: Headers | None = None
"""Read before the workers fork, which then share it."""


def write(found: list[Finding], path: Path) -> None:
    """All findings as JSON."""
    records = [asdict(item) | {"outcome": item.outcome.value} for item in found]
    path.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


def survey(tree: Path, chosen: list[KernelFunction], seconds: float, jobs: int) -> Iterator[list[Finding]]:
    """The findings, those of one file after the other, in no order of the files."""
    global _headers
    _headers = Headers(tree)
    _headers.by_name  # noqa: B018
    by_file: dict[Path, list[KernelFunction]] = defaultdict(list)
    for function in chosen:
        by_file[function.file].append(function)
    if jobs == 1:
        for file, inside in by_file.items():
            yield _file(tree, file, inside, seconds)
        return
    with ProcessPoolExecutor(jobs, initializer=_limit_memory) as pool:
        largest = sorted(by_file.items(), key=lambda item: -len(item[1]))
        futures = [pool.submit(_file, tree, file, inside, seconds) for file, inside in largest]
        for future in as_completed(futures):
            yield future.result()


def _limit_memory() -> None:
    """For a worker: a function that takes more is to fail, not to take the machine with it."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


def _file(tree: Path, file: Path, inside: list[KernelFunction], seconds: float) -> list[Finding]:
    """The functions of one file, which is preprocessed once."""
    text = (tree / file).read_text(encoding="utf-8", errors="replace")
    source = SourceFile(str(file), text)
    alone = Alone(source, tree / file, _headers or Headers(tree))
    alone.prepare()
    return [_one(alone, function, seconds) for function in inside]


def _one(alone: Alone, function: KernelFunction, seconds: float) -> Finding:
    start = time.process_time()
    outcome, message, events, opaque, missing = Outcome.CLEAN, "", 0, 0, ()
    previous = signal.signal(signal.SIGPROF, _alarm)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        result = alone.lower(function.name or _made(function.title), function.line if function.name else None)
        spec.check(result.program)
        graph = unroll(result.program)
        events, opaque = len(graph.events), len(result.opaque)
        missing = _missing(function, alone.file, result)
    except MemmodelError as error:
        outcome = Outcome.SYNTAX if isinstance(error, SyntaxError) else Outcome.UNSUPPORTED
        where = f" at {error.span.start_label}: {error.span.text[:80]}" if error.span else ""
        message = error.message + where
    except _TimeLimit:
        outcome, message = Outcome.LATE, "time limit"
    except MemoryError:
        outcome, message = Outcome.LATE, "memory limit"
    except Exception as error:  # a crash is what this looks for
        outcome, message = Outcome.CRASH, f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)
    reason = _reason(message.split(" at ")[0])
    spent = time.process_time() - start
    return Finding(
        str(function.file), function.title, function.line, outcome, reason, message, spent, events, opaque, missing
    )


def _alarm(number: int, frame: FrameType | None) -> None:
    raise _TimeLimit


def _made(title: str) -> str:
    """The name of the function that a macro makes, as the tree's own macros make it."""
    macro, _, rest = title.partition("(")
    name = rest.rstrip(")")
    return f"__do_sys_{name}" if macro.startswith("SYSCALL") else f"____{name}" if macro.startswith("BPF") else name


def _reason(message: str) -> str:
    """A message without names and numbers, to count alike ones together."""
    return re.sub(r"\d+", "N", re.sub(r"'[^']*'", "'…'", message))


# ── nothing dropped ──────────────────────────────────────────────────────────────────────────────


_NOT_EVALUATED = re.compile(
    r"\b(?:lockdep_\w+|RCU_LOCKDEP_WARN|BUILD_BUG\w*|VM_(?:BUG|WARN)\w*|trace_\w+|pr_debug|pr_devel|kdebug|sizeof)\s*\("
)


def _missing(function: KernelFunction, file: SourceFile, result: Lone) -> tuple[int, ...]:
    """The lines of the function's own text with a primitive from which no instruction comes. What the compiler drops
    too (a branch on a constant, an operand of sizeof) may be among them."""
    seen: set[int] = set()
    for body in (thread.body for thread in result.program.threads):
        for node in every(body):
            if node.span.file.name == file.name:
                seen.update(range(node.span.line, file.position(node.span.end)[0] + 1))
    text = blanked(file.text)
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    first, last = text.index("{", starts[function.line - 1]), starts[min(function.end_line, len(starts) - 1)]
    found = set()
    for match in PRIMITIVE.finditer(text, first, last):
        begin = file.position(match.start())[0]
        end = file.position(_closing(text, match.end()))[0]
        evaluated = _NOT_EVALUATED.search(text, starts[begin - 1], match.start()) is None
        if evaluated and seen.isdisjoint(range(begin, end + 1)):
            found.add(begin)
    return tuple(sorted(found))


def _closing(text: str, opening: int) -> int:
    """Where the call ends whose parenthesis opens before `opening`."""
    depth = 1
    for match in re.compile(r"[()]").finditer(text, opening):
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            return match.end()
    return opening


# ── the report ───────────────────────────────────────────────────────────────────────────────────


def report(found: list[Finding], seconds: float) -> str:
    """The numbers, and a table of reasons with an example each, as Markdown."""
    total = max(1, len(found))
    lines = [f"{len(found)} functions in {seconds:.0f} s", "", "| outcome | functions | |", "| --- | ---: | ---: |"]
    counts = Counter(item.outcome for item in found)
    lines += [f"| {o.value} | {counts[o]} | {100 * counts[o] / total:.1f} % |" for o in Outcome]
    lines += ["", "| folder | functions | clean |", "| --- | ---: | ---: |"]
    for folder in FOLDERS:
        inside = [item for item in found if item.file.startswith(f"{folder}/")]
        clean = sum(item.outcome is Outcome.CLEAN for item in inside)
        lines.append(f"| {folder} | {len(inside)} | {100 * clean / max(1, len(inside)):.1f} % |")
    lines += ["", "| functions | why not | example |", "| ---: | --- | --- |"]
    lines += [f"| {count} | {reason} | {example} |" for reason, count, example in _reasons(found)]
    dropped = [item for item in found if item.missing]
    if dropped:
        lines += ["", f"{len(dropped)} functions with a primitive that no instruction comes from, such as"]
        lines += [f"{item.file}:{item.missing[0]} {item.function}" for item in dropped[:10]]
    times = sorted(item.seconds for item in found)
    if times:
        lines += ["", f"time per function: median {times[len(times) // 2]:.2f} s, longest {times[-1]:.2f} s"]
    return "\n".join(lines)


def _reasons(found: list[Finding], most: int = 40) -> Iterator[tuple[str, int, str]]:
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for item in found:
        if item.outcome is not Outcome.CLEAN:
            grouped[item.reason].append(item)
    for reason, items in sorted(grouped.items(), key=lambda pair: -len(pair[1]))[:most]:
        first = items[0]
        yield (
            reason,
            len(items),
            f"{first.file}: {first.function}: {first.message}".replace("|", "\\|").replace("\n", " "),
        )


if __name__ == "__main__":
    sys.exit(main())
