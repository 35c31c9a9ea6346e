"""The sections of a page of help."""

from __future__ import annotations

from tools.pages import Example, Section, Status, examples, sections

PAGE = """\
Running text
in two lines.

Some text:
  laid out   so

examples:
  # what it is for
  memmodel check a.litmus
  # what goes wrong (status 1)
  memmodel check b.litmus | head
  memmodel check c.litmus

exit status:
  0  all is well
  1  something is not,
     and more of it
  The worst counts.

see also: the rest
of the page
"""


def test_running_text_is_joined() -> None:
    assert sections(PAGE)[0] == Section("", "Running text in two lines.")


def test_what_is_indented_below_running_text_keeps_its_form() -> None:
    assert sections(PAGE)[1] == Section("", "Some text:", ("  laid out   so",))


def test_exit_statuses_are_read_with_the_lines_that_go_on() -> None:
    found = sections(PAGE)[3]
    assert found.statuses == (Status(0, "all is well"), Status(1, "something is not, and more of it"))
    assert found.text.strip() == "The worst counts."


def test_a_section_may_start_on_the_line_of_its_title() -> None:
    assert sections(PAGE)[4] == Section("see also", "the rest of the page")


def test_examples_have_the_comment_above_them_and_the_status_in_it() -> None:
    assert examples(PAGE) == [
        Example("what it is for", "memmodel check a.litmus", 0),
        Example("what goes wrong (status 1)", "memmodel check b.litmus | head", 1),
        Example("", "memmodel check c.litmus", 0),
    ]


def test_a_page_may_have_nothing() -> None:
    assert sections("") == []
    assert examples("") == []
