"""The ready-made contracts: a right ring keeps them, and each way to break one is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.cat import models
from memmodel.engines.base import Engine, Request
from memmodel.engines.enumerate import EnumerateEngine
from memmodel.engines.smt import SmtEngine
from memmodel.errors import MemmodelError
from memmodel.events.unroll import unroll
from memmodel.frontends.c.load import load
from memmodel.frontends.c.text.includes import LIBRARY
from memmodel.result import Observation, Result
from memmodel.source import SourceFile
from tests.frontends.c.harness import result

RING = """
#include <memmodel/contracts.h>

#define SIZE {size}
#define once_load(p) READ_ONCE(*(p))
#define once_store(p, v) WRITE_ONCE(*(p), v)
struct ring {{ unsigned int head, tail; int slots[SIZE]; }} ring;

static bool ring_put(struct ring *r, int value)
{{
	unsigned int head = r->head;

	if (head - {load_tail}(&r->tail) >= {space})
		return false;
	r->slots[head % SIZE] = value;
	{store_head}(&r->head, head + 1);
	return true;
}}

static bool ring_take(struct ring *r, int *value)
{{
	unsigned int tail = r->tail;

	if ({load_head}(&r->head) == tail)
		return false;
	*value = r->slots[tail % SIZE];
	{store_tail}(&r->tail, tail + 1);
	return true;
}}

FIFO(samples, 1, 1, {count})

void P0(void)
{{
	for (int i = 0; i < {count}; i++)
		FIFO_PUT(samples, 0, i, ring_put(&ring, FIFO_TAG(samples, 0, i)));
}}

void P1(void)
{{
	int value;

	for (int i = 0; i < {count}; i++)
		if (ring_take(&ring, &value))
			FIFO_TAKE(samples, 0, value);
}}

void final(void)
{{
	FIFO_FINAL(samples, ring.head - ring.tail);
}}
"""
RIGHT = {
    "count": "2",
    "size": "1",
    "space": "SIZE",
    "load_tail": "smp_load_acquire",
    "store_head": "smp_store_release",
    "load_head": "smp_load_acquire",
    "store_tail": "smp_store_release",
}


def ring(engine: Engine | None = None, **changes: str) -> Result:
    return result(RING.format(**{**RIGHT, **changes}), engine)


def test_a_right_ring_keeps_the_fifo_contract() -> None:
    found = ring()
    assert found.observation is Observation.NEVER
    assert not found.flags and not found.faults and not found.bounded and not found.no_executions


@pytest.mark.parametrize(
    "change",
    [
        {"store_head": "once_store"},
        {"load_head": "once_load"},
        {"load_tail": "once_load"},
        {"store_tail": "once_store"},
        {"space": "SIZE + 1"},
    ],
    ids=str,
)
def test_a_ring_without_one_of_its_orderings_is_found_out(change: dict[str, str]) -> None:
    found = ring(**change)
    assert found.observation is Observation.SOMETIMES
    assert "data-race" in found.flags


def test_the_explicit_engine_agrees() -> None:
    assert ring(EnumerateEngine(), count="1").observation is Observation.NEVER
    assert ring(EnumerateEngine(), count="1", store_head="once_store").observation is Observation.SOMETIMES


# ── FIFO, rule by rule: what threads say they took, without a ring ───────────────────────────────

FIFO = """
#include <memmodel/contracts.h>
FIFO(q, 2, 2, 2)
void P0(void) {{ {puts} }}
void P1(void) {{ FIFO_PUT(q, 1, 0, true); }}
void P2(void) {{ {first} }}
void P3(void) {{ {second} }}
void final(void) {{ FIFO_FINAL(q, {left}); }}
"""
BOTH = "FIFO_PUT(q, 0, 0, true); FIFO_PUT(q, 0, 1, true);"


def take(*samples: int, consumer: int) -> str:
    return " ".join(f"FIFO_TAKE(q, {consumer}, {sample});" for sample in samples)


@pytest.mark.parametrize(
    ("first", "second", "left", "why"),
    [
        ((1, 2, 3), (), 0, "all taken in order"),
        ((3, 1, 2), (), 0, "producers may be mixed"),
        ((1,), (3, 2), 0, "shared out to consumers"),
        ((), (), 3, "all still there"),
        ((1,), (3,), 1, "the last of a producer is still there"),
    ],
)
def test_what_a_fifo_may_do(first: tuple[int, ...], second: tuple[int, ...], left: int, why: str) -> None:
    takes = {"first": take(*first, consumer=0), "second": take(*second, consumer=1)}
    assert result(FIFO.format(puts=BOTH, left=left, **takes)).observation is Observation.NEVER, why


@pytest.mark.parametrize(
    ("first", "second", "left", "why"),
    [
        ((1, 1, 2, 3), (), 0, "one consumer gets a sample twice"),
        ((2, 1, 3), (), 0, "out of order"),
        ((1, 2), (2, 3), 0, "two consumers get one sample"),
        ((1, 2), (), 0, "lost"),
        ((1, 2, 3), (), 1, "more left than were put"),
        ((2, 3), (), 1, "the first is still there and the second is not"),
        ((1, 2, 3, 4), (), 0, "never put"),
        ((0,), (), 3, "read before it was written"),
        ((77,), (), 3, "torn"),
    ],
)
def test_what_a_fifo_may_not_do(first: tuple[int, ...], second: tuple[int, ...], left: int, why: str) -> None:
    takes = {"first": take(*first, consumer=0), "second": take(*second, consumer=1)}
    assert result(FIFO.format(puts=BOTH, left=left, **takes)).observation is Observation.ALWAYS, why


def test_more_attempts_than_there_are_bits_for_are_refused() -> None:
    for limit, fits in ((32, True), (33, False)):
        text = f"#include <memmodel/contracts.h>\nFIFO(q, 2, 1, {limit})\nvoid P0(void) {{ FIFO_PUT(q, 0, 0, true); }}"
        if fits:
            assert result(text).observation is Observation.NEVER
        else:
            with pytest.raises(MemmodelError) as caught:
                result(text)
            assert caught.value.span is not None and caught.value.span.line == 2


def test_an_attempt_that_fails_puts_nothing() -> None:
    puts = "FIFO_PUT(q, 0, 0, false); assert(FIFO_PUT(q, 0, 1, true));"
    assert result(FIFO.format(puts=puts, first=take(2, 3, consumer=0), second="", left=0)).observation is (
        Observation.NEVER
    )
    assert result(FIFO.format(puts=puts, first=take(1, 2, 3, consumer=0), second="", left=0)).observation is (
        Observation.ALWAYS
    )


def test_a_tag_rests_on_nothing_that_was_read() -> None:
    """If it did, the store of a sample would be ordered after the read that found room for the one before."""
    text = """
    #include <memmodel/contracts.h>
    FIFO(q, 1, 1, 2)
    int room, slot, r;
    ghost int seen;
    void P0(void)
    {
        FIFO_PUT(q, 0, 0, READ_ONCE(room));
        WRITE_ONCE(slot, FIFO_TAG(q, 0, 1));
    }
    void P1(void)
    {
        int value = READ_ONCE(slot);
        WRITE_ONCE(room, value);
    }
    void final(void) { assert(!(room && q_put[0])); }
    """
    assert result(text).observation is Observation.SOMETIMES


# ── the others ───────────────────────────────────────────────────────────────────────────────────

SECTION = """
#include <memmodel/contracts.h>
EXCLUSIVE(turn)
atomic_t busy;
static void work(void)
{{
	int nobody = 0;

	if (!atomic_try_cmpxchg(&busy, &nobody, 1))
		return;
	EXCLUSIVE_ENTER(turn);
	EXCLUSIVE_LEAVE(turn);
	{clear};
}}
void P0(void) {{ work(); }}
void P1(void) {{ work(); }}
"""


@pytest.mark.parametrize("engine", [SmtEngine(), EnumerateEngine()], ids=lambda e: e.name)
def test_two_owners_are_a_race_and_a_failed_assertion(engine: Engine) -> None:
    found = result(SECTION.format(clear="atomic_set_release(&busy, 0)"), engine)
    assert found.observation is Observation.NEVER and not found.flags
    found = result(SECTION.format(clear="atomic_set(&busy, 0)"), engine)
    assert found.observation is Observation.SOMETIMES and "data-race" in found.flags


def test_a_position_that_goes_back_is_seen() -> None:
    text = """
    #include <memmodel/contracts.h>
    MONOTONE(pos, 1)
    u32 pos = 0xffffffff;
    void P0(void) {{ WRITE_ONCE(pos, {first}); WRITE_ONCE(pos, {second}); }}
    void P1(void) {{ MONOTONE_SEEN(pos, 0, READ_ONCE(pos)); MONOTONE_SEEN(pos, 0, READ_ONCE(pos)); }}
    void final(void) {{ MONOTONE_FINAL(pos, pos); }}
    """
    assert result(text.format(first=0, second=1)).observation is Observation.NEVER
    assert result(text.format(first=1, second=0)).observation is Observation.SOMETIMES


def test_the_end_is_no_less_than_any_thread_saw() -> None:
    text = """
    #include <memmodel/contracts.h>
    MONOTONE(pos, 1)
    u64 pos;
    void P0(void) {{ WRITE_ONCE(pos, 3); }}
    void P1(void) {{ MONOTONE_SEEN(pos, 0, {seen}); }}
    void final(void) {{ MONOTONE_FINAL(pos, pos); }}
    """
    assert result(text.format(seen="READ_ONCE(pos)")).observation is Observation.NEVER
    assert result(text.format(seen=4)).observation is Observation.ALWAYS


def test_a_slot_holds_the_tag_of_its_position() -> None:
    text = """
    #include <memmodel/contracts.h>
    int slot, given;
    void P0(void) {{ WRITE_ONCE(slot, SLOT_TAG(4)); {publish}; }}
    void P1(void) {{ if (smp_load_acquire(&given)) SLOT_IS(4, READ_ONCE(slot)); }}
    """
    assert result(text.format(publish="smp_store_release(&given, 1)")).observation is Observation.NEVER
    assert result(text.format(publish="WRITE_ONCE(given, 1)")).observation is Observation.SOMETIMES


def test_a_torn_sample_is_not_whole() -> None:
    text = """
    #include <memmodel/contracts.h>
    int first, second;
    void P0(void) { WRITE_ONCE(first, 1); WRITE_ONCE(second, 1); }
    void P1(void) { WHOLE(READ_ONCE(first), READ_ONCE(second)); }
    """
    assert result(text).observation is Observation.SOMETIMES


def test_the_example_in_the_header_is_a_harness(tmp_path: Path) -> None:
    header = (LIBRARY / "memmodel" / "contracts.h").read_text(encoding="utf-8")
    comment = header[: header.index("*/")]
    lines = [line.removeprefix(" *\t") for line in comment.splitlines() if line.startswith(" *\t")]
    example = "\n".join(lines[: lines.index(next(line for line in lines if "final" in line)) + 1])
    assert example.count("\n") < 10
    ring = RING.format(**RIGHT)
    code = ring[ring.index("#define SIZE") : ring.index("FIFO(")].replace("} ring;", "};")
    code = code.replace("int *value", "u64 *value")
    (tmp_path / "ring.c").write_text(code, encoding="utf-8")
    lowered = load(SourceFile("harness.c", example), folder=tmp_path, tree=None, defines={})
    found = SmtEngine().run(unroll(lowered.program), models.load("lkmm").model, Request())
    assert found.observation is Observation.NEVER and not found.flags
