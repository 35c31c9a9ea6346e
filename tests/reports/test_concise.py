"""What editors understand of `--format concise`, by the patterns that they document for gcc's messages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from memmodel.analyses.rulebook import find
from memmodel.records import replace
from memmodel.reports import Format, writer
from memmodel.result import FileReport
from tests.reports import examples

VSCODE = re.compile(r"^(.*):(\d+):(\d+):\s+(warning|error):\s+(.*)$")
"""As "Processing task output with problem matchers" in VS Code's documentation gives it for gcc."""
GNU = re.compile(
    r"""
    ^(?P<file>(?:[^0-9\n\t\ ]|[0-9]+[^0-9\n])           # no blank first, and not digits alone
              (?:[^\n\ :]|\ [^-/\n]|:[^\ \n])*?)        # no blank before a dash or a slash, no colon before a blank
    :(?P<line>[0-9]+):(?P<column>[0-9]+)
    :\ *(?:(?P<warning>[Ww]arning)|(?P<note>[Nn]ote)|(?P<error>[Ee]rror)):\ (?P<message>.*)$
    """,
    re.VERBOSE,
)
"""What Emacs' compilation mode takes for `sourcefile:lineno:column: message` of the GNU coding standards."""

BLANKS = replace(examples.RULE, place=replace(examples.placed("WRITE_ONCE(*x, 1)"), file="my tests/two words.litmus"))
SPACED = replace(examples.RULED, file="my tests/two words.litmus", diagnostics=(BLANKS,))


def printed(*reports: FileReport) -> list[str]:
    out = writer(Format.CONCISE, rules=find)
    return [line for report in reports for line in out.file(report).split("\n") if line]


def test_each_problem_is_found_by_vs_codes_pattern() -> None:
    for report in (*examples.EVERYTHING, SPACED):
        lines = [line for line in printed(report) if ": note: " not in line]
        assert all(VSCODE.match(line) for line in lines)
        if report.outcome.value != "pass":
            assert VSCODE.match(lines[0])


def test_vs_code_reads_what_is_meant() -> None:
    lines = printed(examples.SUGGESTED, SPACED)
    found = [match.groups() for line in lines if (match := VSCODE.match(line))]
    assert found == [
        ("rings/drain.litmus", "3", "12", "error", "expected Never, found Sometimes [MM001]"),
        ("my tests/two words.litmus", "9", "2", "warning", "smp_mb__before_atomic() orders nothing here [MM101]"),
    ]


def test_each_line_is_found_by_emacs_pattern() -> None:
    for line in printed(*examples.EVERYTHING, SPACED):
        match = GNU.match(line)
        assert match, line
        assert sum(bool(match[kind]) for kind in ("warning", "note", "error")) == 1


def test_emacs_reads_what_is_meant() -> None:
    match = GNU.match(printed(SPACED)[0])
    assert match is not None
    assert (match["file"], match["line"], match["column"]) == ("my tests/two words.litmus", "9", "2")


def test_other_places_hints_and_suggestions_are_notes_with_a_place() -> None:
    assert [line.split(": note: ") for line in printed(examples.SUGGESTED, examples.RULED) if ": note: " in line] == [
        ["rings/drain.litmus:3:12", f"suggested: {examples.REMEDY}"],
        ["rings/drain.litmus:10:2", "the access that follows"],
        ["rings/drain.litmus:9:2", "no read-modify-write follows it"],
    ]


def test_a_message_is_one_line_without_commands_for_the_terminal() -> None:
    (line,) = printed(examples.ODD_NAME)
    assert line.isprintable()
    assert line.startswith("odd dir/a b,c:100%\\n")


def test_what_the_text_asks_not_to_be_told_is_not_told() -> None:
    assert not any("MM105" in line for line in printed(examples.RULED))


def _vim_reads() -> bool:
    """Whether there is a vim that has more than the smallest one."""
    vim = shutil.which("vim")
    if vim is None:
        return False
    said = subprocess.run([vim, "--version"], capture_output=True, text=True, check=False).stdout
    return "+quickfix" in said and "+eval" in said


@pytest.mark.skipif(not _vim_reads(), reason="vim with +eval and +quickfix is not installed")
def test_vim_makes_a_list_of_it(tmp_path: Path) -> None:
    problems, read = tmp_path / "problems", tmp_path / "read"
    problems.write_text("".join(f"{line}\n" for line in printed(examples.SUGGESTED, SPACED)))
    commands = [
        "compiler gcc",
        f"cgetfile {problems}",
        "let found = map(getqflist(), {_, e -> [bufname(e.bufnr), e.lnum, e.col, e.type, e.text]})",
        f"call writefile([json_encode(found)], '{read}')",
        "qall!",
    ]
    words = [word for command in commands for word in ("-c", command)]
    subprocess.run(["vim", "-N", "-u", "NONE", "-i", "NONE", "-e", "-s", *words], check=True, timeout=60)
    spaced = "my tests/two words.litmus"
    assert [[file, line, column, kind or "n"] for file, line, column, kind, _ in json.loads(read.read_text())] == [
        ["rings/drain.litmus", 3, 12, "e"],
        ["rings/drain.litmus", 3, 12, "n"],
        [spaced, 9, 2, "w"],
        ["rings/drain.litmus", 10, 2, "n"],
        [spaced, 9, 2, "n"],
    ]
