"""A rule as people know it: its code, its name and its documentation, whatever finds it."""

from __future__ import annotations

from memmodel.records import dataclass


@dataclass(frozen=True)
class Documented:
    """`code` never changes its meaning. `documentation`: what it finds, why that is bad, an example and what to write
    instead; its first line does alone."""

    code: str
    name: str
    documentation: str

    @property
    def summary(self) -> str:
        """The first line."""
        return self.documentation.strip().splitlines()[0].rstrip(".")
