"""A parser in, manual pages out: one for the command and one for each subcommand, in the macros of man(7)."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

from memmodel import __version__
from memmodel.cli.commands import GROUPS
from tools.pages import Section, Status, sections

FOLDER = "man/man1"

_ESCAPES = {"\\": r"\e", "-": r"\-", "`": r"\(ga", "'": r"\(aq", "^": r"\(ha", "~": r"\(ti"}
_LITERAL = re.compile(r"`([^`]+)`")

FILES = """\
.SH FILES
.TP
.I memmodel.toml
Paths, model, expectations and rules of a project; \\(lq[tool.memmodel]\\(rq in
.I pyproject.toml
does as well. See
.BR memmodel\\-init (1).
"""

ENVIRONMENT = """\
.SH ENVIRONMENT
.TP
.B NO_COLOR
No colours, unless
.B \\-\\-color always
asks for them.
.TP
.B MEMMODEL_DEBUG
With the value 1, an internal error is shown with the place where it happened.
"""


def files(parser: argparse.ArgumentParser) -> dict[str, str]:
    """The pages, by their path below share/."""
    pages = {"memmodel": _main_page(parser)}
    for name, (summary, subparser) in subcommands(parser).items():
        pages[f"memmodel-{name}"] = _page(name, summary, subparser)
    return {f"{FOLDER}/{name}.1": text for name, text in pages.items()}


def subcommands(parser: argparse.ArgumentParser) -> dict[str, tuple[str, argparse.ArgumentParser]]:
    """The summary and the parser of each subcommand, by its name."""
    found = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return {item.dest: (item.help or "", found.choices[item.dest]) for item in found._get_subactions()}


def _main_page(parser: argparse.ArgumentParser) -> str:
    known = subcommands(parser)
    lines = [*_start("memmodel", "check the barriers of lock-free kernel code")]
    lines += [".SH SYNOPSIS", ".B memmodel", r".I COMMAND", r"[\fIOPTION\fR]... [\fIFILE\fR]...", ".SH DESCRIPTION"]
    lines += [text(parser.description or "")]
    lines += [".SH COMMANDS"]
    for group in GROUPS:
        lines += [f".SS {escaped(group.title)}"]
        for name in group.names:
            lines += [".TP", rf".BR memmodel\-{escaped(name)} (1)", text(known[name][0])]
    lines += _arguments("OPTIONS", [action for action in parser._actions if action.option_strings])
    lines += _epilog(parser)
    return "\n".join([*lines, ENVIRONMENT + FILES.rstrip(), *_see(list(known))]) + "\n"


def _page(name: str, summary: str, parser: argparse.ArgumentParser) -> str:
    shown = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    words = [action for action in shown if not action.option_strings]
    lines = [*_start(f"memmodel-{name}", summary), ".SH SYNOPSIS", rf".B memmodel {escaped(name)}"]
    lines += [" ".join([r"[\fIOPTION\fR]...", *(_operand(action) for action in words)]), ".SH DESCRIPTION"]
    lines += [text(parser.description or summary)]
    for section in sections(parser.epilog or ""):
        if not section.title:
            lines += [".PP", *_body(section)]
    lines += _arguments("ARGUMENTS", words)
    lines += _arguments("OPTIONS", [action for action in shown if action.option_strings])
    lines += _epilog(parser)
    return "\n".join([*lines, *_see(["memmodel"])]) + "\n"


def _start(name: str, summary: str) -> Iterator[str]:
    yield r".\" Written by `make generated` from the options that the command knows."
    yield f'.TH {escaped(name.upper())} 1 "" "memmodel {escaped(__version__)}" "memmodel"'
    yield ".SH NAME"
    yield rf"{escaped(name)} \- {escaped(summary)}"


def _operand(action: argparse.Action) -> str:
    name = rf"\fI{escaped(_called(action))}\fR"
    return {"+": f"{name}...", "*": f"[{name}]...", "?": f"[{name}]"}.get(str(action.nargs), name)


def _arguments(title: str, actions: list[argparse.Action]) -> list[str]:
    lines = [f".SH {title}"] if actions else []
    for action in actions:
        names = [rf"\fB{escaped(option)}\fR" for option in action.option_strings]
        value = rf" \fI{escaped(_called(action))}\fR" if action.nargs != 0 else ""
        head = ", ".join(f"{name}{value}" for name in names) if names else value.strip()
        lines += [".TP", head, text(expanded(action))]
    return lines


def _called(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    return "|".join(map(str, action.choices)) if action.choices is not None else action.dest.upper()


def expanded(action: argparse.Action) -> str:
    """The help of an argument, with its default in place."""
    return (action.help or "") % {**vars(action), "prog": "memmodel"}


def _epilog(parser: argparse.ArgumentParser) -> list[str]:
    lines: list[str] = []
    for section in sections(parser.epilog or ""):
        if section.title:
            lines += [f".SH {escaped(section.title.upper())}", *_body(section)]
    return lines


def _body(section: Section) -> Iterator[str]:
    for status in section.statuses:
        yield from _status(status)
    if section.text:
        yield from ([".PP"] if section.statuses else [])
        yield text(section.text)
    if section.laid_out:
        yield from ([".PP"] if section.text else [])
        yield from (".nf", *(literal(line) for line in section.laid_out), ".fi")


def _status(status: Status) -> Iterator[str]:
    yield from (".TP", rf".B {status.number}", text(status.meaning))


def _see(names: list[str]) -> Iterator[str]:
    yield ".SH SEE ALSO"
    pages = [name if name == "memmodel" else f"memmodel-{name}" for name in names]
    for number, page in enumerate(pages, 1):
        yield rf".BR {escaped(page)} (1){'' if number == len(pages) else ','}"


def text(words: str) -> str:
    """Running text, whose lines are filled anew; what stands between backquotes is what one types."""
    pieces = _LITERAL.split(" ".join(words.split()))
    done = "".join(rf"\fB{escaped(piece)}\fR" if number % 2 else escaped(piece) for number, piece in enumerate(pieces))
    return _guarded(done)


def literal(line: str) -> str:
    """A line as it stands."""
    return _guarded(escaped(line))


def escaped(words: str) -> str:
    """Words with every character that roff has a use of its own for."""
    return "".join(_ESCAPES.get(letter, letter) for letter in words)


def _guarded(line: str) -> str:
    return rf"\&{line}" if line.startswith((".", "'")) else line
