"""Patches as they come by mail."""

import base64
import quopri

import pytest

from memmodel import errors
from memmodel.frontends.patch.patch import Patch
from memmodel.frontends.patch.read import read
from tests.frontends.patch.mails import BODY, DIFF, HEADERS, attached, mail, multipart


def only(data: str | bytes) -> Patch:
    (patch,) = read(data.encode() if isinstance(data, str) else data, "x.mail")
    return patch


def texts(patch: Patch) -> list[str]:
    return [line.text for change in patch.changes for hunk in change.hunks for line in hunk.lines]


LINES = ["/* Größe = länge */", "x = 1;", "x = 2;", "ab"]


def test_the_headers_of_a_mail() -> None:
    patch = only(HEADERS + "\n" + BODY)
    assert patch.subject == "[PATCH v3 2/7] ring: order the two stores"
    assert patch.author == "A Person <a@example.org>"
    assert patch.date == "Mon, 5 Jan 2026 10:00:00 +0100"
    assert patch.message_id == "<1@example.org>"
    assert patch.position == (2, 7)
    assert texts(patch) == LINES


def test_the_numbers_count_the_lines_of_the_file_where_a_mail_stands_as_it_is() -> None:
    for start in ("", "From 1234567 Mon Sep 17 00:00:00 2001\n"):
        text = start + HEADERS + "\n" + BODY
        (change,) = only(text).changes
        assert text.split("\n")[change.number - 1] == "--- a/ring.c"


ENCODINGS = [
    ("8bit", lambda data: data),
    ("quoted-printable", quopri.encodestring),
    ("base64", base64.encodebytes),
    ("BASE64", base64.encodebytes),
]


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "ISO-8859-15"])
@pytest.mark.parametrize(("encoding", "encode"), ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings(charset: str, encoding: str, encode: object, end: str) -> None:
    head = f"{HEADERS}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    assert callable(encode)
    patch = only(head.replace("\n", end).encode() + encode(BODY.replace("\n", end).encode(charset)))
    assert texts(patch) == LINES
    assert patch.source.line(patch.changes[0].number) == "--- a/ring.c"


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_a_charset_that_is_not_named_or_not_true(charset: str) -> None:
    assert texts(only(HEADERS.encode() + b"\n" + BODY.encode(charset))) == LINES
    wrong = b"Content-Type: text/plain; charset=nonsense\n\n"
    assert texts(only(HEADERS.encode() + wrong + BODY.encode(charset))) == LINES


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("=?UTF-8?q?J=C3=B6rg_M=C3=BCller?= <j@e.org>", "Jörg Müller <j@e.org>"),
        ("=?iso-8859-1?Q?J=F6rg?= =?iso-8859-1?Q?_M=FCller?= <j@e.org>", "Jörg Müller <j@e.org>"),
        ("=?utf-8?B?SsO2cmc=?= <j@e.org>", "Jörg <j@e.org>"),
        ("Jörg <j@e.org>", "Jörg <j@e.org>"),
        ("=?nonsense?q?J=F6rg?= <j@e.org>", "Jörg <j@e.org>"),
        ("=?utf-8?b?!!!?= <j@e.org>", None),
    ],
)
def test_names_in_headers(written: str, name: str | None) -> None:
    patch = only(f"From: {written}\nSubject: x\n\n{DIFF}")
    assert name is None or patch.author == name


def test_a_name_in_a_header_may_be_latin_1() -> None:
    assert only("From: Jörg <j@e.org>\nSubject: x\n\n".encode("latin-1") + DIFF.encode()).author == "Jörg <j@e.org>"


def test_the_author_may_stand_in_the_body() -> None:
    assert only(HEADERS + "\nFrom: Other <o@example.org>\n\n" + BODY).author == "Other <o@example.org>"


WORDS = "Content-Type: text/plain; charset=utf-8\n\nSome words.\n"


@pytest.mark.parametrize("kind", ["text/x-patch", "text/x-diff", "application/octet-stream", "text/plain"])
def test_an_attached_diff_belongs_to_the_mail(kind: str) -> None:
    patch = only(multipart(WORDS, attached(kind=kind)))
    assert texts(patch) == LINES
    assert patch.subject == "[PATCH v3 2/7] ring: order the two stores"
    assert "Some words." in patch.source.text


def test_attached_mails_are_patches_of_their_own() -> None:
    found = read(multipart(WORDS, *(attached(mail(number, 2)) for number in (2, 1))).encode(), "x.mail")
    assert [patch.subject for patch in found] == ["[PATCH 1/2] step 1", "[PATCH 2/2] step 2"]


def test_several_attached_diffs_are_several_patches() -> None:
    found = read(multipart(WORDS, attached(), attached(DIFF.replace("ring.c", "r.c"))).encode(), "x.mail")
    assert [patch.changes[0].path for patch in found] == ["ring.c", "r.c"]
    assert len({patch.source.name for patch in found}) == 2


def test_a_forwarded_mail_is_read() -> None:
    patch = only(multipart(WORDS, "Content-Type: message/rfc822\n\nFrom: B <b@c.d>\nSubject: inner\n\n" + DIFF))
    assert (patch.subject, patch.author) == ("inner", "B <b@c.d>")


def test_html_beside_the_text_and_signatures_are_not_read() -> None:
    plain = "Content-Type: text/plain; charset=utf-8\n\n" + BODY
    html = "Content-Type: text/html\n\n<pre>\n" + DIFF + "</pre>\n"
    signature = "Content-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n"
    assert texts(only(multipart(plain, html, kind="alternative"))) == LINES
    assert texts(only(multipart(plain, signature, kind="signed"))) == LINES


def test_flowed_text_is_put_back() -> None:
    diff = "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n  from here\n-a \nlong line\n+b\n-- \n2.39\n"
    patch = only("From: A <a@b.c>\nContent-Type: text/plain; format=flowed\n\n" + diff)
    assert texts(patch) == ["from here", "a long line", "b"]
    patch = only("From: A <a@b.c>\nContent-Type: text/plain; format=Flowed; delsp=yes\n\n" + diff)
    assert texts(patch) == ["from here", "along line", "b"]


def test_a_mailbox_in_the_order_of_its_numbers_without_cover_letter_and_talk() -> None:
    box = mail(2, 2) + mail(0, 2, body="a | 1 +\n") + mail(1, 2)
    box += "From x@y Thu Jan  1 00:00:00 1970\nFrom: B <b@c.d>\nSubject: Re: [PATCH 1/2] step 1\n\n"
    box += "".join(f"> {line}\n" for line in DIFF.splitlines()) + "Looks good.\n"
    found = read(box.encode(), "x.mbox")
    assert [patch.subject for patch in found] == ["[PATCH 1/2] step 1", "[PATCH 2/2] step 2"]
    assert [patch.position for patch in found] == [(1, 2), (2, 2)]
    assert len({patch.source.name for patch in found}) == 2


def test_a_diff_in_a_reply_is_no_patch_of_the_thread() -> None:
    reply = mail(1, 2, body=DIFF + "@@ torn").replace("Subject: ", "Subject: Re: ")
    assert len(read((mail(1, 2) + mail(2, 2) + reply).encode(), "x.mbox")) == 2
    assert len(read(mail(1, 2).replace("Subject: ", "Subject: Re: ").encode(), "x.mbox")) == 1


def test_mails_without_numbers_keep_their_order() -> None:
    box = "".join(mail(1, 1).replace(" 1/1", "").replace("step 1", name) for name in ("b", "a"))
    assert [patch.subject for patch in read(box.encode(), "x.mbox")] == ["[PATCH] b", "[PATCH] a"]


def test_two_versions_of_a_patch_are_refused() -> None:
    with pytest.raises(errors.UsageError, match=r"versions 1 and 2 of the patch 'step 1'"):
        read((mail(1, 1) + mail(1, 1, version=" v2")).encode(), "x.mbox")


def test_from_at_the_start_of_a_line_is_unescaped() -> None:
    patch = only(mail(1, 1).replace("Why\n", ">From here on\n>>From there\n"))
    assert "\nFrom here on\n>From there\n" in patch.source.text


def test_what_git_show_prints_has_subject_and_author() -> None:
    def commit(letter: str, day: int) -> str:
        head = f"commit {letter * 40}\nAuthor: {letter} <a@b.c>\nDate:   Mon Jan {day} 10:00:00 2026 +0100\n\n"
        return f"{head}    step {letter}\n\n    Why.\n\n" + "diff --git a/ring.c b/ring.c\n" + DIFF

    (shown,) = read(commit("a", 5).encode(), "<stdin>")
    assert (shown.subject, shown.author, shown.date) == ("step a", "a <a@b.c>", "Mon Jan 5 10:00:00 2026 +0100")
    for text in (commit("b", 6) + "\n" + commit("a", 5), commit("a", 5) + "\n" + commit("b", 6)):
        assert [patch.subject for patch in read(text.encode(), "<stdin>")] == ["step a", "step b"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "x is empty"),
        (b"\n \r\n", "x is empty"),
        (b"Hello.\n", "there is no diff"),
        (b"\0\1\2\3" * 100, "there is no diff"),
        (HEADERS.encode() + b"\nHello.\n", "there is no diff"),
        (HEADERS.encode() + b"\n> --- a/f\n> +++ b/f\n> @@ -1 +1 @@\n> -a\n> +b\n", "there is no diff"),
        (mail(0, 1, body="").encode(), "there is no diff"),
    ],
)
def test_an_input_without_a_diff_is_an_error(data: bytes, words: str) -> None:
    with pytest.raises(errors.UsageError, match=words):
        read(data, "x")


def test_a_quoted_diff_is_said_to_be_one() -> None:
    with pytest.raises(errors.UsageError) as caught:
        read(HEADERS.encode() + b"\n> --- a/f\n> +++ b/f\n> @@ -1 +1 @@\n> -a\n> +b\n", "x")
    assert caught.value.hint is not None
    assert "quoted" in caught.value.hint


def test_utf_16_as_some_shells_write_it() -> None:
    assert texts(only(b"\xff\xfe" + DIFF.encode("utf-16-le"))) == LINES
    assert texts(only(b"\xef\xbb\xbf" + DIFF.encode())) == LINES
