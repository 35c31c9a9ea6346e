"""What the audit of barriers and the search for fixes have to say: plain records, for reports to print."""

from __future__ import annotations

from enum import Enum

from memmodel.analyses.explanation import Story
from memmodel.analyses.finding import Edit
from memmodel.analyses.switches import Site
from memmodel.events.graph import Event
from memmodel.program.strengths import Form
from memmodel.records import dataclass
from memmodel.result import State
from memmodel.source import SourceFile


class Harm(Enum):
    """What is bad about an execution."""

    OUTCOME = "the outcome"
    FLAG = "a flag of the model"
    FAULT = "a fault"
    ASSERTION = "a failed assertion"
    CUT = "a loop that goes on past its bound"


@dataclass(frozen=True)
class Bad:
    """A bad execution: `name` is the flag, fault or assertion ('' for the outcome of a litmus test), `state` what
    memory and registers hold at its end."""

    harm: Harm
    name: str
    state: State


# ── fixes ────────────────────────────────────────────────────────────────────────────────────────


class Verification(Enum):
    """How far a changed text was decided to be good."""

    BOTH = "both engines"
    SMT = "the default engine; the explicit one did not finish"
    FAILED = "not what was intended, or not good"


@dataclass(frozen=True)
class Partner:
    """A site of another thread, in the form that it has once the fix is made."""

    site: Site
    form: Form


@dataclass(frozen=True)
class Pairing:
    """`before` and `after` are accesses of the site's thread that it orders, where that is known; `everywhere`: they
    were ordered already, but not for every CPU. `partners`: without them the execution would be back."""

    before: Event | None
    after: Event | None
    everywhere: bool
    partners: tuple[Partner, ...]


@dataclass(frozen=True)
class Change:
    """One site and the form that it gets. `why`: one sentence."""

    site: Site
    form: Form
    pairing: Pairing
    why: str


@dataclass(frozen=True)
class Fix:
    """`cost` is by the cost table, in hundredths of a full barrier; `edits` go into the original texts, `texts` are
    the results, a text for each file that changes."""

    changes: tuple[Change, ...]
    cost: int
    edits: tuple[Edit, ...]
    texts: tuple[tuple[SourceFile, str], ...]
    verification: Verification

    @property
    def text(self) -> str:
        """The changed text, where only one file changes."""
        ((_, text),) = self.texts
        return text


class Need(Enum):
    """Whether there is something to fix, and whether barriers can."""

    FIXABLE = "fixable"
    NOTHING = "nothing to fix"
    BEYOND_BARRIERS = "no barrier can help"
    NOT_FOUND = "no barrier helps"


@dataclass(frozen=True)
class FixReport:
    """`bad` is an execution of the text as it is; None where there is nothing to fix. `queries`: questions put to
    the solver."""

    need: Need
    bad: Bad | None = None
    fixes: tuple[Fix, ...] = ()
    queries: int = 0
    racy: bool = False
    """The file announces a data race, which fixes leave alone."""


# ── audit ────────────────────────────────────────────────────────────────────────────────────────


class Standing(Enum):
    """What a barrier or the strength of an access is good for, the rest of the program as it is."""

    REQUIRED = "required"
    STRONGER = "stronger than needed"
    REDUNDANT = "redundant"
    NO_EFFECT = "without effect"


@dataclass(frozen=True)
class SiteAudit:
    """`weakest`: the cheapest form that alone would do, the present one for a required site. `appears`: the
    execution that appears when a required site becomes the form `weaker`; `story`: that execution, told."""

    site: Site
    standing: Standing
    weakest: Form
    weaker: Form | None = None
    appears: Bad | None = None
    story: Story | None = None


@dataclass(frozen=True)
class PlainAudit:
    """Whether a marked access could be plain. `appears`: what goes wrong then; None where nothing does.
    `shared`: another thread accesses the same memory, one of the two writing."""

    site: Site
    appears: Bad | None
    shared: bool


@dataclass(frozen=True)
class Placement:
    """A form for each ordering site that together keep the verdict; `changed` are those that differ from the text."""

    changed: tuple[tuple[Site, Form], ...]
    cost: int


@dataclass(frozen=True)
class AuditReport:
    """`reachable`: the bad outcome is possible with everything in place, so that only flags and faults were guarded.
    `existing`: flags and faults that the program has as it is. `either`: of each group at least one must stay.
    `together`: marked accesses that could all be plain at once."""

    reachable: Bad | None
    existing: tuple[str, ...]
    sites: tuple[SiteAudit, ...]
    either: tuple[tuple[Site, ...], ...]
    cost: int
    placements: tuple[Placement, ...]
    plain: tuple[PlainAudit, ...]
    together: tuple[Site, ...]
    queries: int = 0
