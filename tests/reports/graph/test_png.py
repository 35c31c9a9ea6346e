"""Pictures as PNG, by an optional package."""

from __future__ import annotations

import struct
import sys
import xml.etree.ElementTree as ET
import zlib

import pytest

from memmodel.errors import UsageError
from memmodel.records import replace
from memmodel.reports.graph import png, svg
from memmodel.reports.graph.colours import Theme
from tests.reports.graph.drawn import picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def size(data: bytes) -> tuple[int, int]:
    """Width and height, from the header of the file."""
    assert data.startswith(SIGNATURE)
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def pixels(data: bytes) -> bytes:
    """The filtered rows of the image."""
    found = b""
    at = len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            found += data[at + 8 : at + 8 + length]
        at += length + 12
    return zlib.decompress(found)


def test_the_image_has_twice_the_size_of_the_svg() -> None:
    drawn = picture("classic/MP")
    root = ET.fromstring(svg.render(drawn))
    width, height = (float(root.get(name) or 0) for name in ("width", "height"))
    assert size(png.render(drawn)) == pytest.approx((2 * width, 2 * height), abs=2)


def test_text_is_drawn() -> None:
    drawn = picture("classic/MP")
    blank = replace(drawn, condition=" " * len(drawn.condition) + ".")
    assert size(png.render(drawn)) == size(png.render(blank))
    assert pixels(png.render(drawn)) != pixels(png.render(blank))


def test_dark_and_light_differ() -> None:
    drawn = picture("classic/MP")
    assert png.render(drawn) == png.render(drawn, Theme.AUTO)
    assert png.render(drawn) != png.render(drawn, Theme.DARK)


def test_without_the_package_the_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(UsageError) as raised:
        png.render(picture("classic/MP"))
    assert "pip install 'memmodel[png]'" in (raised.value.hint or "")
