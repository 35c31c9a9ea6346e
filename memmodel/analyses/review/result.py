"""What a review has to say: of each patch, the remarks, what it puts right, and what was looked at."""

from __future__ import annotations

from memmodel.analyses.documented import Documented
from memmodel.analyses.finding import Finding
from memmodel.analyses.pairs.row import Row
from memmodel.analyses.review.rules import RULES
from memmodel.frontends.patch.patch import Patch
from memmodel.records import dataclass
from memmodel.source import Span


@dataclass(frozen=True)
class Remark:
    """A finding and where in the patch it is said. `line`: the line of the patch under which it stands, None if the
    patch shows no line of it. `suggestion`: lines of code as they should read, where the finding's edits do not say."""

    finding: Finding
    line: int | None
    suggestion: tuple[str, ...] = ()


@dataclass(frozen=True)
class Looked:
    """Something that was examined: "bpf_user_ringbuf_drain() with itself", "scenarios/ptr-ring:kernel", and the result
    of it in a few words: "7 rows: 7 ordered", "Never, as before"."""

    what: str
    result: str


@dataclass(frozen=True)
class Skipped:
    """Something touched that could not be examined, and why."""

    what: str
    why: str
    span: Span | None = None


@dataclass(frozen=True)
class PatchReview:
    """One patch of a series. `fixes`: what went wrong before it and does not after it, each proved."""

    patch: Patch
    remarks: tuple[Remark, ...]
    fixes: tuple[Finding, ...]
    rows: tuple[Row, ...]
    """The pairing table of the functions that it touches, as it leaves them."""
    looked: tuple[Looked, ...]
    skipped: tuple[Skipped, ...]
    seconds: float
    opened: tuple[Row, ...] = ()
    """Those of the rows that were ordered before the patch, and of which nothing is shown now."""


@dataclass(frozen=True)
class Review:
    """The patches in order. `model`: the name of the memory model; `rules`: those whose codes the findings have."""

    patches: tuple[PatchReview, ...]
    model: str
    tree: str | None
    rules: tuple[Documented, ...] = RULES
