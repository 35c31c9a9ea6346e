"""The folders of a kernel tree in, the functions in them that contain an ordering primitive out.

This reads the text alone, on purpose: what the front end fails to see is then counted as a failure, not left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("kernel", "lib", "io_uring", "net/xdp", "drivers/virtio")

_ATOMIC = r"(?:raw_|arch_)?atomic(?:64|_long)?_"
_ORDERING = r"(?:_acquire|_release|_relaxed)?"
PRIMITIVE = re.compile(
    r"\b(?:"
    r"READ_ONCE|WRITE_ONCE"
    r"|smp_(?:mb|rmb|wmb|store_mb|load_acquire|store_release|mb__\w+|cond_load_\w+|acquire__after_ctrl_dep)"
    r"|(?:dma_|virt_|virtio_)?(?:mb|rmb|wmb|store_mb|load_acquire|store_release)"
    rf"|{_ATOMIC}(?:read|set){_ORDERING}"
    rf"|{_ATOMIC}(?:fetch_)?(?:add|sub|inc|dec|and|or|xor|andnot)(?:_return)?{_ORDERING}"
    rf"|{_ATOMIC}(?:try_)?(?:cmp)?xchg{_ORDERING}"
    rf"|{_ATOMIC}(?:(?:sub|inc|dec)_and_test|(?:fetch_)?add_unless|inc_not_zero|add_negative)"
    rf"|{_ATOMIC}(?:inc_unless_negative|dec_unless_positive|dec_if_positive|cond_read_\w+)"
    rf"|(?:try_)?(?:cmp)?xchg(?:64)?{_ORDERING}"
    r"|test_and_(?:set|clear|change)_bit(?:_lock)?|clear_bit_unlock|test_bit_acquire"
    r"|s?rcu_dereference\w*|s?rcu_read_(?:un)?lock(?:_bh|_sched|_notrace|_sched_notrace|_nmisafe)?"
    r"|rcu_(?:assign_pointer|access_pointer|replace_pointer)|RCU_INIT_POINTER|synchronize_s?rcu(?:_expedited)?"
    r")\s*\("
)
"""What counts as an ordering primitive, in a function whose comments and strings are blanked."""

_BLANKED = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|^[ \t]*\#(?:[^\n\\]|\\.)*", re.DOTALL | re.MULTILINE
)
_BRACKET = re.compile(r"[(){}]")
_NAME = re.compile(r"(\w+)\s*\($")
_MACRO = re.compile(r"^[A-Z][A-Z0-9_]*$")


@dataclass(frozen=True)
class KernelFunction:
    """A function as the text has it. `name` is '' where a macro makes the name; `title` is then the macro's call."""

    file: Path
    """Within the tree."""
    name: str
    title: str
    line: int
    end_line: int


def functions(tree: Path, folders: tuple[str, ...] = FOLDERS) -> list[KernelFunction]:
    """The functions with an ordering primitive, by file and line."""
    found: list[KernelFunction] = []
    for folder in folders:
        for path in sorted((tree / folder).rglob("*.[ch]")):
            text = path.read_text(encoding="utf-8", errors="replace")
            found.extend(in_text(text, path.relative_to(tree)))
    return found


def in_text(text: str, file: Path) -> Iterator[KernelFunction]:
    """The functions of one file that contain an ordering primitive. Lines of the preprocessor are blanked, so that a
    function in a `#define` is none."""
    clean = blanked(text)
    for start, header, body in _definitions(clean):
        if PRIMITIVE.search(clean, body[0], body[1]) is None:
            continue
        match = re.search(r"([A-Za-z_]\w*)\s*\((.*)", clean[header[0] : header[1]], re.DOTALL)
        if match is None:
            continue
        name, rest = _declared_name(clean[header[0] : header[1]])
        if not name:
            continue
        title = f"{name}({rest.partition(',')[0].partition(')')[0].strip()})" if _MACRO.match(name) else name
        yield KernelFunction(
            file, "" if _MACRO.match(name) else name, title, _line(clean, start), _line(clean, body[1])
        )


def blanked(text: str) -> str:
    """The text with blanks for comments, strings and lines of the preprocessor."""
    return _BLANKED.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    return "".join("\n" if c == "\n" else " " for c in match[0])


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _definitions(text: str) -> Iterator[tuple[int, tuple[int, int], tuple[int, int]]]:
    """At the top level: where a definition begins, its part before the body, and its body. Kernel style has the brace
    of a function in column 0, or behind its `)`."""
    depth, last = 0, 0
    opening = 0
    for match in re.finditer(r"[{};]", text):
        sign = match[0]
        if sign == "{":
            if depth == 0:
                opening = match.start()
            depth += 1
        elif sign == "}":
            depth = max(0, depth - 1)
            if text[match.start() - 1] == "\n":
                depth = 0  # two arms of an #if may open a block twice
            if depth == 0:
                header = text[last:opening]
                if "(" in header and "=" not in _outside(header):
                    start = last + len(header) - len(header.lstrip())
                    yield start, (start, opening), (opening, match.end())
                last = match.end()
        elif depth == 0:
            last = match.end()


def _outside(header: str) -> str:
    """What stands outside parentheses."""
    depth, kept = 0, []
    for piece in re.split(r"([()])", header):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if depth == 0:
            kept.append(piece)
    return "".join(kept)


_ATTRIBUTES = re.compile(
    r"^(?:__attribute__|__(?:aligned|printf|scanf|acquires|releases|must_hold|cond_acquires|section|alloc_size|"
    r"malloc|bpf_kfunc|nonnull)|EXPORT_SYMBOL\w*|module_\w+|MODULE_\w+)$"
)


def _declared_name(header: str) -> tuple[str, str]:
    """The name before the parameters, and what stands behind its parenthesis."""
    position, found = 0, ("", "")
    while (match := re.compile(r"([A-Za-z_]\w*)\s*\(").search(header, position)) is not None:
        depth, end = 0, len(header)
        for bracket in re.compile(r"[()]").finditer(header, match.end() - 1):
            depth += 1 if bracket[0] == "(" else -1
            if depth == 0:
                end = bracket.end()
                break
        if not _ATTRIBUTES.match(match[1]):
            found = match[1], header[match.end() :]
            if not re.match(r"\s*\(", header[end:]):
                return found
        position = end
    return found
