"""The folders of scenarios in, the variants that may run code which a patch changes out; nothing is run or parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from memmodel.errors import MemmodelError, UsageError
from memmodel.files import Files
from memmodel.frontends import scenario
from memmodel.frontends.scenario import Scenario, Variant
from memmodel.records import dataclass

FOLDER = "scenarios"

_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]+[<\"]([^>\"\n]+)[>\"]", re.MULTILINE)


@dataclass(frozen=True)
class Offered:
    """A scenario, and those of its variants that are asked for. `wrong`: why it cannot be read."""

    folder: str
    scenario: Scenario | None
    only: str | None = None
    wrong: str = ""

    @property
    def variants(self) -> tuple[Variant, ...]:
        if self.scenario is None:
            return ()
        return tuple(item for item in self.scenario.variants if self.only in (None, item.name))


def offered(names: Iterable[str] = (), folder: str = FOLDER) -> tuple[Offered, ...]:
    """The scenarios that `names` name (folders, names in `folder`, or either with :VARIANT), then all in `folder`.

    Raises MemmodelError for a name that names none.
    """
    found = {item.folder: item for item in (_named(name, folder) for name in names)}
    top = Path(folder)
    for place in sorted(top.iterdir()) if top.is_dir() else ():
        if scenario.is_scenario(str(place)) and str(place) not in found:
            found[str(place)] = _offered(str(place))
    return tuple(found.values())


def _offered(place: str) -> Offered:
    """One that nobody has named: that it cannot be read is said, and nothing more."""
    try:
        return Offered(place, scenario.load(place))
    except MemmodelError as error:
        return Offered(place, None, wrong=error.message)


def _named(name: str, folder: str) -> Offered:
    place, variant = _place(name.rstrip("/") or name, folder), None
    if not scenario.is_scenario(place) and ":" in place:
        place, _, variant = place.rpartition(":")
    if not scenario.is_scenario(place):
        raise UsageError(
            f"--scenario {name}: there is no {scenario.FILE} in {place}",
            hint=f"name a scenario in {folder}/, or the path of a scenario's folder",
        )
    found = Offered(place, scenario.load(place), variant)
    if variant is not None:
        assert found.scenario is not None
        found.scenario.variant(variant)
    return found


def _place(name: str, folder: str) -> str:
    return name if "/" in name else str(Path(folder) / name)


def candidates(item: Offered, paths: Iterable[str]) -> tuple[Variant, ...]:
    """The variants of a scenario which run on a kernel tree and may read one of these files of it."""
    variants = tuple(variant for variant in item.variants if variant.tree)
    if not variants or item.scenario is None:
        return ()
    names = {*item.scenario.files, *_included(item.folder)}
    names |= {replaced.file for variant in variants for replaced in variant.replacements}
    return variants if any(_is_one_of(path, names) for path in paths) else ()


def _is_one_of(path: str, names: Iterable[str]) -> bool:
    """Whether a file of the tree is what one of these names may mean: also from include/."""
    return any(path == name or path.endswith(f"/{name}") for name in names)


def _included(folder: str) -> set[str]:
    """What the files of a folder include; files of the kernel are not followed, as the C front end does not."""
    disk, place = Files(), Path(folder)
    texts = (disk.read(path) or "" for pattern in ("*.c", "*.h") for path in disk.below(place, pattern))
    return {name for text in texts for name in _INCLUDE.findall(text)}
