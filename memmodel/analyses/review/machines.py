"""Remarks on a patch in, the same with a sentence on the architectures that can show what they are about out.

They are asked last, within the time that is left for the patch: a remark stands whether they answer or not.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

from memmodel.analyses import observable
from memmodel.analyses.finding import Finding
from memmodel.analyses.review.orders import Defect
from memmodel.analyses.review.scenarios import LEAST, ScenarioReview
from memmodel.analyses.review.tables import Rows
from memmodel.engines.isolate import GRACE
from memmodel.records import replace
from memmodel.result import MachineVerdict


class Observing:
    """The architectures that are asked, none of them where none is named. `model`: the kernel's, by name."""

    def __init__(self, architectures: tuple[str, ...], model: str, deadline: float) -> None:
        self._architectures = architectures
        self._model = model
        self._deadline = deadline

    def scenarios(self, review: ScenarioReview) -> list[Finding]:
        """What goes wrong in scenarios, and on which architectures."""
        asks = dict(review.asks)
        told = []
        for finding in review.remarks:
            ask = asks.get(finding)
            if ask is not None and self._architectures:
                left = self._deadline - time.monotonic() - GRACE / 2
                report = ask(self._architectures, left) if left > LEAST else None
                verdicts = report.machines if report is not None else self._not_asked()
                finding = self._saying(finding, verdicts, observable.of_flags(report.flags if report else ()))
            told.append(finding)
        return told

    def orders(self, findings: Iterable[Finding], defects: Mapping[Finding, Defect], rows: Rows) -> Iterator[Finding]:
        """Orders that are missing, and where that can be seen."""
        for finding in findings:
            if not self._architectures:
                yield finding
                continue
            row = defects[finding].row
            plain = any(access.plain for access in (row.first, row.second, row.sees, row.then))
            verdicts = self._of_defect(defects[finding], rows)
            yield self._saying(finding, verdicts, observable.PLAIN if plain else "")

    def _of_defect(self, defect: Defect, rows: Rows) -> tuple[MachineVerdict, ...]:
        """What architectures make of the row that is told; of the others that lack the same order, what they show."""
        shown = {looked: row for row, looked in rows.looked.items()}
        found = {item.architecture: item for item in self._not_asked()}
        for row in defect.rows:
            pairing = rows.after[shown[row]].pairing
            wanted = [name for name, known in found.items() if not known.reachable]
            if pairing is None or not wanted:
                continue
            for verdict in pairing.observed(row, wanted, self._deadline):
                if row is defect.row or verdict.reachable:
                    found[verdict.architecture] = verdict
        return tuple(found.values())

    def _not_asked(self) -> tuple[MachineVerdict, ...]:
        return tuple(MachineVerdict(name, None, (), observable.NOT_ASKED) for name in self._architectures)

    def _saying(self, finding: Finding, verdicts: tuple[MachineVerdict, ...], compiler: str) -> Finding:
        said = observable.sentence(self._model, True, verdicts, compiler)
        return replace(finding, message=f"{finding.message} The outcome is {said}.", observable=said)
