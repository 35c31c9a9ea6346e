"""A relation in, how it is drawn out: its family, and the colours of the families and of everything else, for light and
dark pages.

Lines are coloured as herd7 does it (herd/Pretty.ml: rf red, co blue, fr #ffa040, fences darkgreen, dependencies and ppo
indigo, po black); text in the same hue is darkened, or lightened, until it can be read on the page.
"""

from __future__ import annotations

from enum import Enum

from memmodel.records import dataclass


class Theme(Enum):
    AUTO = "auto"
    """As the reader's system has it."""
    LIGHT = "light"
    DARK = "dark"


class Family(Enum):
    """Relations that are drawn alike. The value is the class in SVG."""

    PO = "po"
    RF = "rf"
    CO = "co"
    FR = "fr"
    DEPENDENCY = "dependency"
    FENCE = "fence"
    ORDER = "order"
    RACE = "race"


_FAMILIES = {
    "po": Family.PO,
    "rmw": Family.PO,
    "rf": Family.RF,
    "co": Family.CO,
    "fr": Family.FR,
    "addr": Family.DEPENDENCY,
    "data": Family.DEPENDENCY,
    "ctrl": Family.DEPENDENCY,
    "ppo": Family.DEPENDENCY,
    "hb": Family.ORDER,
    "pb": Family.ORDER,
    "rb": Family.ORDER,
    "prop": Family.ORDER,
    "order": Family.ORDER,
    "race": Family.RACE,
}

_MEANINGS = {
    "po": "program order",
    "rf": "is read by",
    "co": "is overwritten by",
    "fr": "reads what is overwritten by",
    "addr": "address dependency",
    "data": "data dependency",
    "ctrl": "control dependency",
    "rmw": "one operation",
    "ppo": "order that is kept",
    "mb": "full barrier",
    "rmb": "read barrier",
    "wmb": "write barrier",
    "acq-po": "acquire",
    "po-rel": "release",
    "gp": "grace period",
    "rcu-rscs^-1": "critical section, from its end",
    "srcu-rscs^-1": "critical section, from its end",
    "po-unlock-lock-po": "unlock, then lock",
    "order": "order that the model gives",
    "race": "not ordered: a data race",
}


def family(relation: str) -> Family:
    """How a relation is drawn; a name that is not known is one that a model gives a barrier."""
    return _FAMILIES.get(relation, Family.FENCE)


def meaning(relation: str) -> str:
    """A relation in a few words, for the legend."""
    return _MEANINGS.get(relation, "order by a barrier" if family(relation) is Family.FENCE else "order")


@dataclass(frozen=True)
class Colours:
    """The colours of a page, by name, each as CSS has it."""

    page: str
    panel: str
    """The background of a thread's column."""
    box: str
    frame: str
    text: str
    dim: str
    """Text of less weight."""
    moved: str
    """The frame of what is out of program order."""
    lines: tuple[tuple[Family, str], ...]
    words: tuple[tuple[Family, str], ...]


LIGHT = Colours(
    page="#ffffff",
    panel="#f4f5f7",
    box="#ffffff",
    frame="#8a919c",
    text="#1b1f24",
    dim="#57606a",
    moved="#b42318",
    lines=(
        (Family.PO, "#000000"),
        (Family.RF, "#ff0000"),
        (Family.CO, "#0000ff"),
        (Family.FR, "#ffa040"),
        (Family.DEPENDENCY, "#4b0082"),
        (Family.FENCE, "#006400"),
        (Family.ORDER, "#a52a2a"),
        (Family.RACE, "#c2007a"),
    ),
    words=(
        (Family.PO, "#1b1f24"),
        (Family.RF, "#c80000"),
        (Family.CO, "#0000ff"),
        (Family.FR, "#8f4e00"),
        (Family.DEPENDENCY, "#4b0082"),
        (Family.FENCE, "#006400"),
        (Family.ORDER, "#a52a2a"),
        (Family.RACE, "#a80069"),
    ),
)

DARK = Colours(
    page="#0f1318",
    panel="#181d24",
    box="#0f1318",
    frame="#6b7684",
    text="#e8ebef",
    dim="#a4adb8",
    moved="#ff8f85",
    lines=(
        (Family.PO, "#c9d1d9"),
        (Family.RF, "#ff5c5c"),
        (Family.CO, "#7a8cff"),
        (Family.FR, "#ffa040"),
        (Family.DEPENDENCY, "#b98aff"),
        (Family.FENCE, "#4fc36b"),
        (Family.ORDER, "#e08a7d"),
        (Family.RACE, "#ff6ac1"),
    ),
    words=(
        (Family.PO, "#dfe4ea"),
        (Family.RF, "#ff7b7b"),
        (Family.CO, "#9aa8ff"),
        (Family.FR, "#ffb566"),
        (Family.DEPENDENCY, "#c7a3ff"),
        (Family.FENCE, "#5fd07b"),
        (Family.ORDER, "#eba397"),
        (Family.RACE, "#ff8ad0"),
    ),
)
