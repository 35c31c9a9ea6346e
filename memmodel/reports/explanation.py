"""An explanation in, text for people out, at most 80 columns wide and plain enough for a mail."""

from __future__ import annotations

import textwrap

from memmodel.analyses import remarks
from memmodel.analyses.explanation import Explanation, Place, Race, Reason, Refutation, Row, Side, Story
from memmodel.reports.states import line, ordered

WIDTH = 80
NARROWEST = 24
"""Columns that a thread needs; where there is less, steps are listed one below the other."""
NARROWEST_OF_CODE = 36
"""The same where lines are named with their files."""
LONGEST_NUMBER = 5
"""Characters of a line's number; more: a file's name is with it."""

MOST = 8
"""Kinds of reasons that are shown in full."""

MARK = "!"

IN_ORDER = "In this order things become visible:"


def render(explanation: Explanation) -> str:
    """The whole text, ended by a newline."""
    parts = [explanation.title, _about(explanation)]
    parts += [_wrapped(paragraph) for paragraph in explanation.paragraphs[:1] if explanation.story is None]
    if explanation.story is not None:
        parts.append(story_text(explanation.story))
        parts += [_wrapped(paragraph) for paragraph in explanation.paragraphs]
    elif len(explanation.paragraphs) > 1:
        parts += [_wrapped(paragraph) for paragraph in explanation.paragraphs[1:]]
    if explanation.refutation is not None:
        parts += _reasons(explanation.refutation)
    if explanation.race is not None:
        parts.append(_race(explanation, explanation.race))
    if explanation.states is not None:
        listed = "\n".join(f"  {line(state)}" for state in ordered(explanation.states)) or "  none"
        parts.append(f"Reachable final states:\n{listed}")
    return "".join(f"{part}\n\n" for part in parts if part).rstrip("\n") + "\n"


def _about(explanation: Explanation) -> str:
    flags = f"  [{', '.join(explanation.flags)}]" if explanation.flags else ""
    observation = explanation.observation or "-"
    head = f"{explanation.file}: {observation} under {explanation.model}{flags}"
    return "\n".join([*_lines(head, 0), *_lines(explanation.condition, 2)])


def _wrapped(text: str) -> str:
    return "\n".join(_lines(text, 0))


def _lines(text: str, indent: int, first: str = "") -> list[str]:
    pad = " " * indent
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first or pad,
        subsequent_indent=" " * len(first) if first else pad,
        break_long_words=False,
        break_on_hyphens=False,
    )


# ── the execution ────────────────────────────────────────────────────────────────────────────────


def story_text(story: Story) -> str:
    """An execution in columns, a thread each, in an order in which things become visible."""
    used = sorted({row.place.thread for row in story.rows})
    split = any(pair.kept for pair in story.reordered)
    head = "The CPUs agree on no order of what happens; this is one of them:" if split else IN_ORDER
    lines = [head, ""]
    width = (WIDTH - 2) // max(1, len(used)) - 2
    if not story.rows:
        lines = ["Nothing needs to run for it."]
    elif width >= (NARROWEST_OF_CODE if _in_files(story) else NARROWEST):
        lines += _columns(story, used, width)
    else:
        lines += [text for row in story.rows for text in _cell(row, WIDTH - 8, story.threads[row.place.thread])]
    if story.reordered:
        lines.append("")
        for pair in story.reordered:
            first, second = pair.first, pair.second
            if pair.kept:
                what = f"{second} is shown before {first}, which comes first for its own CPU"
            else:
                what = f"{second} takes effect before {first}, which comes first in the program"
            lines += _lines(what, 0, f"  {MARK} ")
    if story.state:
        lines += ["", *_lines(f"Final state: {line(ordered([story.state])[0])}", 0)]
    return "\n".join(lines)


def _in_files(story: Story) -> bool:
    """Whether lines are named with their files, which takes room."""
    return any(len(_number(row.place)) > LONGEST_NUMBER for row in story.rows)


def _columns(story: Story, used: list[int], width: int) -> list[str]:
    head = "".join(f"  {story.threads[thread]:<{width}}" for thread in used).rstrip()
    rule = "".join(f"  {'-' * width}" for _ in used)
    lines = [head, rule]
    for row in story.rows:
        pad = " " * (used.index(row.place.thread) * (width + 2))
        lines += [f"{pad}  {text}".rstrip() for text in _cell(row, width, "")]
    return lines


def _cell(row: Row, width: int, thread: str) -> list[str]:
    """`! 19: atomic_set(busy, 0)`, and below it what that does."""
    label = f"{thread} " if thread else ""
    number = f"{_number(row.place):>3}: " if row.place.where is not None else ""
    head = f"{MARK if row.reordered else ' '} {label}{number}"
    pad = " " * len(head)
    shown = [head]
    if len(number) > LONGEST_NUMBER + 2 and width < WIDTH // 2:  # the name of a file: a line of its own
        pad = " " * 4
        shown = [head.rstrip(), pad]
    room = width - len(shown[-1])
    code = row.place.code
    shown[-1] += code if len(code) <= room else f"{code[: room - 3]}..."
    for effect in row.effects:
        shown += textwrap.wrap(effect, width, initial_indent=pad, subsequent_indent=f"{pad}  ", break_long_words=False)
    return shown


# ── the reasons against it ───────────────────────────────────────────────────────────────────────


def _reasons(refutation: Refutation) -> list[str]:
    main = [reason for reason in refutation.reasons if not reason.by_itself]
    single = [reason for reason in refutation.reasons if reason.by_itself]
    shown = _alike(main or single)
    parts = [_reason(like[0], like[1:], i + 1) for i, like in enumerate(shown[:MOST])]
    if len(shown) > MOST:
        parts.append(f"{len(shown) - MOST} more kinds of reasons: --format json lists them all.")
    if single and main:
        parts.append(_briefly(single))
    return parts


def _alike(reasons: list[Reason]) -> list[list[Reason]]:
    """Reasons grouped: those of a group differ in their lines only."""
    groups: dict[tuple[object, ...], list[Reason]] = {}
    for reason in reasons:
        shape = tuple((edge.relation, edge.first.name, edge.second.name) for edge in reason.edges)
        groups.setdefault((reason.axiom, shape), []).append(reason)
    return list(groups.values())


def _briefly(reasons: list[Reason]) -> str:
    """What needs no barrier, one line for each reason."""
    lines = ["Other ways are ruled out whatever the barriers, by each variable's own coherence", "and atomicity:"]
    said: dict[str, None] = {}
    for reason in reasons:
        places = dict.fromkeys(str(place) for edge in reason.edges for place in (edge.first, edge.second))
        said[f"{reason.axiom}: {', '.join(places)}"] = None
    if len(said) > MOST:
        return "\n".join([*lines, f"     {len(said)} cases of {' and '.join(sorted({r.axiom for r in reasons}))}"])
    for text in said:
        lines += _lines(text, 0, "     - ")
    return "\n".join(lines)


def _reason(reason: Reason, like: list[Reason], number: int) -> str:
    """One reason in full, and the lines of those like it."""
    what = f"a cycle that {reason.axiom} forbids:" if reason.closed else f"what {reason.axiom} forbids:"
    lines = [f"{number:>3}. {what}"]
    for edge in reason.edges:
        causes = f": {'; '.join(cause.text for cause in edge.causes)}" if edge.causes else ""
        lines += _lines(f"{edge.sentence}{causes}", 0, "     - ")
    if reason.closed:
        lines += _lines(f"so {reason.edges[0].first} would come before itself", 5)
    for pairing in reason.pairings:
        lines += _lines(f"pairing: {pairing.left.name} <-> {pairing.right.name}", 5)
    if like:
        others = "; ".join(", ".join(_number(edge.first) for edge in other.edges) for other in like)
        lines += _lines(f"and {len(like)} more such, with the lines {others}", 5)
    return "\n".join(lines)


def _number(place: Place) -> str:
    return (place.where or "initial").removeprefix("line ")


# ── races ────────────────────────────────────────────────────────────────────────────────────────


def _on(side: Side) -> str:
    where = side.place.where or "line ?"
    return f"on {where}" if where.startswith("line ") else f"at {where}"


def _race(explanation: Explanation, race: Race) -> str:
    rows = []
    names = [f"P{side.place.thread}" for side in (race.first, race.second)]
    rows.append(f"BUG: data-race in {names[0]} / {names[1]}")
    for side, name in zip((race.first, race.second), names, strict=True):
        rows += ["", f"{side.kind} by {name} {_on(side)}:", f"  {side.place.code}"]
    if race.others:
        rows += ["", f"({race.others} more such {'pair' if race.others == 1 else 'pairs'} in the same execution)"]
    advice = remarks.race_advice(race)
    return "\n".join([*rows, *(["", *_lines(advice, 0)] if advice else [])])
