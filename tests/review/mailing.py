"""A patch as git format-patch writes it in, the same as mail programs send it out."""

from __future__ import annotations

import base64
import quopri

NAMES = "Jürgen Größer <jg@example.org>"


def _parted(mail: bytes) -> tuple[bytes, bytes]:
    """Its headers without the mailbox's line, and its body."""
    head, _, body = mail.partition(b"\n\n")
    return head.partition(b"\n")[2], body


def quoted_printable(mail: bytes, charset: str = "utf-8") -> bytes:
    """Lines of at most 76 characters, `=` for what is not ASCII, tabs and `=` signs."""
    head, body = _parted(mail)
    text = quopri.encodestring(body.decode().encode(charset), quotetabs=True)
    return head + _headers("quoted-printable", charset) + text


def base_64(mail: bytes, charset: str = "utf-8") -> bytes:
    """The body as base64."""
    head, body = _parted(mail)
    return head + _headers("base64", charset) + base64.encodebytes(body.decode().encode(charset))


def eight_bit(mail: bytes, charset: str = "utf-8") -> bytes:
    """The body as it is, in a charset, by somebody with a name that is not ASCII."""
    head, body = _parted(mail)
    said = body.replace(b"Signed-off-by: Ada Ringer <ada@example.org>", f"Signed-off-by: {NAMES}".encode())
    assert said != body
    return head + _headers("8bit", charset) + said.decode().encode(charset)


def multipart(mail: bytes) -> bytes:
    """The patch attached to a mail with words of its own and an HTML part."""
    head, body = _parted(mail)
    text = b"\n\n--cut\nContent-Type: text/plain\n\nSee what is attached.\n"
    html = b"--cut\nContent-Type: text/html\n\n<p>See what is attached: --- a/x +++ b/x</p>\n"
    patch = b'--cut\nContent-Type: text/x-patch; name="it.patch"\nContent-Transfer-Encoding: base64\n\n'
    mixed = b'\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="cut"'
    return head + mixed + text + html + patch + base64.encodebytes(body[body.index(b"diff --git") :]) + b"--cut--\n"


def crlf(mail: bytes) -> bytes:
    """As it goes over the wire."""
    return _parted(mail)[0].replace(b"\n", b"\r\n") + b"\r\n\r\n" + _parted(mail)[1].replace(b"\n", b"\r\n")


def _headers(encoding: str, charset: str) -> bytes:
    lines = ("MIME-Version: 1.0", f"Content-Type: text/plain; charset={charset}")
    return "\n".join(("", *lines, f"Content-Transfer-Encoding: {encoding}", "", "")).encode()
