"""A review of a series of two patches, made by hand: remarks of all kinds on the first, nothing on the second."""

from __future__ import annotations

from pathlib import Path

from memmodel.analyses.finding import Edit, Finding, Level, Related, Step
from memmodel.analyses.pairs.row import Access, Order, Row, Standing
from memmodel.analyses.review.result import Looked, PatchReview, Remark, Review, Skipped
from memmodel.frontends.patch.patch import Patch
from memmodel.frontends.patch.read import read
from memmodel.source import SourceFile, Span

TEXTS = Path(__file__).parent / "texts"
AFTER = SourceFile("linux/rings/rb.c", (TEXTS / "rb.c").read_text())


def patch_in(name: str) -> Patch:
    """The one patch in the text of that name, taken for a part of a mailbox."""
    (patch,) = read((TEXTS / name).read_bytes(), "series.mbox")
    return patch


ONE = patch_in("first.patch")
TWO = patch_in("second.patch")
MAIL = ONE.source


def at(text: str, file: SourceFile = AFTER) -> Span:
    """Where that text is, once, in the file."""
    assert file.text.count(text) == 1, text
    start = file.text.index(text)
    return file.span(start, start + len(text))


def in_patch(text: str, source: SourceFile = MAIL) -> int:
    """The line of the patch that reads so."""
    (number,) = [n for n, line in enumerate(source.text.splitlines(), 1) if line == text]
    return number


PUT_SLOT = at("WRITE_ONCE(r->slot[head % 8], value)")
PUT_HEAD = at("WRITE_ONCE(r->head, head + 1)")
GET_HEAD = at("smp_load_acquire(&r->head)")
GET_SLOT = at("r->slot[tail % 8]")
MB = at("smp_mb()")
GET_TAIL = at("WRITE_ONCE(r->tail, tail + 1)")
BEFORE_ATOMIC = at("smp_mb__before_atomic()")
BUSY = at("atomic_set(&r->busy, 0)")

LOST = Remark(
    Finding(
        "MM201",
        Level.ERROR,
        "ring_get() can see the new head and miss the new slot",
        "Before this patch, smp_store_release() kept ring.slot before ring.head; now nothing does, and the acquire in "
        "ring_get() has no release to pair with.",
        PUT_HEAD,
        (Related("sees the new head", GET_HEAD), Related("reads the old slot", GET_SLOT)),
        (
            "  ring_put()                              ring_get()",
            "  --------------------------------------  --------------------------------------",
            "! 15: WRITE_ONCE(r->head, head + 1)",
            "                                          23: smp_load_acquire(&r->head) == 1",
            "                                          25: r->slot[tail % 8] == 0",
            "! 14: WRITE_ONCE(r->slot[head % 8], value)",
        ),
        (Edit(PUT_HEAD, "smp_store_release(&r->head, head + 1)"),),
        (
            Step("ring_put", "WRITE_ONCE(r->head, head + 1) writes 1", PUT_HEAD),
            Step("ring_get", "smp_load_acquire(&r->head) reads 1", GET_HEAD),
            Step("ring_get", "r->slot[tail % 8] reads 0", GET_SLOT),
            Step("ring_put", "WRITE_ONCE(r->slot[head % 8], value) writes 1", PUT_SLOT),
        ),
    ),
    in_patch("+	WRITE_ONCE(r->head, head + 1);"),
    ("	/* Pairs with smp_load_acquire() in ring_get(). */", "	smp_store_release(&r->head, head + 1);"),
)
IDLE = Remark(
    Finding(
        "MM205",
        Level.WARNING,
        "smp_mb__before_atomic() orders nothing here: atomic_set() is no read-modify-write",
        "Use atomic_set_release().",
        BEFORE_ATOMIC,
        (Related("this is a plain store, not a read-modify-write", BUSY),),
        edits=(Edit(at("	smp_mb__before_atomic();\n"), ""), Edit(BUSY, "atomic_set_release(&r->busy, 0)")),
    ),
    in_patch("+	smp_mb__before_atomic();"),
)
ELSEWHERE = Remark(
    Finding(
        "MM206",
        Level.NOTE,
        "smp_mb() has nothing left to do that an smp_store_release() would not",
        "",
        MB,
    ),
    None,
)
FIXED = Finding(
    "MM208",
    Level.NOTE,
    "ring_get() no longer returns a slot before it was written",
    "Before, value == 0 was possible with head == 1.",
    GET_SLOT,
)


def access(function: str, field: str, does: str, span: Span, plain: bool = False) -> Access:
    return Access(function, field, does, AFTER.line(span.line).strip(), span, plain)


WRITES_SLOT = access("ring_put", "ring.slot", "writes", PUT_SLOT)
WRITES_HEAD = access("ring_put", "ring.head", "writes", PUT_HEAD)
READS_HEAD = access("ring_get", "ring.head", "reads", GET_HEAD)
READS_SLOT = access("ring_get", "ring.slot", "reads", GET_SLOT, plain=True)
WRITES_TAIL = access("ring_get", "ring.tail", "writes", GET_TAIL)
READS_TAIL = access("ring_put", "ring.tail", "reads", at("READ_ONCE(r->tail)"))

REORDERED = Row(
    WRITES_SLOT,
    WRITES_HEAD,
    READS_HEAD,
    READS_SLOT,
    Standing.REORDERED,
    Order(""),
    Order("smp_load_acquire()", (GET_HEAD,)),
    LOST.finding.witness,
)
ORDERED = Row(
    READS_SLOT,
    WRITES_TAIL,
    READS_TAIL,
    WRITES_SLOT,
    Standing.ORDERED,
    Order("smp_mb()", (MB,)),
    Order("control dependency", (READS_TAIL.span,)),
)
OPEN = Row(
    READS_HEAD,
    WRITES_TAIL,
    READS_TAIL,
    WRITES_HEAD,
    Standing.OPEN,
    Order("smp_mb()", (MB,)),
    Order(""),
    why="a loop goes on past its bound",
)

FIRST = PatchReview(
    ONE,
    (LOST, IDLE, ELSEWHERE),
    (FIXED,),
    (ORDERED, REORDERED, OPEN),
    (
        Looked("ring_put() with ring_get()", "3 pairs, 1 not ordered"),
        Looked("scenarios/ring:kernel", "Never, as before"),
    ),
    (Skipped("ring_idle()", "an array of unknown size", BEFORE_ATOMIC), Skipped("rings/table.S", "not C")),
    1.25,
)
CLEAN = PatchReview(
    TWO,
    (),
    (),
    (),
    (),
    (),
    0.01,
)
SERIES = Review((FIRST, CLEAN), "lkmm", "linux")
NOTHING = Review((CLEAN,), "lkmm", "linux")
