"""The pages under docs/reference say what the code says now: `make docs` writes them."""

from __future__ import annotations

import pytest

from memmodel.analyses import outcome_rules, rules
from memmodel.analyses.review import rules as review
from memmodel.cli.commands import NAMES
from memmodel.reports import Format
from tools.reference import FOLDER, PAGES, made
from tools.reference.markdown import escaped, filled


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_makes_of_it(name: str) -> None:
    assert (FOLDER / name).read_text() == made(name), "make docs"


def test_nothing_else_is_among_them() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(PAGES)


def test_every_command_format_and_rule_has_a_section() -> None:
    for page, headings in (
        ("commands.md", NAMES),
        ("formats.md", [item.value for item in Format]),
        ("rules.md", [f"{rule.code} {rule.name}" for rule in (*outcome_rules.RULES, *rules.RULES, *review.RULES)]),
    ):
        text = (FOLDER / page).read_text()
        assert [line[3:] for line in text.splitlines() if line.startswith("## ")][: len(headings)] == list(headings)


def test_text_for_a_terminal_becomes_markdown() -> None:
    assert filled("one\ntwo\n\n  * code *") == "one two\n\n```\n* code *\n```"
    assert escaped("a * `b * c` <d>") == "a \\* `b * c` \\<d\\>"
