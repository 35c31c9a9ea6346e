"""The page's own files in, the text before and after its data out: style and script inlined, data safely embedded."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from importlib import resources

from memmodel.records import dataclass
from memmodel.reports.graph import svg
from memmodel.reports.json_values import Json

_DATA = "<!-- data -->\n"
"""Where page.html has the data go: before the script, which reads it."""
_SCRIPT = ("base", "index", "test", "panes", "light", "steps", "pages")
"""The files of the script: each defines what those after it use, and the last one begins."""


@dataclass(frozen=True)
class Shell:
    """A page is `head`, then a block for each piece of data, then `tail`."""

    head: str
    tail: str


@lru_cache(maxsize=1)
def shell() -> Shell:
    """The page without its data, in ASCII whatever the output's encoding may be. Its policy lets a browser run this one
    script and load nothing at all, whatever the data may hold."""
    files = resources.files("memmodel.reports.html")
    template = files.joinpath("page.html").read_text(encoding="utf-8").encode("ascii", "xmlcharrefreplace").decode()
    style = files.joinpath("style.css").read_text(encoding="utf-8")
    scripts = files.joinpath("script")
    script = "\n".join(scripts.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPT)
    script = script.encode("ascii", "backslashreplace").decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '{_hash(script)}'"
    head, tail = template.split(_DATA)
    return Shell(
        head.replace("{policy}", policy).replace("/* style */", f"{style}\n{svg.STYLE}", 1),
        tail.replace("/* script */", script, 1),
    )


def block(name: str, data: Json) -> str:
    """A piece of data as an element that `document.getElementById(name)` finds. Its text is ASCII and has none of the
    characters that could end the element or begin another one."""
    text = json.dumps(data, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/json" id="{name}">{text}</script>\n'


def _hash(text: str) -> str:
    """What a policy knows an inline script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
