"""What was found in; the title and the paragraphs that say it in plain words out."""

from __future__ import annotations

from collections.abc import Iterable

from memmodel.analyses import wording
from memmodel.analyses.explanation import Cure, Gap, Missing, Place, Race, Refutation
from memmodel.analyses.story import Execution
from memmodel.analyses.wording import listed, sentence, the
from memmodel.program.ir import Program, Quantifier
from memmodel.result import Observation, Result

OUT_OF_TIME = "The time limit was reached before everything was explained; --timeout raises it."


def outcome(program: Program) -> str:
    """What the question is about."""
    if program.exact:
        return "an assertion to fail"
    return "the condition to fail" if program.quantifier is Quantifier.FORALL else "the outcome"


# ── reachable ────────────────────────────────────────────────────────────────────────────────────


def title(missing: Missing, program: Program) -> str:
    """One line: which two accesses can be seen out of order, and what is missing between them."""
    fails = program.quantifier is Quantifier.FORALL
    what = "The condition can fail" if fails else "The outcome can happen"
    what = "An assertion can fail" if program.exact else what
    if missing.cure is Cure.PROVEN and missing.gaps:
        gap = missing.gaps[0]
        more = len(missing.gaps) - 1
        others = "" if not more else f" (and {more} more such {'pair' if more == 1 else 'pairs'})"
        return f"{overtaking(gap)}: {gap.because}{others}"
    if missing.cure is Cure.INTERLEAVING:
        return f"{what} with everything in program order: no memory barrier prevents it"
    if missing.cure is Cure.NONE:
        return f"{what}, and full barriers do not prevent it"
    return f"{what}; which ordering is missing was not found within the time limit"


def overtaking(gap: Gap) -> str:
    """`WRITE_ONCE(busy) line 12 can become visible before smp_store_release(cons) line 11`."""
    if gap.pair.kept:
        return f"{gap.pair.first} and {gap.pair.second} are in no order that all CPUs agree on"
    verb = "become visible" if gap.second_writes else "be executed"
    return f"{gap.pair.second} can {verb} before {gap.pair.first}"


def reachable(missing: Missing, shown: Execution, observation: Observation | None) -> tuple[str, ...]:
    """How the witness comes about, gap after gap; and what full barriers would do."""
    told: list[frozenset[str]] = []
    said: list[str] = []
    for gap in missing.gaps:
        around = frozenset(gap.around)
        said.append(_paragraph(shown, gap, around not in told))
        told.append(around)
    if missing.cure is Cure.PROVEN and missing.gaps:
        said.append(_cure(missing))
    elif missing.cure is Cure.INTERLEAVING:
        said.append(
            "Nothing is out of order in this execution: each access reads what the last one before it wrote. "
            "To exclude it takes a lock, an atomic read-modify-write, a grace period or another algorithm, not a "
            "memory barrier."
        )
    elif missing.cure is Cure.NONE:
        said.append(
            "A full barrier before each access that overtakes an earlier one was tried, and the outcome stays "
            "possible. Barriers do not order plain accesses as they do READ_ONCE() and WRITE_ONCE()."
        )
    if observation is Observation.ALWAYS and shown.graph.program.quantifier is not Quantifier.FORALL:
        said.append("Every execution ends like this.")
    return tuple(said)


def _paragraph(shown: Execution, gap: Gap, news: bool) -> str:
    thread = shown.graph.program.threads[gap.pair.first.thread].name
    link = "and" if gap.pair.kept else "but"
    parts = [f"{thread} has {the(gap.pair.first)} before {the(gap.pair.second)}, {link} {gap.because}", *gap.remarks]
    if gap.around and news:
        so = "In another execution" if gap.elsewhere else "So"
        parts.append(f"{so} {(', while ' if len(gap.around) == 2 else '; ').join(gap.around)}")
    return " ".join(sentence(part) for part in parts)


def _cure(missing: Missing) -> str:
    places = _places((gap.pair.first, gap.before) for gap in missing.gaps)
    if len(missing.gaps) == 1:
        return f"With a full barrier {places[0]} the outcome is impossible (checked)."
    return f"With full barriers {listed(places)} the outcome is impossible; with one of them less it is not (checked)."


def _places(pairs: Iterable[tuple[Place, Place]]) -> list[str]:
    """Where barriers belong; lines that several threads run are named once, with the threads."""
    threads: dict[str, list[int]] = {}
    for first, second in pairs:
        threads.setdefault(_between(first, second), []).append(first.thread)
    return [
        place if len(mine) == 1 else f"{place} in {listed([f'P{thread}' for thread in dict.fromkeys(mine)])}"
        for place, mine in threads.items()
    ]


def _between(first: Place, second: Place) -> str:
    if first.where == second.where:
        return f"between {first.name} and {second.name} {wording.on(first.span)}"
    return f"between {wording.lines(first.span, second.span, 'and')}"


# ── unreachable ──────────────────────────────────────────────────────────────────────────────────


def unreachable_title(refutation: Refutation, program: Program) -> str:
    """One line: what forbids the outcome."""
    never = "Always" if program.quantifier is Quantifier.FORALL else "Never"
    other, values = ("it", "these") if never == "Never" else ("anything else", "other")
    if not refutation.complete:
        return f"{never}; not all of the reasons were found within the time limit"
    main = [reason for reason in refutation.reasons if not reason.by_itself]
    pairings = list(dict.fromkeys(pairing for reason in main for pairing in reason.pairings))
    if pairings:
        first = pairings[0]
        more = f" (and {len(pairings) - 1} more)" if len(pairings) > 1 else ""
        return f"{never}: {first.left.name} pairs with {first.right.name}{more}"
    if main:
        return f"{never}: the axiom {main[0].axiom} forbids {other}"
    if refutation.reasons:
        return f"{never}: each variable by itself forbids {other}, whatever the barriers"
    if refutation.thin_air:
        return f"{never}: a value would have to come from itself"
    if refutation.coherent:
        return f"{never}: no execution in which each variable by itself is coherent gives {values} values"
    return f"{never}: no execution of the program gives {values} values, whatever the memory model"


def unreachable(refutation: Refutation, program: Program) -> tuple[str, ...]:
    """What the list of reasons covers."""
    said: list[str] = []
    wanted = outcome(program)
    count = len(refutation.reasons)
    if refutation.complete and count:
        ways = "reason forbids" if count == 1 else f"{count} reasons together forbid"
        said.append(
            f"For {wanted}, every choice of what is read from where, and of which write comes last, was looked at. "
            f"{'This' if count == 1 else 'These'} {ways} them all"
            f"{', and none can be left out' if count > 1 else ''}."
        )
    elif not refutation.complete:
        said.append(f"The reasons below forbid some ways for {wanted}; there may be more.")
    if refutation.coherent:
        said.append("Executions in which a single variable is not coherent were left aside.")
    if refutation.thin_air:
        said.append("In some other ways a value would have to come from itself, out of thin air.")
    return tuple(said)


# ── races ────────────────────────────────────────────────────────────────────────────────────────


def race_title(race: Race, program: Program) -> str:
    """KCSAN's title, with the lines."""
    first, second = race.first, race.second
    threads = [program.threads[side.place.thread].name for side in (first, second)]
    sides = [f"{side.kind}, {side.place.where}" for side in (first, second)]
    return f"data-race in {threads[0]} / {threads[1]}: {sides[0]}, and {sides[1]}"


def race_advice(race: Race) -> str:
    """What would order the two, as far as it was found."""
    said: list[str] = []
    if race.missing.cure is Cure.PROVEN and race.missing.gaps:
        places = _places((gap.pair.first, gap.pair.second) for gap in race.missing.gaps)
        barriers = "a full barrier" if len(race.missing.gaps) == 1 else "full barriers"
        said.append(f"{barriers} {listed(places)} would order them (checked)")
    elif race.missing.cure is Cure.NONE:
        said.append(
            "no barriers order them as the threads stand (checked): that takes a lock, or a flag that one thread sets "
            "and the other tests"
        )
    if race.marking:
        which = "all of these accesses" if race.others else "both"
        said.append(
            f"with READ_ONCE() or WRITE_ONCE() on {which} there is no data race (checked), which alone puts them in no "
            "order"
        )
    return " ".join(sentence(text) for text in said)


# ── the rest ─────────────────────────────────────────────────────────────────────────────────────


def no_executions(result: Result) -> str:
    """Why a program has no execution."""
    if result.deadlock:
        return "no execution finishes, because a lock is waited for that is never released"
    if result.bounded:
        return "no execution finishes within the loop bound"
    if result.cut:
        return "no execution finishes, because a loop waits for what never comes"
    return "no execution meets the filter or the program's assumptions"


def bounded(program: Program) -> str:
    """What a verdict up to a loop bound is worth."""
    return (
        f"Loops were run at most {program.unroll} times, and some execution would go on: with a larger --unroll the "
        "outcome may be possible."
    )
