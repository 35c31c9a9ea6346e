"""A thread without jumps in, its lines in a litmus test out."""

from __future__ import annotations

from memmodel.errors import Unsupported
from memmodel.program import ir
from memmodel.program.ir import Expression, Instruction
from memmodel.records import dataclass
from memmodel.reports.litmus.accesses import Accesses, Statement
from memmodel.reports.litmus.knowledge import NOTHING
from memmodel.reports.litmus.names import Names
from memmodel.reports.litmus.places import Places, Variable, expressions
from memmodel.reports.litmus.spelling import Speller, locals_in, negated

INDENT = "  "


@dataclass(frozen=True)
class Spelled:
    """A thread: the variables that it mentions, its lines, and what its locals are called."""

    variables: tuple[Variable, ...]
    lines: tuple[str, ...]
    names: dict[str, str]


@dataclass
class _Line:
    """`target = text` or another line, `depth` blocks deep."""

    text: str
    target: str | None
    depth: int
    place: str = ""
    """What stands behind it, as a comment."""


class Threads:
    """Spells threads. `depths` says of variables and locals how many stars their type has; `comments` whether lines say
    where they come from."""

    def __init__(self, places: Places, comments: bool) -> None:
        self.places = places
        self.knowledge = places.knowledge
        self.comments = comments
        self.taken = {variable.name for variable in places.variables.values()}

    def spell(self, thread: ir.Thread) -> Spelled:
        """One thread."""
        return _Thread(self, thread).spell()


class _Thread:
    def __init__(self, threads: Threads, thread: ir.Thread) -> None:
        self.thread = thread
        self.places = threads.places
        self.knowledge = threads.knowledge
        self.comments = threads.comments
        self.names = Names(thread, threads.taken)
        self.variables: dict[Variable, None] = {}
        self.lines: list[_Line] = []
        self.pointers: dict[str, int] = {}
        self.speller = Speller(self.places, self.names.of, self._mention)
        self.accesses = Accesses(self.speller, self.names.spare)

    def _mention(self, variable: Variable) -> str:
        self.variables[variable] = None
        return variable.name

    def spell(self) -> Spelled:
        _check_operands(self.thread.body, self.knowledge.span)
        for name in self.thread.initial:
            self._note(name, self.knowledge.values(self.thread.initial[name], NOTHING))
        self._body(self.thread.body, 0)
        return Spelled(tuple(self.variables), tuple(self._declared()), self.names.of)

    def _body(self, body: tuple[Instruction, ...], depth: int) -> None:
        for node in body:
            if not self.knowledge.reached(node):
                continue
            match node:
                case ir.Assign():
                    known, span = self.knowledge.at(node), self.knowledge.span(node)
                    value = self.speller.value(node.value, known, span)
                    self._note(node.target, self.knowledge.values(node.value, known))
                    self._add(node, Statement(value.text, self.names.of[node.target]), depth)
                case ir.If():
                    self._if(node, depth)
                case _:
                    self._access(node, depth)

    def _access(self, node: Instruction, depth: int) -> None:
        self._add(node, self.accesses.statement(node), depth)
        if isinstance(node, ir.Load) and node.target is not None:
            self._note(node.target, self.knowledge.loaded(node))
        elif isinstance(node, ir.ReadModifyWrite):
            self._note(node.old, self.knowledge.loaded(node))

    def _note(self, name: str, values: frozenset[int] | None) -> None:
        """A local takes one of these values: is it a pointer?"""
        depth = self.places.depth(values)
        self.pointers[self.names.of[name]] = max(depth, self.pointers.get(self.names.of[name], 0))

    def _add(self, node: Instruction, statement: Statement, depth: int) -> None:
        span = self.knowledge.span(node)
        place = f"{span.file.name}:{span.line}" if self.comments else ""
        self.lines.append(_Line(f"{statement.text};", statement.target, depth, place))

    def _if(self, node: ir.If, depth: int) -> None:
        known, span = self.knowledge.at(node), self.knowledge.span(node)
        condition = self.speller.condition(node.condition, node.consulted, known, span)
        start = len(self.lines)
        self.lines.append(_Line("", None, depth))
        self._body(node.then, depth + 1)
        middle = len(self.lines)
        self._body(node.otherwise, depth + 1)
        if len(self.lines) == start + 1:
            del self.lines[start]
            return
        if middle == start + 1:
            # herd7 knows no empty blocks.
            condition = self.speller.condition(negated(node.condition), node.consulted, known, span)
        elif middle < len(self.lines):
            self.lines.insert(middle, _Line("} else {", None, depth))
        self.lines[start].text = f"if ({condition.text}) {{"
        self.lines.append(_Line("}", None, depth))

    def _declared(self) -> list[str]:
        """The lines; locals are declared where they are first assigned, or at the top if that is inside a branch."""
        declared = {self.names.of[name] for name in self.thread.initial}
        above: list[str] = []
        out: list[str] = []
        for line in self.lines:
            text = line.text
            if line.target is not None:
                text = f"{line.target} = {text}"
                if line.target not in declared:
                    type_ = f"int {'*' * self.pointers.get(line.target, 0)}"
                    if line.depth:
                        above.append(f"{INDENT}{type_}{line.target};")
                    else:
                        text = f"{type_}{text}"
                    declared.add(line.target)
            text = f"{INDENT * (line.depth + 1)}{text}"
            out.append(f"{text:<56} // {line.place}" if line.place else text)
        # What only unreachable code assigns is 0.
        constant = [f"{INDENT}int {name} = 0;" for name in self.speller.read if name not in declared]
        return [*constant, *above, *out]


def _check_operands(body: tuple[Instruction, ...], span_of: object) -> None:
    """What herd7's atomic_fetch_add returns rests on what was added; in the program it need not."""
    tied = {name: frozenset(operands) for name, operands in _tied(body) if operands}
    if not tied:
        return
    for node, together in _together(body):
        names = {name for expression in together for name in locals_in(expression)}
        for old in names & set(tied):
            if isinstance(node, ir.ReadModifyWrite) and node.old == old:
                continue
            if not tied[old] <= names:
                assert callable(span_of)
                hint = "herd7 takes it to rest on the operand too: make the operand a constant"
                raise Unsupported("the value before an atomic operation is used here", span_of(node), hint)


def _tied(body: tuple[Instruction, ...]) -> list[tuple[str, list[str]]]:
    """The results of operations, and what their operands rest on."""
    found: list[tuple[str, list[str]]] = []
    for node in body:
        if isinstance(node, ir.If):
            found += [*_tied(node.then), *_tied(node.otherwise)]
        elif isinstance(node, ir.ReadModifyWrite) and node.carries_data:
            found.append((node.old, [name for name in locals_in(node.value) if name != node.old]))
    return found


def _together(body: tuple[Instruction, ...]) -> list[tuple[Instruction, list[Expression]]]:
    """What is computed from locals, what rests together in one list."""
    found: list[tuple[Instruction, list[Expression]]] = []
    for node in body:
        if isinstance(node, ir.If):
            found += [(node, [node.condition, *node.consulted]), *_together(node.then), *_together(node.otherwise)]
        else:
            found += [(node, [expression]) for expression in expressions(node)]
    return found
