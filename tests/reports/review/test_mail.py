"""Replies to the mails that patches came in, read back by Python's own readers of mails and mailboxes."""

from __future__ import annotations

import email
import mailbox
import re
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from memmodel.analyses.review.result import PatchReview
from memmodel.records import replace
from memmodel.reports.review import Options, render
from memmodel.source import SourceFile
from tests.reports.review import series

Stored = Callable[[str, str], None]
COMMAND = Options(command="memmodel review series.mbox --tree linux")


def mails(*patches: PatchReview) -> str:
    return render(replace(series.SERIES, patches=patches), "mail", COMMAND)


def read(text: str) -> EmailMessage:
    return email.message_from_bytes(text.encode(), policy=policy.default)


def test_the_reply_to_a_patch(stored: Stored) -> None:
    stored("review-mail.txt", mails(*series.SERIES.patches))


def test_it_answers_the_mail_of_the_patch_and_names_no_sender() -> None:
    mail = read(mails(series.FIRST))
    assert mail["Subject"] == "Re: [PATCH 1/2] rings: a cheaper store for the head"
    assert mail["In-Reply-To"] == mail["References"] == series.FIRST.patch.message_id
    assert mail["From"] is mail["To"] is None
    assert mail.get_content().startswith("On Thu, 3 Nov 2022 10:11:12 +0000, Zoë Müller <zoe@example.org> wrote:\n> ")


def test_what_is_quoted_is_in_the_patch_and_in_its_order() -> None:
    assert is_quoted_in_order(mails(series.FIRST))


def is_quoted_in_order(text: str) -> bool:
    """Whether the quoted lines stand in the patch one after the other, none of them twice."""
    quoted = [line[2:] for line in text.splitlines() if line.startswith(">") and line != "> [...]"]
    lines = iter(line.rstrip() for line in series.MAIL.text.splitlines())
    return bool(quoted) and all(line in lines for line in quoted)


def test_each_remark_stands_right_under_its_line() -> None:
    lines = mails(series.FIRST).splitlines()
    for remark in (series.LOST, series.IDLE):
        assert remark.line is not None
        at = lines.index(f"> {series.MAIL.line(remark.line)}")
        assert lines[at + 1] == ""
        said = " ".join(lines[at + 2 : at + 4])
        assert remark.finding.title in said


def test_at_most_five_lines_are_quoted_before_it_and_gaps_are_marked() -> None:
    blocks = re.split(r"\n(?!>)", mails(series.FIRST))
    quotes = [re.findall(r"(?m)^>(?: [ +-].*)?$", block) for block in blocks]
    assert max(map(len, quotes)) == 6
    first = series.FIRST.patch.changes[0].hunks[1].lines
    remark = replace(series.IDLE, line=first[-1].number)
    text = mails(replace(series.FIRST, remarks=(remark,)))
    assert f"> @@ -28,2 +28,8 @@ int ring_get(struct ring *r)\n> [...]\n> {series.MAIL.line(first[2].number)}\n" in text


def test_two_remarks_in_a_hunk_quote_no_line_twice() -> None:
    hunk = series.FIRST.patch.changes[0].hunks[1]
    remarks = tuple(replace(series.IDLE, line=line.number) for line in (hunk.lines[6], hunk.lines[5], hunk.lines[6]))
    text = mails(replace(series.FIRST, remarks=remarks))
    assert is_quoted_in_order(text)
    assert text.count("[MM205]") == 3


def test_what_is_written_has_72_columns() -> None:
    shown = {line.strip() for line in series.LOST.finding.witness}
    for line in mails(*series.SERIES.patches).splitlines():
        assert len(line) <= 72 or line.startswith(">") or line.strip() in shown, line


def test_what_is_fixed_takes_a_sentence_and_nobody_is_praised() -> None:
    text = mails(replace(series.FIRST, remarks=()))
    assert "This does fix: ring_get() no longer returns a slot before it was\nwritten.\n" in text
    assert "wrote:" not in text
    assert "\n>" not in text
    assert not re.search(r"(?i)reviewed-by|acked-by|thank|great|nice|good", mails(*series.SERIES.patches))


def test_the_last_lines_say_how_it_was_found() -> None:
    model, command = mails(series.FIRST).splitlines()[-2:]
    assert model.startswith("Checked against the LKMM (lkmm) with memmodel ")
    assert command == "  memmodel review series.mbox --tree linux"


def test_the_command_is_made_up_where_it_is_not_known() -> None:
    patches = [replace(series.ONE, source=SourceFile(f"my series[{n}]", series.MAIL.text)) for n in (1, 2)]
    several = replace(series.SERIES, patches=tuple(replace(series.FIRST, patch=patch) for patch in patches))
    assert render(several, "mail").splitlines()[-1] == "  memmodel review 'my series' --tree linux"
    stdin = replace(series.FIRST, patch=replace(series.ONE, source=SourceFile("<stdin>", series.MAIL.text)))
    alone = replace(series.SERIES, patches=(stdin,), tree=None)
    assert render(alone, "mail").splitlines()[-1] == "  memmodel review -"


def test_a_clean_patch_gets_no_mail() -> None:
    assert render(series.NOTHING, "mail") == ""
    assert mails(series.FIRST, series.CLEAN) == mails(series.FIRST)


def test_several_mails_are_a_mailbox(tmp_path: Path) -> None:
    second = replace(series.FIRST, patch=replace(series.FIRST.patch, subject="[PATCH 2/2] once more"))
    finding = replace(series.LOST.finding, message="From here on, all is lost.\n\nFrom me.")
    second = replace(second, remarks=(replace(series.LOST, finding=finding),))
    path = tmp_path / "mails"
    path.write_text(mails(series.FIRST, second))
    box = mailbox.mbox(path)
    found = [box.get_bytes(key).decode() for key in box.iterkeys()]
    assert [read(text)["Subject"] for text in found] == [
        "Re: [PATCH 1/2] rings: a cheaper store for the head",
        "Re: [PATCH 2/2] once more",
    ]
    assert found[0].rstrip() == mails(series.FIRST).rstrip()
    assert "\n>From here on, all is lost.\n" in found[1]


def test_a_subject_in_other_letters_survives_and_cannot_add_a_header() -> None:
    subject = "[PATCH] Ringe: größere Fächer für 環 und noch viel mehr davon, als in eine Zeile geht"
    patch = replace(series.FIRST.patch, subject=f"{subject}\r\nBcc: all@example.org", message_id="<x>\nBcc: me")
    mail = read(mails(replace(series.FIRST, patch=patch)))
    assert mail["Subject"] == f"Re: {subject} Bcc: all@example.org"
    assert mail["Bcc"] is mail["In-Reply-To"] is None


def test_what_a_patch_holds_never_reaches_the_terminal_raw() -> None:
    evil = "\x1b]0;owned\x07 \x9b31m\r\u202e"
    finding = replace(series.LOST.finding, title=evil, message=evil, witness=(evil,))
    source = SourceFile("x", series.MAIL.text.replace("return;", f"return; /* {evil} */"))
    patch = replace(series.FIRST.patch, subject=evil, author=evil, date=evil, source=source)
    text = mails(replace(series.FIRST, patch=patch, remarks=(replace(series.LOST, finding=finding),), fixes=(finding,)))
    assert [c for c in text if not c.isprintable() and c not in "\n\t"] == []
    assert ">  \t\treturn; /* \\x1b]0;owned\\x07" in text


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("the comment names nobody", "The comment names nobody. [MM201]"),
        ("smp_mb() does it.", "smp_mb() does it. [MM201]"),
        ("kfree() runs", "kfree() runs. [MM201]"),
    ],
)
def test_a_remark_begins_with_a_capital_unless_it_begins_with_code(title: str, said: str) -> None:
    remark = replace(series.LOST, finding=replace(series.LOST.finding, title=title))
    assert f"\n\n{said}\n" in mails(replace(series.FIRST, remarks=(remark,)))
