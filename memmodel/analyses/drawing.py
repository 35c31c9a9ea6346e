"""A decided file in, the execution to be drawn for it out."""

from __future__ import annotations

from memmodel.engines.run import Decided
from memmodel.picture import Picture


def picture_of(decided: Decided) -> Picture | None:
    return None
