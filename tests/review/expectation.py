"""expected.toml in, what each patch must be told out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATCHES, TREES, REDUCTIONS, SCENARIOS = (HERE / name for name in ("patches", "trees", "reductions", "scenarios"))


@dataclass(frozen=True)
class Wanted:
    """A remark that must be there: with one of these codes, in this function, about this line of code."""

    code: tuple[str, ...]
    function: str = ""
    path: str = ""
    line: str = ""
    names: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mail:
    """What is said of one patch of a series. `fixes`: lines of code that the fixes name, none for no fix."""

    remarks: tuple[Wanted, ...]
    fixes: tuple[str, ...]


@dataclass(frozen=True)
class Expectation:
    """`on`: patches that the tree has already; `may`: codes that other remarks may have."""

    file: str
    tree: str
    on: tuple[str, ...]
    scenario: str
    why: str
    shown_by: tuple[str, ...]
    exits: tuple[int, ...]
    may: tuple[str, ...]
    mails: tuple[Mail, ...]

    @property
    def title(self) -> str:
        return self.file + (f" with {self.scenario}" if self.scenario else "")


def expectations() -> list[Expectation]:
    """All of them, in the order of the file. A key that is not known is an error."""
    document = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
    return [_expectation(entry) for entry in document["patch"]]


def _expectation(entry: dict[str, Any]) -> Expectation:
    exits = entry.pop("exit")
    found = Expectation(
        file=entry.pop("file"),
        tree=entry.pop("tree"),
        on=tuple(entry.pop("on", ())),
        scenario=entry.pop("scenario", ""),
        why=entry.pop("why"),
        shown_by=tuple(entry.pop("shown_by", ())),
        exits=tuple(exits) if isinstance(exits, list) else (exits,),
        may=tuple(entry.pop("may", ())),
        mails=tuple(_mail(mail) for mail in entry.pop("mail")),
    )
    assert not entry, f"{found.file}: {', '.join(entry)}"
    return found


def _mail(entry: dict[str, Any]) -> Mail:
    remarks = entry.pop("remarks", [])
    found = Mail(tuple(_wanted(remark) for remark in remarks), tuple(entry.pop("fixes", ())))
    assert not entry, ", ".join(entry)
    return found


def _wanted(entry: dict[str, Any]) -> Wanted:
    return Wanted(**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})
