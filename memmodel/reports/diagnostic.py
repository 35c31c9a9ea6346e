"""A diagnostic in, the lines that show it to a person out: what, where, the source line with a caret, what to do."""

from __future__ import annotations

from memmodel.diagnostic import Diagnostic, Severity
from memmodel.reports.style import PLAIN, Colour, Style

_COLOURS = {
    Severity.ERROR: Colour.RED,
    Severity.WARNING: Colour.YELLOW,
    Severity.NOTE: Colour.BLUE,
}


def render(item: Diagnostic, style: Style = PLAIN) -> str:
    """Lines such as these, each ended by a newline; the first is the form that editors and gcc use:

    a.litmus:5:8: error: unknown primitive 'READ_ONC'
        5 |   r0 = READ_ONC(*x);
          |        ^~~~~~~~
          = did you mean READ_ONCE?
    """
    where = f"{item.place}: " if item.place else ""
    severity = style.paint(f"{item.severity.value}:", _COLOURS[item.severity], Colour.BOLD)
    code = f" [{item.code}]" if item.code else ""
    lines = [f"{style.paint(where, Colour.BOLD)}{severity} {item.message}{code}"]
    gutter = " " * 6
    if item.place:
        place = item.place
        number = f"{place.line:>5}"
        gutter = " " * (len(number) + 1)
        if place.excerpt:  # an empty line shows nobody anything
            lines.append(f"{number} | {place.excerpt}")
            lines.append(f"{gutter}| {style.paint(place.caret, _COLOURS[item.severity], Colour.BOLD)}")
    if item.hint:
        lines.append(f"{gutter}= {item.hint}")
    return "".join(f"{line.rstrip()}\n" for line in lines)
