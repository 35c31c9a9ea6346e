"""The `Result:` line of a litmus file's header in, the verdict that its author expects out."""

from __future__ import annotations

import re

from memmodel.errors import SyntaxError
from memmodel.records import dataclass
from memmodel.source import SourceFile, Span

VERDICTS = ("Never", "Sometimes", "Always", "DEADLOCK", "Maybe")
"""Maybe: anything but a deadlock."""

_LINE = re.compile(r"^[( ]\* Result: (\S+)(.*)$", re.MULTILINE)
"""The form that the kernel's own scripts look for; the first such line counts."""

C_LINE = re.compile(r"^(?://|/\*| \*) Result: (\S+)(.*)$", re.MULTILINE)
"""The same in C: `// Result: Never`."""


@dataclass(frozen=True)
class Expected:
    """`verdict` is one of VERDICTS; `race`: a data race is expected too."""

    verdict: str
    race: bool
    span: Span


def expectation(source: SourceFile, line: re.Pattern[str] = _LINE) -> Expected | None:
    """What the file says of itself, if anything. Raises errors.SyntaxError for a verdict that is none."""
    match = line.search(source.text)
    if match is None:
        return None
    span = source.span(match.start(1), match.end(1))
    if match[1] not in VERDICTS:
        raise SyntaxError(f"'{match[1]}' is no verdict", span, f"expected one of {', '.join(VERDICTS)}")
    return Expected(match[1], "DATARACE" in match[2].split(), span)
