"""What docs/review.md shows is so: its tables are those of the program. Its commands are run in test_docs.py."""

from __future__ import annotations

import argparse
import re
import shlex

from memmodel.analyses.pairs import table
from memmodel.analyses.review import review, rules, touched
from memmodel.cli import review as command
from memmodel.frontends.c.alone import together
from memmodel.frontends.patch import apply, fit, git
from memmodel.result import ExitStatus
from tests.shown import ROOT, shown

PAGE = ROOT / "docs" / "review.md"
TEXT = PAGE.read_text()
SHOWN = shown(PAGE)


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first column has this heading."""
    (body,) = re.findall(rf"^\| {heading} \|.*\n\|[- |]+\n((?:\|.*\n)*)", TEXT, re.MULTILINE)
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in body.splitlines()]


def parser() -> argparse.ArgumentParser:
    commands = argparse.ArgumentParser().add_subparsers()
    command.add_parser(commands)
    found = commands.choices["review"]
    assert isinstance(found, argparse.ArgumentParser)
    return found


def test_the_page_shows_each_way_to_be_used() -> None:
    words = [set(example.words) for example in SHOWN]
    assert {"-", "HEAD", "checkpatch", "mail", "b4-am", "--scenario"} <= set().union(*words)
    assert {example.status for example in SHOWN} == {None, ExitStatus.OK, ExitStatus.FINDING}


def test_commands_that_are_not_run_have_options_that_there_are() -> None:
    others = re.findall(r"memmodel review ([^'\n|>]*)", "\n".join(re.findall(r"```(?:sh|yaml)\n(.*?)```", TEXT, re.S)))
    others += re.findall(r"<pipe-message>memmodel review ([^|]*)", TEXT)
    assert len(others) == 5
    for words in others:
        assert parser().parse_args(shlex.split(words)).patches


def test_the_options_are_those_of_the_command() -> None:
    listed = {tuple(re.findall(r"(?<=[` ])--?[a-z]+", row[0])): row[2] for row in rows("option")}
    there = {tuple(a.option_strings): a for a in parser()._actions if a.option_strings and a.dest != "help"}
    assert listed.keys() == there.keys()
    assert listed["-f", "--format"] == f"`{there['-f', '--format'].default}`"
    assert listed["--color",] == f"`{there['--color',].default}`"
    assert listed["--timeout",] == f"{review.SECONDS:.0f}, and {review.SERIES:.0f} for a series of many"
    assert listed["--timeout",] in (there["--timeout",].help or "")


def test_the_rules_are_those_that_there_are() -> None:
    assert [(row[0], row[1]) for row in rows("code")] == [(rule.code, rule.name) for rule in rules.RULES]


def test_the_exit_statuses_are_those_that_there_are() -> None:
    assert [row[0] for row in rows("exit status")] == [
        str(int(status)) for status in (ExitStatus.OK, ExitStatus.FINDING, ExitStatus.BAD_INPUT)
    ]


def test_the_limits_are_those_that_there_are() -> None:
    assert [row[1] for row in rows("what")] == [
        f"{review.SECONDS:.0f} s",
        f"{review.SERIES:.0f} s",
        f"{review.LEAST} s",
        f"{command.LARGEST // 1024 // 1024} MB",
        f"{git._MOST_COMMITS}",
        f"{apply.MOST_BYTES // 1_000_000} MB",
        f"{fit.MOST_FUZZ}",
        f"{touched.MOST}",
        f"{together.MOST_ACCESSES}",
        f"{table.MOST_EVENTS}",
    ]
