"""Bytes in, text out, with "\\n" at the end of each line: of a patch and of a file that it changes alike."""

from __future__ import annotations

import codecs

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decoded(data: bytes, charset: str | None = None) -> str:
    """The text, in `charset` if it is known; otherwise UTF-8, and a line that is not is taken for latin-1."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _unix(data[len(mark) :].decode(name, "replace"))
    if charset is not None and charset.lower() not in ("us-ascii", "ascii", "unknown-8bit"):
        try:
            return _unix(data.decode(charset))
        except (LookupError, ValueError):
            pass  # a charset that is not known or not true
    try:
        return _unix(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _unix("\n".join(_line(line) for line in data.split(b"\n")))


def _line(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n") if "\r" in text else text
