"""A picture in, what it shows in words out, for whoever cannot see it; and texts made fit for XML."""

from __future__ import annotations

from memmodel.picture import INITIAL, Picture


def printable(text: str) -> str:
    """The text with tabs as blanks, and without characters that XML cannot hold or that turn text around."""
    return "".join("    " if c == "\t" else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def title(picture: Picture) -> str:
    """`MP: Sometimes under lkmm`."""
    return f"{picture.name}: {picture.verdict} under {picture.model}"


def summary(picture: Picture) -> tuple[str, str]:
    """The name of the picture, and a description: the caption, what each thread does, and the edges of the cycle."""
    told = [picture.caption] if picture.caption else []
    for thread, name in enumerate(picture.threads):
        boxes = [box for box in picture.boxes if box.thread == thread]
        steps = [f"{f'line {box.line}: ' if box.line else ''}{box.code} ({'; '.join(box.effects)})" for box in boxes]
        told.append(f"{name}: {', then '.join(steps) or 'nothing'}.")
    initial = [box.code for box in picture.boxes if box.thread == INITIAL]
    if initial:
        told.append(f"Initially {', '.join(initial)}.")
    told += [edge.rule for edge in picture.edges if edge.cycle and edge.rule]
    if picture.state:
        told.append(f"Finally {', '.join(f'{label}={value}' for label, value in picture.state)}.")
    return f"Execution graph of {title(picture)}", " ".join(told)
