"""The table of an architecture in, text or JSON out."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Mapping, Sequence

from memmodel.machines import registry
from memmodel.machines.machine import Machine, Row
from memmodel.reports.json_values import Json

WIDTH = 80
_USE = 38
_NOTHING = "(no instruction)"


def listed(machines: Sequence[Machine]) -> str:
    """An entry for each table."""
    names = [registry.name(machine) for machine in machines]
    width = max(map(len, names)) + 2
    lines: list[str] = []
    for name, machine in zip(names, machines, strict=True):
        lines += _wrapped(_title(machine), f"{name:<{width}}", " " * width)
    return "".join(f"{line}\n" for line in lines)


def table(machine: Machine) -> str:
    """All rows: what is asked for, the instructions, and the number of the source, with the sources below."""
    sources = {source: number for number, source in enumerate(dict.fromkeys(row.source for row in machine.rows), 1)}
    lines = [*_wrapped(f"{registry.name(machine)}: {_title(machine)}"), ""]
    for row in machine.rows:
        lines += _row(row, sources[row.source])
    lines += ["", "Where it says so:"]
    lines += [f"{f'[{number}]':>6} {source}" for source, number in sources.items()]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _title(machine: Machine) -> str:
    return f"{machine.title}, {machine.variant_title}" if machine.variant_title else machine.title


def _row(row: Row, source: int) -> list[str]:
    asked = _wrapped(row.use.value, "", "  ", _USE - 2)
    text = f"{row.text} (xchg: {row.exchange})" if row.exchange else row.text or _NOTHING
    made = _wrapped(f"{text} [{source}]", "", "  ", WIDTH - _USE)
    made = [""] * sum(len(line) >= _USE for line in asked) + made  # beside those that leave room for it
    return [f"{left:<{_USE}}{right}" for left, right in itertools.zip_longest(asked, made, fillvalue="")]


def _wrapped(text: str, first: str = "", later: str = "", width: int = WIDTH) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    )


def as_json(machine: Machine) -> Mapping[str, Json]:
    """The table with the events that the instructions make, as the model of the architecture names them."""
    return {
        "arch": machine.name,
        "variant": machine.variant,
        "title": machine.title,
        "rows": [
            {
                "use": row.use.name.lower().replace("_", "-"),
                "primitives": list(row.use.primitives),
                "instructions": row.text,
                "exchange": row.exchange or row.text,
                "before": list(row.before),
                "read": sorted(row.read),
                "write": sorted(row.write),
                "after": list(row.after),
                "succeeded": list(row.succeeded),
                "failed": None if row.failed is None else sorted(row.failed),
                "around": list(row.around),
                "always": row.always,
                "source": row.source,
            }
            for row in machine.rows
        ],
    }


def list_json(machines: Sequence[Machine]) -> Mapping[str, Json]:
    return {"mappings": [{"name": registry.name(m), "arch": m.name, "variant": m.variant} for m in machines]}
