"""A witness in, the same as a sequence of steps out: consistent with reads-from and coherence, and with program order
except for as few pairs as can be."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from functools import cached_property

from memmodel.analyses import wording
from memmodel.analyses.explanation import Pair, Place, Row, Story
from memmodel.cat.evaluate import Evaluation, evaluation_of
from memmodel.cat.relations import Rows, bits
from memmodel.cat.terms import CheckKind, Model, Sort, base
from memmodel.events.execution import Replay, replay
from memmodel.events.graph import INITIAL, EventGraph, EventKind
from memmodel.records import dataclass
from memmodel.result import Witness

LOOK = 5_000
"""Orders tried for the one that breaks program order least; beyond them, the first that fits is taken."""

USUAL = 10
HALF_ORDERED = 100
ORDERED = 1000
"""What it costs to break program order: where the model does not keep it, where it does for one half of a
read-modify-write, and where it does."""

SHOWN_FENCES = frozenset(("rcu-lock", "rcu-unlock", "sync-rcu", "sync-srcu"))


@dataclass(frozen=True)
class Node:
    """An instruction that ran: one access, or the two halves of a read-modify-write."""

    thread: int
    events: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Execution:
    """A witness with what is asked of it: values, relations, instructions."""

    graph: EventGraph
    model: Model
    witness: Witness

    @cached_property
    def done(self) -> Replay:
        return replay(self.graph, self.witness.execution)

    @cached_property
    def evaluation(self) -> Evaluation:
        return evaluation_of(self.done)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The instructions of the threads, in program order, thread after thread."""
        executed = self.witness.execution.executed
        partner = {read: write for read, write in self.graph.rmw if executed >> write & 1 and executed >> read & 1}
        seconds = set(partner.values())
        nodes: list[Node] = []
        for event in self.graph.events:
            if not executed >> event.id & 1 or event.thread == INITIAL or event.id in seconds:
                continue
            if event.kind is EventKind.FENCE and event.tags.isdisjoint(SHOWN_FENCES):
                continue
            events = (event.id, partner[event.id]) if event.id in partner else (event.id,)
            nodes.append(Node(event.thread, events))
        return tuple(nodes)

    @cached_property
    def number(self) -> dict[int, int]:
        """Event to the number of its node."""
        return {event: i for i, node in enumerate(self.nodes) for event in node.events}

    def place(self, node: int) -> Place:
        """A node as people know it."""
        return wording.place(self.done, self.graph.events[self.nodes[node].events[0]])

    def pair(self, a: int, b: int) -> Pair:
        """Two nodes of one thread."""
        events = [(x, y) for x in self.nodes[a].events for y in self.nodes[b].events]
        return Pair(self.place(a), self.place(b), all(self.kept[x] >> y & 1 for x, y in events))

    def lift(self, rows: Rows) -> Rows:
        """A relation of events as one of nodes, without loops."""
        lifted = [0] * len(self.nodes)
        for a, row in enumerate(rows):
            if a in self.number:
                for b in bits(row):
                    if b in self.number and self.number[a] != self.number[b]:
                        lifted[self.number[a]] |= 1 << self.number[b]
        return lifted

    @cached_property
    def communication(self) -> Rows:
        """rf, co and fr between nodes."""
        relations = [self.evaluation.relation(base(name, Sort.RELATION)) for name in ("rf", "co", "fr")]
        return [a | b | c for a, b, c in zip(*map(self.lift, relations), strict=True)]

    @cached_property
    def order(self) -> Rows:
        """Program order between nodes."""
        return [
            sum(1 << j for j in range(i + 1, len(self.nodes)) if self.nodes[j].thread == node.thread)
            for i, node in enumerate(self.nodes)
        ]

    @cached_property
    def kept(self) -> Rows:
        """Pairs of events in program order that the model keeps so, by its axioms or its fences."""
        po = self.evaluation.relation(base("po", Sort.RELATION))
        terms = [c.term for c in self.model.axioms if c.kind is CheckKind.ACYCLIC and not c.negated]
        terms += [d.term for d in self.model.definitions if d.name in ("fence", "ppo", "po-unlock-lock-po")]
        rows = [0] * len(po)
        for term in terms:
            if term.sort is Sort.RELATION:
                rows = [a | b & c for a, b, c in zip(rows, self.evaluation.relation(term), po, strict=True)]
        return rows

    def communicates(self, a: int, b: int) -> list[tuple[int, int]]:
        """The pairs of events by which node b comes after node a in a cell."""
        relations = [self.evaluation.relation(base(name, Sort.RELATION)) for name in ("rf", "co", "fr")]
        return [
            (x, y)
            for x in self.nodes[a].events
            for y in self.nodes[b].events
            if any(rows[x] >> y & 1 for rows in relations)
        ]


Pairs = list[tuple[int, int]]


def sequence(
    execution: Execution, preferred: frozenset[tuple[int, int]] = frozenset(), look: int = LOOK
) -> tuple[list[int], Pairs]:
    """Nodes in an order that keeps communication and breaks program order least; and the pairs it breaks, which are of
    `preferred` where there is a choice. `look`: orders tried at most."""
    size = len(execution.nodes)
    before = _inverse(execution.communication, size)
    po_before = _inverse(execution.order, size)
    everything = (1 << size) - 1
    threads = {node.thread: 0 for node in execution.nodes}
    for number, node in enumerate(execution.nodes):
        threads[node.thread] |= 1 << number
    prices: dict[tuple[int, int], int] = {}

    def price_of(a: int, b: int) -> int:
        if (a, b) not in prices:
            prices[a, b] = _price(execution, a, b) - ((a, b) in preferred)
        return prices[a, b]

    def settle(done: int, last: int) -> tuple[int, list[int]]:
        """Emit all that costs nothing: it is never wrong to. The thread that was at it goes on where it can."""
        added: list[int] = []
        while True:
            heads = [left & -left for nodes in threads.values() if (left := nodes & ~done)]
            free = [n for n in sorted(head.bit_length() - 1 for head in heads) if not before[n] & ~done]
            if not free:
                return done, added
            thread = execution.nodes[last].thread if last >= 0 else 0
            last = next((n for n in free if execution.nodes[n].thread == thread), free[0])
            done |= 1 << last
            added.append(last)

    start, emitted = settle(0, -1)
    queue: list[tuple[int, int, int, list[int], Pairs]] = [(0, 0, start, emitted, [])]
    seen: set[int] = set()
    count = 0
    while True:
        cost, _, done, emitted, broken = heapq.heappop(queue)
        if done == everything:
            return emitted, broken
        if done in seen:
            continue
        seen.add(done)
        if len(seen) > look:
            queue.clear()
        for n in bits(everything & ~done):
            if before[n] & ~done:
                continue
            overtaken = list(bits(po_before[n] & ~done))
            price = sum(price_of(a, n) for a in overtaken)
            following, added = settle(done | 1 << n, n)
            count += 1
            pairs = broken + [(a, n) for a in overtaken]
            heapq.heappush(queue, (cost + price, count, following, [*emitted, n, *added], pairs))


def _price(execution: Execution, a: int, b: int) -> int:
    """What it costs to let b, which is after a in program order, go first."""
    kept = [execution.kept[x] >> y & 1 for x in execution.nodes[a].events for y in execution.nodes[b].events]
    return ORDERED if all(kept) else HALF_ORDERED if any(kept) else USUAL


def tell(execution: Execution, missing: Iterable[Pair] = ()) -> Story:
    """The witness as rows, values shown. `missing`: pairs known not to be ordered, to be shown so if it can be done."""
    wanted = {(pair.first, pair.second) for pair in missing}
    places = [execution.place(node) for node in range(len(execution.nodes))]
    ordered = [(a, b) for a, row in enumerate(execution.order) for b in bits(row)]
    order, broken = sequence(execution, frozenset(p for p in ordered if (places[p[0]], places[p[1]]) in wanted))
    moved = {n for pair in broken for n in pair}
    if execution.graph.program.exact:
        order = [n for n in order if n in moved or not settled(execution, execution.nodes[n])]
    rows = tuple(Row(execution.place(n), effects(execution, execution.nodes[n]), n in moved) for n in order)
    pairs = tuple(execution.pair(a, b) for a, b in broken)
    names = tuple(thread.name for thread in execution.graph.program.threads)
    return Story(names, rows, pairs, execution.witness.state)


def settled(execution: Execution, node: Node) -> bool:
    """Whether a node only reads what no thread writes: set up once, as the size and place of a buffer in C."""
    events = execution.graph.events
    source = {read: write for write, read in execution.witness.execution.rf}
    written = {order[0] for order in execution.witness.execution.co if len(order) > 1}
    origins = [source.get(event) for event in node.events]
    return all(o is not None and o not in written and events[o].thread == INITIAL for o in origins)


def cost(execution: Execution) -> tuple[int, int]:
    """How surprising a witness is: pairs out of order, then reads from other threads."""
    _, broken = sequence(execution)
    events = execution.graph.events
    outside = sum(events[w].thread not in (INITIAL, events[r].thread) for w, r in execution.witness.execution.rf)
    return len(broken), outside


def effects(execution: Execution, node: Node) -> tuple[str, ...]:
    """`reads busy = 0 from line 19`, `writes busy = 1`, one for each event."""
    done, events = execution.done, execution.graph.events
    source = {read: write for write, read in execution.witness.execution.rf}
    said: list[str] = []
    for number in node.events:
        event = events[number]
        if event.kind is EventKind.FENCE:
            continue
        what = f"{wording.cell(done, event)} = {wording.value(done, event)}"
        if event.kind is EventKind.READ:
            said.append(f"reads {what}{_origin(execution, event.id, source[event.id])}")
        else:
            said.append(f"writes {what}{_overwritten(execution, event.id)}")
    return tuple(said)


def _origin(execution: Execution, read: int, write: int) -> str:
    events = execution.graph.events
    source = events[write]
    if source.thread == INITIAL:
        return " (initial)"
    own = " of its own" if source.thread == events[read].thread else ""
    return f" from {source.span.where}{own}" if source.span else ""


def _overwritten(execution: Execution, write: int) -> str:
    """What another thread wrote and this write overwrites; initial values are not worth a word."""
    for order in execution.witness.execution.co:
        if write in order[1:]:
            before = execution.graph.events[order[order.index(write) - 1]]
            if before.thread not in (INITIAL, execution.graph.events[write].thread) and before.span:
                return f" over {before.span.where}"
    return ""


def _inverse(rows: Rows, size: int) -> Rows:
    result = [0] * size
    for a, row in enumerate(rows):
        for b in bits(row):
            result[b] |= 1 << a
    return result
