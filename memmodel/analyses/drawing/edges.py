"""An execution, its boxes and its cycle in; the edges that are drawn out, each with a sentence on what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from memmodel.analyses import wording
from memmodel.analyses.drawing.cycle import ORDER, Link
from memmodel.analyses.drawing.orders import Orders
from memmodel.analyses.story import Execution
from memmodel.cat.relations import Rows
from memmodel.events.graph import INITIAL, EventKind
from memmodel.picture import Edge


class Edges:
    """The edges of one picture. `shown`: the nodes that have boxes, in program order; `box`: event to box."""

    def __init__(self, execution: Execution, shown: Sequence[int], box: Mapping[int, int]) -> None:
        self._execution = execution
        self._shown = shown
        self._box = box
        self._orders = Orders(execution)
        self._found: dict[tuple[str, int, int], Edge] = {}

    def all(self, links: Sequence[Link], races: Sequence[tuple[int, int]]) -> tuple[Edge, ...]:
        """Program order, communication, orders within threads, then what the cycle adds; `races`: pairs of events."""
        self._program_order()
        self._communication()
        for link in links:
            self._link(link)
        self._thread_orders(links)
        for first, second in races:
            a, b = self._name(first), self._name(second)
            self._add("race", first, second, f"the model puts {a} and {b} in no order: they race")
        return tuple(self._found.values())

    def _add(self, relation: str, first: int, second: int, rule: str, cycle: bool = False) -> None:
        a, b = self._box.get(first), self._box.get(second)
        if a is None or b is None or a == b:
            return
        key = (relation, a, b)
        if cycle or key not in self._found:
            self._found[key] = Edge(relation, a, b, rule if rule.endswith(".") else wording.sentence(rule), cycle)

    def _name(self, event: int) -> str:
        return str(wording.place(self._execution.done, self._execution.graph.events[event]))

    # ── the whole execution ──────────────────────────────────────────────────────────────────────

    def _program_order(self) -> None:
        nodes = self._execution.nodes
        for a, b in pairwise(self._shown):
            if nodes[a].thread == nodes[b].thread:
                first, second = nodes[a].events[0], nodes[b].events[0]
                self._add("po", first, second, f"{self._name(first)} comes before {self._name(second)} in the program")

    def _communication(self) -> None:
        """rf; co from each write to the next; fr to the first write that overwrites what was read, if that is of
        another thread. What overwrites an initial value that somebody reads is told by fr, and what a thread
        itself overwrites by program order."""
        execution = self._execution.witness.execution
        events = self._execution.graph.events
        following = {a: b for order in execution.co for a, b in pairwise(order)}
        read = {write for write, reader in execution.rf if reader in self._box}
        for write, reader in execution.rf:
            self._add("rf", write, reader, self.said("rf", write, reader))
            after = following.get(write)
            if after is not None and events[after].thread != events[reader].thread:
                self._add("fr", reader, after, self.said("fr", reader, after))
        for a, b in following.items():
            if (events[a].thread != INITIAL or a not in read) and events[a].thread != events[b].thread:
                self._add("co", a, b, self.said("co", a, b))

    def said(self, relation: str, first: int, second: int) -> str:
        """Communication in a sentence."""
        done, events = self._execution.done, self._execution.graph.events
        a, b = self._name(first), self._name(second)
        if relation == "rf":
            value = wording.value(done, events[second])
            source = a if events[first].thread == INITIAL else f"what {a} writes"
            return f"{b} reads {value}, {source}"
        if relation == "co":
            return f"{b} overwrites {a if events[first].thread == INITIAL else f'what {a} writes'}"
        return (
            f"{a} reads {wording.value(done, events[first])}, a value that {b} overwrites: it reads before that write"
        )

    # ── within threads ───────────────────────────────────────────────────────────────────────────

    def _thread_orders(self, links: Sequence[Link]) -> None:
        """What orders accesses of a thread, each relation between the nearest accesses only. In C, where threads are
        long, in the stretches that the cycle runs through."""
        nodes = self._execution.nodes
        threads = {nodes[node].thread for node in self._shown}
        for thread in sorted(threads):
            mine = [node for node in self._shown if nodes[node].thread == thread]
            if self._execution.graph.program.exact:
                mine = self._stretch(mine, links)
            for name, rows in self._orders.relations.items():
                self._nearest(name, self._between(rows, mine))

    def _stretch(self, nodes: list[int], links: Sequence[Link]) -> list[int]:
        """The nodes of a thread from the first on the cycle to the last."""
        on = {self._execution.number.get(event) for link in links for event in (link.first, link.second)}
        places = [i for i, node in enumerate(nodes) if node in on]
        return nodes[places[0] : places[-1] + 1] if places else []

    def _between(self, rows: Rows, nodes: list[int]) -> dict[tuple[int, int], tuple[int, int]]:
        """Pairs of nodes that a relation orders, with the events by which it does."""
        all_nodes = self._execution.nodes
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for i, a in enumerate(nodes):
            for b in nodes[i + 1 :]:
                pairs = [(x, y) for x in all_nodes[a].events for y in all_nodes[b].events if rows[x] >> y & 1]
                if pairs:
                    found[a, b] = pairs[0]
        return found

    def _nearest(self, name: str, pairs: dict[tuple[int, int], tuple[int, int]]) -> None:
        """Those pairs with no other of them inside, but for what the cycle shows already."""
        shown = [(e.first, e.second) for e in self._found.values() if e.relation == name and e.cycle]
        for (a, b), (x, y) in pairs.items():
            if any(a <= c and d <= b and (a, b) != (c, d) for c, d in pairs):
                continue
            if any(first <= self._box[x] and self._box[y] <= second for first, second in shown):
                continue
            if name in self._orders.names(x, y) or name == "ctrl":
                self._add(name, x, y, self._orders.rule(name, x, y))

    # ── the cycle ────────────────────────────────────────────────────────────────────────────────

    def _link(self, link: Link) -> None:
        x, y = link.first, link.second
        if link.relation in ("rf", "co", "fr"):
            self._add(link.relation, x, y, self.said(link.relation, x, y), cycle=True)
        elif link.relation == ORDER:
            names = self._orders.names(x, y)
            if names:
                for name in names[:1]:
                    self._add(name, x, y, self._orders.rule(name, x, y), cycle=True)
            else:
                self._add("po", x, y, self._orders.unordered(x, y), cycle=True)
        else:
            self._add(link.relation, x, y, self._related(link), cycle=True)

    def _related(self, link: Link) -> str:
        a, b = self._name(link.first), self._name(link.second)
        if link.relation.endswith("rcu-rscs^-1"):
            return f"a read-side critical section begins at {b} and ends at {a}, and no grace period fits into one"
        return f"{a} is related to {b} ({link.relation})"


def written(execution: Execution, nodes: Sequence[int]) -> list[int]:
    """The initial writes that these nodes read from or, where no node reads them, overwrite."""
    events = execution.graph.events
    mine = {event for node in nodes for event in execution.nodes[node].events}
    found = {
        write for write, read in execution.witness.execution.rf if read in mine and events[write].thread == INITIAL
    }
    if not execution.graph.program.exact:
        for order in execution.witness.execution.co:
            if len(order) > 1 and order[1] in mine:
                found.add(order[0])
    return sorted(found)


def passing(execution: Execution) -> set[int]:
    """The nodes that read from another thread or are read by one, and the markers of critical sections."""
    nodes, number = execution.nodes, execution.number
    found = {i for i, node in enumerate(nodes) if execution.graph.events[node.events[0]].kind is EventKind.FENCE}
    for write, read in execution.witness.execution.rf:
        a, b = number.get(write), number.get(read)
        if a is not None and b is not None and nodes[a].thread != nodes[b].thread:
            found |= {a, b}
    return found


def partners(execution: Execution, nodes: set[int]) -> set[int]:
    """The nodes that some nodes read from, or that read from them."""
    number = execution.number
    pairs = [(number.get(write), number.get(read)) for write, read in execution.witness.execution.rf]
    return {node for pair in pairs if nodes & set(pair) for node in pair if node is not None}
