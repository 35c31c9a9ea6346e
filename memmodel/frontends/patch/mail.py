"""A mail or a mailbox in, its messages out: what the headers say and the texts that may hold a diff, decoded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message

from memmodel.frontends.patch.decode import decoded
from memmodel.records import dataclass

_FROM_LINE = re.compile(rb"From \S.*[0-9]{1,2}:[0-9]{2}.* [0-9]{4}\b.*\r?")
_HEADER = re.compile(rb"[!-9;-~]+:")
_KNOWN = re.compile(
    rb"(?im)^(from|subject|date|message-id|received|content-type|mime-version|return-path|delivered-to|to):"
)
_ESCAPED = re.compile(r"(?m)^>(>*From )")
_PATCH_NAME = re.compile(r"\.(patch|diff|mbox|eml|txt)$", re.IGNORECASE)
_MAIL_HEAD = re.compile(rb"\s*(From |From:|Subject:|Date:|Message-ID:)", re.IGNORECASE)
_MOST_PARTS = 1000
_LONGEST_HEADER = 10_000


@dataclass(frozen=True)
class Mail:
    """`text`: the body, decoded, with the headers where they stand as they are (so that its lines are those of the
    file); `attached`: the diffs that are attached, and `inside`: the mails."""

    subject: str
    author: str
    message_id: str
    date: str
    text: str
    body: int
    """Where in `text` the body begins."""
    attached: tuple[str, ...] = ()
    inside: tuple[bytes, ...] = ()


def is_mail(data: bytes) -> bool:
    """Whether the text begins as a mail does, or with the line that separates the mails of a mailbox."""
    data = data.lstrip()
    first, _, _ = data[:2000].partition(b"\n")
    if _FROM_LINE.fullmatch(first.rstrip(b"\r")):
        return True
    head = re.split(rb"\r?\n[ \t]*\r?\n", data[:65536], maxsplit=1)[0]
    lines = head.split(b"\n")
    return all(_HEADER.match(line) or line[:1] in b" \t" for line in lines) and _KNOWN.search(head) is not None


def separate(data: bytes) -> list[bytes]:
    """The mails of a mailbox, each with the line that separates it from the one before; one mail as it is."""
    found: list[list[bytes]] = []
    for line in data.split(b"\n"):
        if not found or (line.startswith(b"From ") and len(line) < 1000 and _FROM_LINE.fullmatch(line)):
            found.append([line])
        else:
            found[-1].append(line)
    return [b"\n".join(lines) for lines in found]


def read_mail(data: bytes) -> Mail:
    """One message. What is damaged in its headers or its encoding is taken as it stands."""
    message = message_from_bytes(data)
    headers = _headers(message)
    bodies, attached, inside = [], [], []
    for part in _parts(message):
        content = _content(part)
        if part is not message and _is_attachment(part):
            if _MAIL_HEAD.match(content):
                inside.append(content)
            else:
                attached.append(_text(part, content))
        else:
            bodies.append(_text(part, content))
    text = "\n".join(bodies)
    head = ""
    if not message.is_multipart() and not attached and _stands_as_it_is(message):
        text = decoded(data, message.get_content_charset())
        head = text[: text.find("\n\n") + 1]
    return Mail(
        subject=headers.get("subject", ""),
        author=headers.get("from", ""),
        message_id=headers.get("message-id", ""),
        date=headers.get("date", ""),
        text=head + _ESCAPED.sub(r"\1", text[len(head) :]),
        body=len(head),
        attached=tuple(attached),
        inside=(*inside, *_forwarded(message)),
    )


def _stands_as_it_is(message: Message) -> bool:
    encoding = str(message.get("Content-Transfer-Encoding", "7bit")).strip().lower()
    return encoding in ("7bit", "8bit", "binary", "") and not _flowed(message)


def _parts(message: Message) -> Iterator[Message]:
    """The parts with text, but not those of forwarded mails, and not a signature or HTML."""
    if message.get_content_maintype() == "message":
        return
    if message.is_multipart():
        for part in _inner(message):
            yield from _parts(part)
    elif _may_be_patch(message):
        yield message


def _inner(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [part for part in payload[:_MOST_PARTS] if isinstance(part, Message)] if isinstance(payload, list) else []


def _may_be_patch(part: Message) -> bool:
    if part.get_content_maintype() == "text":
        return part.get_content_subtype() not in ("html", "calendar")
    return bool(_PATCH_NAME.search(part.get_filename() or "")) or part.get_content_subtype() in ("x-patch", "x-diff")


def _is_attachment(part: Message) -> bool:
    plain = part.get_content_type() == "text/plain" and part.get_content_disposition() != "attachment"
    return not plain or bool(part.get_filename())


def _forwarded(message: Message) -> Iterator[bytes]:
    if message.get_content_type() == "message/rfc822":
        for inner in _inner(message):
            yield _as_bytes(inner)
    elif message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in _inner(message):
            yield from _forwarded(part)


def _as_bytes(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (MessageError, LookupError, ValueError, TypeError):
        return b""


def _content(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (MessageError, LookupError, ValueError):
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message, content: bytes) -> str:
    text = decoded(content, part.get_content_charset())
    return _unflowed(text, _delete_space(part)) if _flowed(part) else text


def _flowed(part: Message) -> bool:
    return str(part.get_param("format", "", unquote=True)).lower() == "flowed"


def _delete_space(part: Message) -> bool:
    return str(part.get_param("delsp", "", unquote=True)).lower() == "yes"


def _unflowed(text: str, delete_space: bool) -> str:
    """The lines as they were before RFC 3676: a space in front is taken away, and a line that ends with a space goes on
    in the next."""
    found, open_line = [], ""
    for line in text.split("\n"):
        line = line.removeprefix(" ")
        if line.endswith(" ") and line != "-- ":
            open_line += line[:-1] if delete_space else line
        else:
            found.append(open_line + line)
            open_line = ""
    return "\n".join([*found, open_line] if open_line else found)


def _headers(message: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), _header(str(value)))
    return found


def _header(value: str) -> str:
    """A header unfolded, its encoded words and its bytes of 8 bits decoded."""
    value = decoded(value[:_LONGEST_HEADER].encode("utf-8", "surrogateescape"))
    value = re.sub(r"\s*\n\s+", " ", value.replace("\r", "")).strip()
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    found = ""
    for text, charset in pieces:
        found += text if isinstance(text, str) else decoded(text, charset)
    return re.sub(r"\s+", " ", found).strip()
