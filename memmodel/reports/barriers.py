"""Reports on fixes and audits in, text for people (80 columns, as one pastes it into a mail) or JSON out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from memmodel.analyses.advice import (
    AuditReport,
    Bad,
    Fix,
    FixReport,
    Harm,
    Need,
    Placement,
    PlainAudit,
    SiteAudit,
    Standing,
    Verification,
)
from memmodel.analyses.costs import compiled, instructions
from memmodel.analyses.switches import Site
from memmodel.machines.names import ARCHITECTURES
from memmodel.program.strengths import Form
from memmodel.reports.explanation import story_text
from memmodel.reports.explanation_json import story_json
from memmodel.reports.json_values import Json
from memmodel.result import State

WIDTH = 80


def _wrap(text: str, first: str = "", rest: str | None = None) -> str:
    following = " " * len(first) if rest is None else rest
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=following, break_long_words=False, break_on_hyphens=False
    )
    return "".join(f"{line}\n" for line in lines)


def _state(state: State) -> str:
    return "; ".join(f"{label}={value}" for label, value in state)


def _bad(bad: Bad) -> str:
    """What happens, as the end of a sentence: "… the outcome can happen"."""
    shown = f" ({_state(bad.state)})" if bad.state else ""
    match bad.harm:
        case Harm.OUTCOME if bad.name:
            return f"a failed assertion ({bad.name})"
        case Harm.OUTCOME:
            return f"the bad outcome{shown}"
        case Harm.FLAG if bad.name == "data-race":
            return f"a data race{shown}"
        case Harm.FLAG:
            return f"the flag {bad.name}{shown}"
        case Harm.CUT:
            return "a loop that goes on past its bound"
    return f"{bad.name}{shown}"


def _name(form: Form, site: Site) -> str:
    if form.name:
        return f"{form.name}()"
    return "no barrier" if site.kind.value == "barrier" else "a plain access"


def _where(site: Site) -> str:
    return site.span.where


def _code(site: Site) -> str:
    return " ".join(site.span.text.split())


# ── fix ──────────────────────────────────────────────────────────────────────────────────────────


def fix_text(report: FixReport, file: str, architecture: str, diffs: Iterable[str]) -> str:
    """All of a report; `diffs` are the fixes' patches, in their order."""
    if report.bad is None:
        return _wrap(f"{file}: nothing to fix: the bad outcome cannot happen, and there is no race and no other flag.")
    match report.need:
        case Need.BEYOND_BARRIERS:
            return _wrap(
                f"{file}: no barrier can help: {_bad(report.bad)} is possible even if every access takes effect in "
                "program order. The program needs another algorithm, a lock, or an atomic operation."
            )
        case Need.NOT_FOUND:
            return _wrap(
                f"{file}: no barrier helps: {_bad(report.bad)} remains with every access here as strong as it can be "
                "and a full barrier in front of every statement."
            )
    count = len(report.fixes)
    ways = "1 way" if count == 1 else f"{count} ways"
    parts = [
        _wrap(f"{file}: {_bad(report.bad)} can happen."),
        _wrap(
            f"{ways} to forbid it, the cheapest on {_machine(architecture)} first (cost: what is added, in "
            "hundredths of an smp_mb()):"
        ),
    ]
    for number, (fix, diff) in enumerate(zip(report.fixes, diffs, strict=True), 1):
        parts.append(_fix(fix, number, diff, report.racy))
    return "\n".join(parts)


def _machine(architecture: str) -> str:
    return "all architectures together" if architecture == "all" else architecture


def _fix(fix: Fix, number: int, diff: str, racy: bool) -> str:
    text = "".join(_wrap(sentence, f"{number}. " if i == 0 else "   ") for i, sentence in enumerate(_headings(fix)))
    text += "".join(_wrap(change.why, "   ") for change in fix.changes)
    forms = dict.fromkeys((change.form, change.site.kind) for change in fix.changes if change.form.name)
    text += "".join(_wrap(f"{form.name}() is {compiled(form, kind)}.", "   ") for form, kind in forms)
    text += _wrap(f"{_verified(fix.verification, racy)} Cost: {fix.cost}.", "   ")
    return f"{text}\n{diff}"


def _headings(fix: Fix) -> list[str]:
    found = []
    for change in fix.changes:
        if change.site.insertion:
            found.append(f"{change.form.name}() before {change.site.span.where}:")
        elif change.site.form.name:
            found.append(f"{_where(change.site)}: {change.form.name}() instead of {change.site.form.name}():")
        else:
            found.append(f"{_where(change.site)}: {change.form.name}() instead of a plain access:")
    return found


def _verified(how: Verification, racy: bool) -> str:
    found = "never; the data race that the file announces is left alone" if racy else "never, and no race"
    if how is Verification.BOTH:
        return f"Checked again from the changed text, by both engines: {found}."
    return f"Checked again from the changed text: {found} (the second engine did not finish)."


def fix_json(report: FixReport, file: str, architecture: str, diffs: Iterable[str]) -> dict[str, Json]:
    return {
        "file": file,
        "architecture": architecture,
        "need": report.need.value,
        "bad": _bad_json(report.bad),
        "fixes": [
            {
                "cost": fix.cost,
                "verified": fix.verification is Verification.BOTH,
                "changes": [
                    {
                        **_position(change.site),
                        "thread": change.site.thread,
                        "from": change.site.form.name or None,
                        "to": change.form.name,
                        "instructions": {
                            one: instructions(change.form, change.site.kind, one) for one in ARCHITECTURES
                        },
                        "inserted": change.site.insertion,
                        "why": change.why,
                        "pairs": [{**_site_object(p.site), "form": p.form.name} for p in change.pairing.partners],
                    }
                    for change in fix.changes
                ],
                "diff": diff,
            }
            for fix, diff in zip(report.fixes, diffs, strict=True)
        ],
    }


def _bad_json(bad: Bad | None) -> Json:
    if bad is None:
        return None
    kinds = {Harm.OUTCOME: "outcome", Harm.FLAG: "flag", Harm.FAULT: "fault", Harm.ASSERTION: "assertion"}
    return {"kind": kinds.get(bad.harm, "cut"), "name": bad.name or None, "state": dict(bad.state)}


def _site_json(site: Site) -> Json:
    return {**_position(site), "thread": site.thread, "text": _code(site)}


def _position(site: Site) -> dict[str, Json]:
    """The line; in C, where a program has several files, the file too."""
    file: dict[str, Json] = {} if site.span.where.startswith("line ") else {"file": site.span.file.name}
    return {**file, "line": site.span.line}


# ── audit ────────────────────────────────────────────────────────────────────────────────────────


def audit_text(report: AuditReport, file: str) -> str:
    """All of a report."""
    parts = [_summary(report, file)]
    shown = (Standing.REQUIRED, Standing.NO_EFFECT) if report.reachable is not None else tuple(Standing)
    parts += [_site(found) for found in report.sites if found.standing in shown]
    if report.reachable is not None:
        return "\n".join(parts)
    if report.either:
        groups = "".join(
            _wrap(" or ".join(f"{_code(s)} ({_where(s)})" for s in group), "  - ") for group in report.either
        )
        parts.append(f"These stand in for each other; of each group one must stay:\n{groups}")
    if any(placement.changed for placement in report.placements):
        parts.append(_placements(report))
    if report.plain:
        parts.append(_plain(report))
    return "\n".join(parts)


def _summary(report: AuditReport, file: str) -> str:
    text = ""
    if report.reachable is not None:
        text += _wrap(
            f"{file}: {_bad(report.reachable)} can happen with all barriers in place, so none of them is needed to "
            "prevent it; `memmodel fix` looks for what would. Only what guards against races and faults, or is without "
            "effect, is listed."
        )
    if report.existing:
        text += _wrap(f"{file}: already there, and not held against anything: {', '.join(report.existing)}.")
    if not report.sites and not report.plain:
        return text + _wrap(f"{file}: no barrier and no annotation that could be weaker.")
    if report.reachable is not None:
        return text
    counts = [(s, sum(found.standing is s for found in report.sites)) for s in Standing]
    told = ", ".join(f"{count} {standing.value}" for standing, count in counts if count)
    return text + _wrap(f"{file}: {told or 'no ordering that could be weaker'}.")


def _site(found: SiteAudit) -> str:
    head = f"{_where(found.site)}: {_code(found.site)}: {found.standing.value}"
    match found.standing:
        case Standing.REQUIRED:
            assert found.weaker is not None and found.appears is not None
            detail = f"with {_name(found.weaker, found.site)}, {_bad(found.appears)} can happen."
            if found.story is not None:
                return _wrap(head) + _wrap(detail, "    ") + "\n" + story_text(found.story) + "\n"
        case Standing.STRONGER:
            detail = f"{_name(found.weakest, found.site)} would do, the rest as it is."
        case Standing.REDUNDANT:
            detail = "without it nothing bad can happen either, the rest as it is."
        case Standing.NO_EFFECT:
            detail = "it orders nothing here, in any execution."
    return _wrap(head) + _wrap(detail, "    ")


def _placements(report: AuditReport) -> str:
    several = len(report.placements) > 1
    text = _wrap(
        f"{'The cheapest placements' if several else 'The cheapest placement'} of the whole set that "
        f"{'keep' if several else 'keeps'} all this impossible (cost {report.cost} now):"
    )
    for number, placement in enumerate(report.placements, 1):
        text += _placement(placement, number)
    return text


def _placement(placement: Placement, number: int) -> str:
    if not placement.changed:
        return _wrap(f"as it is (cost {placement.cost})", f"  {number}. ")
    changes = [f"{_where(s)}: {_name(form, s)} instead of {_name(s.form, s)}" for s, form in placement.changed]
    return _wrap("; ".join(changes) + f" (cost {placement.cost})", f"  {number}. ")


def _plain(report: AuditReport) -> str:
    alone = [p for p in report.plain if p.appears is None and not p.shared]
    able = [p for p in report.plain if p.appears is None and p.shared]
    needed = [p for p in report.plain if p.appears is not None]
    text = ""
    if needed:
        text += "Must not be plain:\n" + "".join(_plain_line(p) for p in needed)
    if able:
        text += "Could be plain, one at a time, since something else orders them:\n"
        text += "".join(_wrap(f"{_where(p.site)}: {_code(p.site)}", "  - ") for p in able)
        if len(report.together) > 1:
            lines = ", ".join(site.span.where for site in report.together)
            if "line " in lines:
                lines = f"those in lines {lines.replace('line ', '')}"
            text += _wrap(f"All at once: {lines}.", "    ")
    if alone:
        text += "Could be plain, since no other thread's access conflicts:\n"
        text += "".join(_wrap(f"{_where(p.site)}: {_code(p.site)}", "  - ") for p in alone)
    return text


def _plain_line(found: PlainAudit) -> str:
    assert found.appears is not None
    return _wrap(f"{_where(found.site)}: {_code(found.site)}: {_bad(found.appears)}", "  - ")


def audit_json(report: AuditReport, file: str) -> Json:
    return {
        "file": file,
        "reachable": _bad_json(report.reachable),
        "existing": list(report.existing),
        "sites": [
            {
                **_site_object(found.site),
                "standing": found.standing.value,
                "weakest": found.weakest.name or None,
                "weaker": found.weaker.name or None if found.weaker is not None else None,
                "appears": _bad_json(found.appears),
                "execution": story_json(found.story) if found.story is not None else None,
            }
            for found in report.sites
        ],
        "either": [[_site_json(site) for site in group] for group in report.either],
        "cost": report.cost,
        "placements": [
            {
                "cost": placement.cost,
                "changes": [{**_site_object(site), "to": form.name or None} for site, form in placement.changed],
            }
            for placement in report.placements
        ],
        "plain": [
            {**_site_object(p.site), "possible": p.appears is None, "shared": p.shared, "appears": _bad_json(p.appears)}
            for p in report.plain
        ],
        "plain_together": [_site_json(site) for site in report.together],
    }


def _site_object(site: Site) -> dict[str, Json]:
    return {**_position(site), "thread": site.thread, "text": _code(site), "form": site.form.name or None}
