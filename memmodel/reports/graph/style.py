"""Nothing in, the style sheet of pictures out: with custom properties for a page that has several of them, with the
colours themselves for a file that stands alone (programs that show SVG know no custom properties, browsers apart)."""

from __future__ import annotations

import re

from memmodel.reports.graph.boxes import CODE_SIZE
from memmodel.reports.graph.colours import DARK, LIGHT, Colours, Family, Theme
from memmodel.reports.graph.grid import LABEL

MONO = '"DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace'
SANS = '"DejaVu Sans", "Segoe UI", "Helvetica Neue", Arial, sans-serif'

_RULES = f"""\
.mm-picture text {{ font-family: {MONO}; font-size: {CODE_SIZE}px; fill: var(--mm-text); white-space: pre; }}
.mm-picture .page {{ fill: var(--mm-page); }}
.mm-picture .panel {{ fill: var(--mm-panel); }}
.mm-picture .heading {{ font-family: {SANS}; font-size: 17px; font-weight: bold; }}
.mm-picture .words {{ font-family: {SANS}; font-size: 13px; }}
.mm-picture .thread {{ font-weight: bold; font-size: 14px; }}
.mm-picture .box rect {{ fill: var(--mm-box); stroke: var(--mm-frame); stroke-width: 1.2; }}
.mm-picture .box.initial rect {{ stroke-dasharray: 3 3; }}
.mm-picture .box.reordered rect {{ stroke: var(--mm-moved); stroke-width: 2; }}
.mm-picture .number, .mm-picture .effect, .mm-picture .dim {{ fill: var(--mm-dim); }}
.mm-picture .edge path, .mm-picture .sample path {{ fill: none; stroke-width: 1.3; }}
.mm-picture .edge .head {{ stroke: none; }}
.mm-picture .edge.cycle path, .mm-picture .sample.cycle path {{ stroke-width: 3; }}
.mm-picture .sample.moved path {{ stroke: var(--mm-moved); stroke-width: 2; }}
.mm-picture .kind-race path {{ stroke-dasharray: 6 4; stroke-width: 2.5; }}
.mm-picture .edge text {{ font-size: {LABEL:g}px; text-anchor: middle; paint-order: stroke; \
stroke: var(--mm-page); stroke-width: 3; stroke-linejoin: round; }}
.mm-picture .edge.cycle text {{ font-weight: bold; }}
"""

_KINDS = "".join(
    f".mm-picture .kind-{kind.value} path {{ stroke: var(--mm-{kind.value}); }}\n"
    f".mm-picture .kind-{kind.value} .head {{ fill: var(--mm-{kind.value}); }}\n"
    f".mm-picture .kind-{kind.value} text {{ fill: var(--mm-{kind.value}-text); }}\n"
    for kind in Family
)

RULES = _RULES + _KINDS


def properties(colours: Colours) -> dict[str, str]:
    """The custom properties that the rules use, and their values."""
    plain = {
        "page": colours.page,
        "panel": colours.panel,
        "box": colours.box,
        "frame": colours.frame,
        "text": colours.text,
        "dim": colours.dim,
        "moved": colours.moved,
    }
    lines = {kind.value: colour for kind, colour in colours.lines}
    words = {f"{kind.value}-text": colour for kind, colour in colours.words}
    return {f"--mm-{name}": value for name, value in (plain | lines | words).items()}


def for_page() -> str:
    """For an HTML page: light, dark as the reader's system has it, and `data-theme` on the root to choose one."""
    light, dark = (_declared(colours) for colours in (LIGHT, DARK))
    return (
        f":root {{ {light} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {dark} }} }}\n'
        f':root[data-theme="dark"] {{ {dark} }}\n'
        f"{RULES}"
    )


def for_file(theme: Theme) -> str:
    """For an SVG file."""
    if theme is Theme.DARK:
        return _resolved(DARK)
    if theme is Theme.LIGHT:
        return _resolved(LIGHT)
    return f"{_resolved(LIGHT)}@media (prefers-color-scheme: dark) {{\n{_coloured(_resolved(DARK))}}}\n"


def _declared(colours: Colours) -> str:
    return " ".join(f"{name}: {value};" for name, value in properties(colours).items())


def _resolved(colours: Colours) -> str:
    values = properties(colours)
    return re.sub(r"var\((--[\w-]+)\)", lambda match: values[match[1]], RULES)


def _coloured(rules: str) -> str:
    """Only what the rules say of colours."""
    found: list[str] = []
    for line in rules.splitlines():
        selector, _, body = line.partition(" { ")
        colours = re.findall(r"(?:fill|stroke): #\w+;", body)
        if colours:
            found.append(f"{selector} {{ {' '.join(colours)} }}\n")
    return "".join(found)
