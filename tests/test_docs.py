"""Each command that a page shows prints what the page says; each that it names is one that there is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from memmodel.cli.commands import parser
from memmodel.errors import UsageError
from tests.sessions import PAGES, Command, Session, commands, difference, there_is
from tests.shown import ROOT

SHOWING = [page for page in PAGES if commands(page.read_text())]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", SHOWING, ids=named)
def test_each_command_prints_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    session = Session(tmp_path)
    left_out: set[str] = set()
    for command in commands(page.read_text()):
        if not there_is(command.needs):
            left_out.add(command.needs)
            continue
        printed = session.run(command)
        lost = difference(command, printed)
        assert not lost, f"{named(page)}:{command.line}: $ {command.text}\nshown:\n{lost}\nprinted:\n{printed}"
    if left_out:
        pytest.skip(f"all else is as shown; not run, for want of: {', '.join(sorted(left_out))}")


# ── what is not run ──────────────────────────────────────────────────────────────────────────────

_BLOCK = re.compile(r"^ *```(?P<language>\w*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
PROGRAMS = ("c", "diff", "litmus")
"""Languages of blocks that are no commands."""
_NAMED = re.compile(r"(?:^|[\s'\"(|`])(?:\.venv/bin/)?memmodel (?P<words>[a-z-][^\n]*)")
_ENDS = frozenset(("|", "||", "&&", ";", ">", ">>", "2>", "<", "&", ")"))


def lines() -> Iterator[tuple[Path, str]]:
    """Each command line of memmodel that a page names, in blocks of any language and within its text."""
    for page in PAGES:
        text = page.read_text()
        for block in _BLOCK.finditer(text):
            if block["language"] in (
                "sh",
                "console",
                "yaml",
                "toml",
                "groovy",
                "vim",
                "lisp",
                "elisp",
                "json",
                "make",
                "",
            ):
                for match in _NAMED.finditer(block["body"].replace("\\\n", " ")):
                    if not block["body"][: match.start()].rpartition("\n")[2].strip().startswith("#"):
                        yield page, match["words"]
        for words in re.findall(r"`memmodel ([a-z-][^`]*)`", _BLOCK.sub("", text)):
            yield page, " ".join(words.split())


def words_of(line: str) -> list[str]:
    """The words up to what belongs to the shell, or to what the line stands in."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>()")
    lexer.whitespace_split = True
    found: list[str] = []
    try:
        for word in lexer:
            if word in _ENDS:
                break
            if not word.startswith("["):  # what may be left out, where a page shows what there is
                found.append(word)
    except ValueError:  # the end of a quotation that began before the command
        return line.split("'")[0].split('"')[0].split()
    return found


PARSER = parser()
LINES = sorted({(named(page), line) for page, line in lines()})


@pytest.mark.parametrize(("page", "line"), LINES)
def test_each_command_that_is_named_is_one_that_there_is(page: str, line: str) -> None:
    words = words_of(line)
    for _ in range(4):
        try:
            PARSER.parse_args(words)
        except SystemExit as end:
            assert end.code == 0  # --help
        except UsageError as error:
            placeholder = re.search(r": '([A-Z]+)' is no choice", error.message)
            if placeholder:
                (choice,) = re.findall(r"(?:expected|mean) '?([\w-]+)", str(error.hint))
                words = [choice if word == placeholder[1] else word for word in words]  # any of them
                continue
            assert "arguments are required" in error.message, f"{page}: memmodel {line}: {error.message}"
            words = [*words, "FILE"]  # a text that names the command need not say for which file
            continue
        return
    pytest.fail(f"{page}: memmodel {line}")


def test_pages_name_commands() -> None:
    assert len(LINES) > 40


# ── the tutorial ─────────────────────────────────────────────────────────────────────────────────


def test_the_tutorial_shows_its_files_as_they_are() -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text()
    files = [path.read_text() for path in (ROOT / "docs" / "tutorial").iterdir()]
    programs = re.findall(r"^```c\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(programs) == 3
    for program in programs:
        assert any(program in text for text in files), program


# ── the helper itself ────────────────────────────────────────────────────────────────────────────

PAGE = """\
```console
$ cd docs
$ cat > file <<'END'
> one
> END
$ cat file; false
one
$ echo $?
1
```
<!-- setup: rm file -->
<!-- top -->
<!-- needs: no-such-program -->
```console
$ never
```
"""


def test_a_session_keeps_its_folder_its_files_and_its_status(tmp_path: Path) -> None:
    found = commands(PAGE)
    assert [command.text for command in found] == [
        "cd docs",
        "cat > file <<'END'\none\nEND",
        "cat file; false",
        "echo $?",
        "rm file",
        "never",
    ]
    assert [command.line for command in found] == [2, 3, 6, 8, 11, 15]
    assert [there_is(command.needs) for command in found] == [True] * 5 + [False]
    session = Session(tmp_path)
    printed = [session.run(command) for command in found[:5]]
    assert printed == ["", "", "one\n", "1\n", ""]
    assert session.here == tmp_path / "memmodel" / "docs"
    assert difference(found[2], "two\n")
    assert not (session.here / "file").exists()
    assert not (ROOT / "docs" / "file").exists()
    session.run(Command("true", "", 1, top=True))
    assert session.here == session.top
