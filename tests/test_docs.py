"""Each command that a page shows prints what the page says; each that it names is one that there is."""

from __future__ import annotations

import json
import re
import shlex
import shutil
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


# ── files that pages show ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("page", "language", "count"), [("tutorial", "c", 3), ("how-to/own-primitive", "c", 1), ("how-to/own-model", "", 1)]
)
def test_a_page_shows_its_files_as_they_are(page: str, language: str, count: int) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text()
    files = [path.read_text() for path in (ROOT / "docs" / page).iterdir()]
    shown = [found["body"] for found in _BLOCK.finditer(text) if found["language"] == language]
    assert len(shown) == count
    for body in shown:
        assert any(body in whole for whole in files), body


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


# ── editors ──────────────────────────────────────────────────────────────────────────────────────

EDITOR = ROOT / "docs" / "how-to" / "editor.md"


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", EDITOR.read_text(), re.MULTILINE | re.DOTALL)
    return str(found)


def findings() -> list[str]:
    """The lines of the page's example."""
    return [line for command in commands(EDITOR.read_text()) for line in (command.printed or "").splitlines()]


def test_a_problem_matcher_finds_each_line() -> None:
    matcher = json.loads(block("json"))["tasks"][0]["problemMatcher"]["pattern"]
    found = [re.fullmatch(matcher["regexp"], line) for line in findings()]
    assert len(found) == 4
    for match in found:
        assert match is not None
        assert match[matcher["file"]].endswith(".litmus")
        assert match[matcher["severity"]] in ("error", "warning", "note")


@pytest.mark.skipif(shutil.which("vim") is None, reason="vim is not installed")
def test_vim_lists_each_finding(tmp_path: Path) -> None:
    session = Session(tmp_path)
    (session.top / "settings.vim").write_text(block("vim"))
    told = (
        "json_encode(map(getqflist(), {_, item -> [bufname(item.bufnr), item.lnum, item.col, item.type, item.text]}))"
    )
    file = "docs/reference/example/hand-over.litmus"
    words = f"-c 'silent make %' -c \"call writefile([{told}], 'list')\" -c 'qa!'"
    session.run(Command(f"vim -Nu settings.vim -es -c 'edit {file}' {words}", None, 1))
    listed = json.loads((session.top / "list").read_text())
    assert len(listed) == 4
    kinds = {"e": "error", "w": "warning", "n": "note"}
    again = [f"{name}:{line}:{column}: {kinds[kind]}: {text}" for name, line, column, kind, text in listed]
    assert again == findings()
