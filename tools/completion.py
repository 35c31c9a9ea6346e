"""A parser in, completion scripts for bash, zsh and fish out: shtab's, told what each argument is."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Mapping

import shtab

from memmodel.analyses import rulebook
from memmodel.cli.completion import SCRIPTS

TESTS = ("*.litmus", "*.c")
CODE = ("*.c", "*.h")
PATCHES = ("*.patch", "*.diff", "*.mbox", "*.eml")
MODELS = ("*.cat",)

Completer = Mapping[str, object]
"""What shtab wants to know of an argument: code by shell."""


def files(parser: argparse.ArgumentParser) -> dict[str, str]:
    """The scripts, by their path below share/."""
    _brief(parser)
    for name, action in _arguments(parser):
        found = completer(name, action)
        if found is not None:
            vars(action)["complete"] = found
    return {path: _script(parser, shell) for shell, path in SCRIPTS.items()}


def _brief(parser: argparse.ArgumentParser) -> None:
    """Leave the one-line summary of each subcommand, which is what a list in a shell has room for."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for item in action._get_subactions():
                action.choices[item.dest].description = item.help


def _script(parser: argparse.ArgumentParser, shell: str) -> str:
    text = shtab.complete(parser, shell)
    if shell == "zsh":  # shtab says "one, and then no more" of an argument that there may be many of
        text = re.sub(r'^  "\(\*\)::?', '  "*:', text, flags=re.MULTILINE)
    if shell == "fish":  # and it takes every option with one dash for one of one letter
        text = re.sub(r"(?<= )-s (?=\w\w)", "-o ", text)
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip() + "\n"


def _arguments(parser: argparse.ArgumentParser, name: str = "") -> Iterator[tuple[str, argparse.Action]]:
    """The arguments of each subcommand, with its name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner, subparser in action.choices.items():
                yield from _arguments(subparser, inner)
        else:
            yield name, action


def completer(command: str, action: argparse.Action) -> Completer | None:
    """What completes an argument, by what the help calls it; None for what no shell can know, such as a number, and
    for what has choices."""
    if action.nargs == 0 or action.choices is not None:
        return None
    called = action.metavar if isinstance(action.metavar, str) else action.dest
    option = bool(action.option_strings)
    special = _BY_COMMAND.get((command, called)) if not option else None
    make = special or (_OPTIONS if option else _WORDS).get(called)
    return make() if make is not None else None


def known(action: argparse.Action) -> bool:
    """Whether it is said of an argument what completes it, if anything."""
    called = action.metavar if isinstance(action.metavar, str) else action.dest
    return action.nargs == 0 or action.choices is not None or called in (_OPTIONS if action.option_strings else _WORDS)


def _glob(*patterns: str) -> Callable[[], Completer]:
    return lambda: shtab.glob(*patterns)


def _models() -> Completer:
    from memmodel.cat.models import available

    return words("model", [known.name for known in available()], MODELS)


def _codes() -> Completer:
    return words("code", [rule.code for rule in rulebook.every()])


def _machines() -> Completer:
    from memmodel.machines import registry

    return words("machine", [registry.name(machine) for machine in registry.MACHINES])


def words(name: str, choices: list[str], patterns: tuple[str, ...] = ()) -> Completer:
    """One of these words, or a file that fits a pattern, completed by a function with this name in it."""
    given = " ".join(choices)
    function = f"_memmodel_{name}" + ("_or_file" if patterns else "")  # bash goes by the name: a file, or a word?
    bash, fish = [f'  compgen -W "{given}" -- "$1"'], [f"  printf '%s\\n' {given}"]
    zsh = f"  _alternative '{name}s:{name}:({given})'"
    before = {"bash": "", "fish": ""}
    if patterns:
        files = shtab.glob(*patterns)
        bash.append(f'  {files["bash"]} "$1"')
        fish.append(f"  {str(files['fish']).strip('()')}")
        zsh += f" \"files:file:_files -g '{_alternatives(patterns)}'\""
        assert isinstance(files["preamble"], dict)
        before = files["preamble"]
    return {
        "bash": function,
        "zsh": function,
        "fish": f"({function})",
        "preamble": {
            "bash": "\n".join([before["bash"], f"{function}() {{", *bash, "}"]),
            "zsh": f"{function}() {{\n{zsh}\n}}",
            "fish": "\n".join([before["fish"], f"function {function}", *fish, "end"]),
        },
    }


def _alternatives(patterns: tuple[str, ...]) -> str:
    """One pattern for zsh, to which a single one in brackets would be something else."""
    return patterns[0] if len(patterns) == 1 else f"({'|'.join(patterns)})"


def _file() -> Completer:
    return shtab.FILE


def _directory() -> Completer:
    return shtab.DIRECTORY


_WORDS: Mapping[str, Callable[[], Completer] | None] = {
    "PATH": _glob(*TESTS),
    "FILE": _glob(*TESTS),
    "OLD": _glob(*TESTS),
    "NEW": _glob(*TESTS),
    "PATCH": _glob(*PATCHES),
    "DIR": _directory,
    "CODE": _codes,
    "FLAG... FILE": _glob(*CODE),
    "ARCH": _machines,
}
"""Arguments without an option, by what the help calls them."""

_BY_COMMAND: Mapping[tuple[str, str], Callable[[], Completer]] = {("pairs", "FILE"): _glob(*CODE)}

_OPTIONS: Mapping[str, Callable[[], Completer] | None] = {
    "FILE": _file,
    "DIR": _directory,
    "OUT": _file,
    "M": _models,
    "CODES": _codes,
    "ADDRESS": None,
    "COND": None,
    "MB": None,
    "N": None,
    "NAME": None,
    "NAME[=VALUE]": None,
    "S": None,
    "X": None,
}
