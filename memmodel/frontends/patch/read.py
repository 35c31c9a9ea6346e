"""The bytes of a diff, a mail or a mailbox (git format-patch writes one) in, patches out, in the order of a series."""

from __future__ import annotations

import re
from email.errors import MessageError

from memmodel import errors
from memmodel.frontends.patch.decode import decoded
from memmodel.frontends.patch.diff import changes
from memmodel.frontends.patch.log import shown_commits
from memmodel.frontends.patch.mail import Mail, is_mail, read_mail, separate
from memmodel.frontends.patch.patch import Patch
from memmodel.frontends.patch.place import line_span
from memmodel.records import dataclass
from memmodel.source import SourceFile

_DIFF = re.compile(
    r"(?m)^(diff --git |diff --cc |diff --combined |--- .*\n\+\+\+ |@@ -[0-9]|\*\*\* .*\n--- |Binary files )"
)
_TAG = re.compile(r"\[([^\[\]]*)\]")
_NUMBER = re.compile(r"\b([0-9]{1,4})/([0-9]{1,4})\b")
_VERSION = re.compile(r"\bv([0-9]{1,3})\b", re.IGNORECASE)
_REPLY = re.compile(r"(re|aw|antw|antwort|sv|vs|rif|回复)\s*:", re.IGNORECASE)
_IN_BODY_FROM = re.compile(r"\s*From:[ \t]*(\S.*@.*)")
_DEEPEST = 4
"""Mails that are attached to mails that are attached to …"""


@dataclass(frozen=True)
class _Text:
    """A text that may be a patch, with what its mail says. `body`: where in it the mail's own words begin."""

    text: str
    subject: str = ""
    author: str = ""
    message_id: str = ""
    date: str = ""
    body: int = 0


def read(data: bytes, name: str) -> tuple[Patch, ...]:
    """The patches in `data`; `name`: the file as the user gave it, or '<stdin>'. Raises UsageError where there is no
    diff, SyntaxError where a diff is damaged."""
    if not data.strip():
        raise errors.UsageError(f"{name} is empty", hint="a diff, a mail, an mbox or a range of commits was expected")
    texts = _patches_only([text for text in _all_texts(data, name) if _DIFF.search(text.text)])
    found = []
    for number, text in enumerate(texts, start=1):
        source = SourceFile(name if len(texts) == 1 else f"{name}[{number}]", text.text)
        patch = _patch(source, text)
        if patch.changes:
            found.append(patch)
    if not found:
        raise _no_diff(data, name)
    return _in_order(found)


def _all_texts(data: bytes, name: str) -> list[_Text]:
    if is_mail(data):
        try:
            return [text for mail in separate(data) for text in _texts(read_mail(mail))]
        except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
            # What Python's own reader of mails raises for some that are damaged.
            raise errors.UsageError(f"{name}: this mail cannot be read: {error}", hint="give the diff alone") from None
    text = decoded(data)
    commits = shown_commits(text)
    return [_Text(one.text, one.subject, one.author, date=one.date) for one in commits] or [_Text(text)]


def _texts(mail: Mail, depth: int = 0) -> list[_Text]:
    """The texts of a mail that may hold a diff: an attached diff belongs to the mail's own text, unless there are
    several; a mail that is attached stands for itself."""
    texts = [mail.text, *mail.attached]
    if len(mail.attached) == 1:
        texts = ["\n".join(texts)]
    found = [_Text(text, mail.subject, mail.author, mail.message_id, mail.date, mail.body) for text in texts]
    if depth < _DEEPEST:
        for data in mail.inside:
            for inner in separate(data):
                found += _texts(read_mail(inner), depth + 1)
    return found


def _patches_only(texts: list[_Text]) -> list[_Text]:
    """In a thread with patches, the replies and the cover letter are no patches, even if they show a diff."""
    patches = [text for text in texts if not _REPLY.match(text.subject) and (position(text.subject) or (1, 1))[0] > 0]
    return patches or texts


def _patch(source: SourceFile, text: _Text) -> Patch:
    return Patch(
        source=source,
        subject=text.subject,
        author=_author(text),
        message_id=text.message_id,
        date=text.date,
        position=position(text.subject),
        changes=changes(source),
    )


def _author(text: _Text) -> str:
    """Who sent it, unless the mail's own words begin with another `From:` (the sender passes it on)."""
    match = _IN_BODY_FROM.match(text.text, text.body)
    return match[1].strip() if match and text.author else text.author


def position(subject: str) -> tuple[int, int] | None:
    """(2, 7) in `[PATCH v3 2/7] ring: …`; None without a number."""
    for tag in _TAG.findall(subject):
        match = _NUMBER.search(tag)
        if match:
            return int(match[1]), int(match[2])
    return None


def _version(subject: str) -> int:
    for tag in _TAG.findall(subject):
        match = _VERSION.search(tag)
        if match:
            return int(match[1])
    return 1


def _in_order(patches: list[Patch]) -> tuple[Patch, ...]:
    """A series by its numbers, if all have one and they are those of one series."""
    numbers = [patch.position for patch in patches if patch.position is not None]
    same = len({total for _, total in numbers}) == 1 and len({_version(patch.subject) for patch in patches}) == 1
    if same and len(set(numbers)) == len(patches):
        return tuple(sorted(patches, key=lambda patch: patch.position or (0, 0)))
    _refuse_versions(patches)
    return tuple(patches)


def _refuse_versions(patches: list[Patch]) -> None:
    versions: dict[str, int] = {}
    for patch in patches:
        title = _TAG.sub("", patch.subject).strip()
        version = _version(patch.subject)
        if title and versions.setdefault(title, version) != version:
            raise errors.UsageError(
                f"{patch.source.name}: versions {versions[title]} and {version} of the patch '{title}'",
                line_span(patch.source, 1),
                "give the mails of one version of the series",
            )


def _no_diff(data: bytes, name: str) -> errors.MemmodelError:
    hint = "expected: a unified diff (git diff, diff -u), a mail or an mbox with one, or a range of commits"
    if re.search(rb"(?m)^> ?(diff --git |\+\+\+ )", data):
        hint = "there is only a quoted one, in a reply: give the mail that it answers"
    elif b"\0" in data[:4096]:
        hint = "it is not text"
    return errors.UsageError(f"{name}: there is no diff in it", hint=hint)
