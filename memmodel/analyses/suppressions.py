"""A report and the texts that it is about in, the report out with those diagnostics marked that a comment asks not to
be told. The comment gives the reason:

    smp_store_release(y, 1);    // memmodel: ignore[MM105] the reader is firmware

It stands on the line of the diagnostic, or alone on the lines before it; `ignore-file[…]` anywhere speaks of the whole
file. A comment of this kind that does nothing, or gives no reason, is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from memmodel.analyses import outcome_rules, rulebook
from memmodel.diagnostic import Diagnostic, Severity, place
from memmodel.records import dataclass, replace
from memmodel.result import FileReport
from memmodel.source import SourceFile, Span

if TYPE_CHECKING:
    from memmodel.analyses.review.result import Remark, Review

SIGN = "memmodel:"
HINT = "write // memmodel: ignore[MM101] and then the reason"

_DIRECTIVE = re.compile(rf"(?:^|\n)[ \t/*(]*({SIGN}[^\n]*)")
_IGNORE = re.compile(rf"{SIGN}\s*ignore(-file)?(?![\w-])(?:\s*\[([^\]]*)\])?[\s:,]*(.*)")
_CLOSING = re.compile(r"\s*(?:\*/|\*\)).*$")
_C = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LITMUS = re.compile(r"//[^\n]*|/\*.*?\*/|\(\*|[{}]", re.DOTALL)
_NESTED = re.compile(r"\(\*|\*\)")


@dataclass(frozen=True)
class Suppression:
    """A comment that asks not to be told. `line`: the one it speaks of; None: all. `codes`: as they are written."""

    span: Span
    line: int | None
    codes: tuple[str, ...]
    reason: str


def mark(report: FileReport, files: Sequence[SourceFile], complete: bool) -> FileReport:
    """The report with the diagnostics that are not to be told marked, and with warnings of comments that ask for it in
    vain. `files`: what the program was read from. `complete`: all rules have spoken, so that what suppresses nothing
    can be told; this is done for the file that the report is about and not for those it shares with others."""
    noted = [(file, found) for file in files if SIGN in file.text for found in _directives(file)]
    if not noted:
        return report
    wrong: list[Diagnostic] = []
    used: set[tuple[int, str]] = set()
    asked: list[tuple[int, Suppression, frozenset[str]]] = []
    for number, (_, found) in enumerate(noted):
        codes, complaints = _understood(found)
        wrong += complaints
        asked.append((number, found, codes))
    marked = []
    for item in report.diagnostics:
        fitting = [(n, one) for n, one, codes in asked if _can_be(item, report) and _fits(item, one, codes)]
        used.update((number, _code(item)) for number, _ in fitting)
        marked.append(replace(item, suppressed=fitting[0][1].reason) if fitting else item)
    if complete:
        for number, found, codes in asked:
            if noted[number][0].name in (report.file, "<stdin>"):
                idle = sorted(code for code in codes if (number, code) not in used and code in _of_check())
                wrong += [_odd(f"there is no {code} here to ignore", found.span, "take it out") for code in idle]
    return replace(report, diagnostics=(*marked, *wrong))


def reason(span: Span | None, code: str) -> str | None:
    """The reason that a comment gives for not telling what is found at a place; None: it is to be told."""
    if span is None or SIGN not in span.file.text:
        return None
    for found in _directives(span.file):
        if found.line in (None, span.line) and code in _understood(found)[0]:
            return found.reason
    return None


def of_review(review: Review) -> Review:
    """The review with what a comment in the patched file asks not to be told as a note, and the reason with it. It is
    not left out: whoever wrote the patch may have written the comment, and others are to judge of it."""
    patches = tuple(replace(patch, remarks=tuple(map(_noted, patch.remarks))) for patch in review.patches)
    return replace(review, patches=patches)


def _noted(remark: Remark) -> Remark:
    from memmodel.analyses.finding import Level

    finding = remark.finding
    why = reason(finding.span, finding.code)
    if why is None:
        return remark
    message = f"{finding.message} A comment asks to ignore this: {why}".strip()
    return replace(remark, finding=replace(finding, level=Level.NOTE, message=message))


def _can_be(item: Diagnostic, report: FileReport) -> bool:
    """Whether a diagnostic is a remark on the text, and not the outcome or what goes with it."""
    if item.severity is Severity.NOTE:
        return item.code is not None
    return item.severity is Severity.WARNING and item.sentence() != report.reason


def _code(item: Diagnostic) -> str:
    return item.code or outcome_rules.ODD.code


def _fits(item: Diagnostic, found: Suppression, codes: frozenset[str]) -> bool:
    if item.place is None or item.place.file != found.span.file.name or _code(item) not in codes:
        return False
    return found.line is None or found.line == item.place.line


def _understood(found: Suppression) -> tuple[frozenset[str], list[Diagnostic]]:
    """The codes that are ignored, and what is wrong with the comment. Without a reason none are."""
    from memmodel.analyses.selection import FIXED

    if not found.codes:
        return frozenset(), [_odd("this comment does not say what to ignore", found.span, HINT)]
    if not found.reason:
        what = "nothing is ignored without a reason"
        return frozenset(), [_odd(what, found.span, "write the reason after the bracket")]
    codes: set[str] = set()
    complaints = []
    for word in found.codes:
        rule = rulebook.find(word)
        if rule is None:
            hint = rulebook.instead(word, "`memmodel rule` lists the rules")
            complaints.append(_odd(f"there is no rule '{word}'", found.span, hint))
        elif rule.code in FIXED:
            hint = "state what is expected instead, as in Result: Sometimes"
            complaints.append(_odd(f"{rule.code} is an outcome, and cannot be ignored", found.span, hint))
        else:
            codes.add(rule.code)
    return frozenset(codes), complaints


def _of_check() -> frozenset[str]:
    """The codes of which `check` knows whether there is one."""
    from memmodel.analyses import rules

    return frozenset((outcome_rules.ODD.code, *(rule.code for rule in rules.RULES)))


def _odd(message: str, span: Span, hint: str) -> Diagnostic:
    return Diagnostic(Severity.WARNING, message, place(span), hint, outcome_rules.ODD.code)


# ── the text ─────────────────────────────────────────────────────────────────────────────────────


def _directives(file: SourceFile) -> Iterator[Suppression]:
    """The comments of a file that speak to this program, in order."""
    text = file.text
    comments = list(_comments(text, file.name.endswith((".c", ".h"))))
    code = _lines_of_code(text, comments)
    for start, end in comments:
        for match in _DIRECTIVE.finditer(text[start:end]):
            words = _CLOSING.sub("", match[1]).rstrip()
            at = start + match.start(1)
            span = file.span(at, at + len(words))
            yield _suppression(span, words, code)


def _suppression(span: Span, words: str, code: Sequence[bool]) -> Suppression:
    found = _IGNORE.match(words)
    if found is None:
        return Suppression(span, None, (), "")
    codes = tuple(word for word in re.split(r"[\s,]+", found[2] or "") if word)
    return Suppression(span, None if found[1] else _meant(span.line, code), codes, found[3].strip(" *-"))


def _meant(line: int, code: Sequence[bool]) -> int:
    """The line that a comment on a line speaks of: its own, or the next that is more than comments."""
    return next((number for number in range(line, len(code)) if code[number]), line)


def _lines_of_code(text: str, comments: Iterable[tuple[int, int]]) -> list[bool]:
    """For each line, counted from 1, whether it is no comment: a blank line is none, too."""
    blanked, at = [], 0
    for start, end in comments:
        blanked += [text[at:start], re.sub(r"[^\n]", "\0", text[start:end])]
        at = end
    lines = "".join([*blanked, text[at:]]).split("\n")
    return [False, *("\0" not in line or bool(line.replace("\0", "").strip()) for line in lines)]


def _comments(text: str, c: bool) -> Iterator[tuple[int, int]]:
    if c:
        yield from (match.span() for match in _C.finditer(text) if match[0][0] == "/")
        return
    position = depth = 0
    while match := _LITMUS.search(text, position):
        start, position = match.span()
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
        elif match[0] != "(*":
            yield match.span()
        elif depth == 0 or text[position : position + 1] in (" ", "\t", "\n", "*", SIGN[0]):
            # Else it is a parenthesis before a dereference.
            position = _end(text, start) or position
            if position > start + 2:
                yield start, position


def _end(text: str, start: int) -> int | None:
    """The end of a comment between (* and *), which may hold others; None if it has none."""
    depth = 0
    for match in _NESTED.finditer(text, start):
        depth += 1 if match[0] == "(*" else -1
        if depth == 0:
            return match.end()
    return None
