"""The table of an architecture in, text or JSON out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from memmodel.machines import registry
from memmodel.machines.machine import Machine, Row
from memmodel.reports.json import Json

WIDTH = 100
_USE = 42
_NOTHING = "(no instruction)"


def listed(machines: Sequence[Machine]) -> str:
    """A line for each table."""
    names = [registry.name(machine) for machine in machines]
    width = max(map(len, names))
    titles = [f"{m.title}{f', {m.variant_title}' if m.variant_title else ''}" for m in machines]
    return "".join(f"{name:<{width}}  {title}\n" for name, title in zip(names, titles, strict=True))


def table(machine: Machine) -> str:
    """All rows: what is asked for, the instructions, the source."""
    title = f"{registry.name(machine)}: {machine.title}"
    lines = [f"{title}, {machine.variant_title}" if machine.variant_title else title, ""]
    for row in machine.rows:
        lines += _row(row)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _row(row: Row) -> list[str]:
    asked = textwrap.wrap(row.use.value, _USE - 2, break_on_hyphens=False)
    text = f"{row.text} (xchg: {row.exchange})" if row.exchange else row.text or _NOTHING
    made = [*textwrap.wrap(text, WIDTH - _USE), f"  {row.source}"]
    count = max(len(asked), len(made))
    asked += [""] * (count - len(asked))
    made += [""] * (count - len(made))
    return [f"{left:<{_USE}}{right}" for left, right in zip(asked, made, strict=True)]


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
                "source": row.source,
            }
            for row in machine.rows
        ],
    }


def list_json(machines: Sequence[Machine]) -> Mapping[str, Json]:
    return {"mappings": [{"name": registry.name(m), "arch": m.name, "variant": m.variant} for m in machines]}
