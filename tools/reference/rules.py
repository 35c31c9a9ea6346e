"""The rules in, the page that has the text of each out."""

from __future__ import annotations

import re
import textwrap

from memmodel.analyses import outcome_rules, rules
from memmodel.analyses.documented import Documented
from memmodel.analyses.review import rules as review
from tools.reference.markdown import anchor, fenced, fill, table

INTRODUCTION = """\
# Rules

Each thing that memmodel reports has a code, which never changes its meaning, and a name. `memmodel rule CODE` prints
the text of one. [how-to/regression.md](../how-to/regression.md) says how to select and ignore rules, and how to
suppress one finding with a reason.
"""
GROUPS = (
    ("Outcomes of `memmodel check`", outcome_rules.RULES),
    ("Barriers that are not what they seem: warnings of `memmodel check`, and of a review", rules.RULES),
    ("Remarks of `memmodel review` and `memmodel pairs`", review.RULES),
)
_CODE = ("Example", "Write instead")
_HEADING = re.compile(r"^(\S[^\n]*)\n(?=    )", re.MULTILINE)


def page() -> str:
    parts = [INTRODUCTION]
    for title, found in GROUPS:
        parts.append(f"**{title}**\n")
        rows = [(f"[{rule.code}](#{anchor(_title(rule))})", rule.name, rule.summary) for rule in found]
        parts.append(table(("code", "name", "what it is"), rows))
    parts += [_rule(rule) for _, found in GROUPS for rule in found]
    return "\n".join(parts)


def _title(rule: Documented) -> str:
    return f"{rule.code} {rule.name}"


def _rule(rule: Documented) -> str:
    """The text, with its headings as such and its examples as code."""
    parts = [f"## {_title(rule)}"]
    heading = ""
    for part in re.split(r"\n\s*\n", rule.documentation.strip()):
        match = _HEADING.match(f"{part}\n")
        if match:
            heading = match[1]
            parts.append(f"**{heading}**")
            part = part[match.end() :]
        elif not part.startswith("    "):
            heading = ""
        body = textwrap.dedent(part)
        parts.append(fenced(body, "c") if heading in _CODE else fill(body))
    return "\n\n".join(parts) + "\n"
