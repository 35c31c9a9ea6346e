"""A picture in, a page with it alone out: what `memmodel show` writes, with the viewer of the report."""

from __future__ import annotations

from memmodel import __version__
from memmodel.picture import Picture
from memmodel.reports.html.data import Object, drawn
from memmodel.reports.html.shell import block, shell


def page(picture: Picture) -> str:
    """The page, whole."""
    entry: Object = {
        "file": picture.file,
        "name": picture.name,
        "model": picture.model,
        "outcome": "",
        "observation": picture.verdict,
        "codes": [],
        "flags": [],
        "reason": "",
        "seconds": None,
        "cached": False,
    }
    found: Object = {"expected": "", "condition": picture.condition, "picture": drawn(picture)}
    index: Object = {"title": picture.name or picture.file, "version": __version__, "single": True, "tests": [entry]}
    return "".join((shell().head, block("test-0", found), block("index-data", index), shell().tail))
