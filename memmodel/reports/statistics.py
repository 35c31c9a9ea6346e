"""File reports in, how often each code and each outcome came up out, the most frequent first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from memmodel import __version__
from memmodel.analyses import outcome_rules, outcomes
from memmodel.records import dataclass
from memmodel.reports import Rules, Run, Writer
from memmodel.result import FileReport, Outcome


@dataclass(frozen=True)
class Count:
    code: str
    name: str
    count: int


class StatisticsWriter:
    """In place of the findings. `summary`: says how the files fared; None: the counts are JSON."""

    def __init__(self, rules: Rules, summary: Writer | None) -> None:
        self._rules = rules
        self._summary = summary

    def file(self, report: FileReport) -> str:
        return ""

    def complaints(self, report: FileReport) -> str:
        return ""

    def end(self, run: Run) -> str:
        counts = self._counts(run.reports)
        if self._summary is None:
            return _as_json(run, counts)
        width = max((len(str(item.count)) for item in counts), default=0)
        lines = [f"{item.count:>{width}}  {item.code}  {item.name}\n" for item in counts]
        return "".join(lines) + self._summary.end(run)

    def _counts(self, reports: Sequence[FileReport]) -> list[Count]:
        """What is told of the files, and not what their text asks not to be told."""
        told = (item for report in reports for item in outcomes.diagnostics(report) if item.suppressed is None)
        counts = Counter(item.code or outcome_rules.ODD.code for item in told)
        found = ((code, self._rules(code), count) for code, count in counts.items())
        named = [Count(code, rule.name if rule is not None else "", count) for code, rule, count in found]
        return sorted(named, key=lambda item: (-item.count, item.code))


def _as_json(run: Run, counts: Sequence[Count]) -> str:
    fared = Counter(report.outcome for report in run.reports)
    order = sorted(fared, key=lambda outcome: (-fared[outcome], list(Outcome).index(outcome)))
    document = {
        "memmodel": __version__,
        "files": len(run.reports),
        "outcomes": [{"outcome": outcome.value, "count": fared[outcome]} for outcome in order],
        "codes": [{"code": item.code, "name": item.name, "count": item.count} for item in counts],
        "seconds": round(run.seconds, 4),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
