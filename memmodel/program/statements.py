"""C statements in, structured instructions out: loops, jumps, and calls of the file's own functions, inlined."""

from __future__ import annotations

from collections.abc import Mapping

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program import values
from memmodel.program.calls import Calls
from memmodel.program.ir import (
    TRUE,
    Assign,
    Block,
    Exit,
    Expression,
    If,
    Instruction,
    Local,
    Loop,
)
from memmodel.program.objects import Types
from memmodel.program.places import Scope, Warning_
from memmodel.program.primitives import PrimitiveTable
from memmodel.program.types import IntType, PointerType, Type, scalar
from memmodel.program.values import Scalar, Value
from memmodel.records import dataclass, field
from memmodel.source import Span
from memmodel.syntax import tree

MAXIMUM_INSTRUCTIONS = 20_000
"""Of one thread, helper functions inlined: beyond it nothing could be decided anyway."""


@dataclass
class Frame:
    """A function being lowered: where its return goes, and which jumps are open."""

    function: tree.Function
    result: Scalar | None
    leave: str
    left: bool = False
    """Whether some return jumps to `leave`."""
    breaks: list[str] = field(default_factory=list)
    continues: list[str] = field(default_factory=list)
    labels: list[dict[str, str]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    """The blocks that some jump leaves."""
    declared: list[set[str]] = field(default_factory=list)


class Statements(Calls):
    """Lowering of one thread: its functions' bodies."""

    def __init__(
        self,
        types: Types,
        cells: dict[str, Type],
        warnings: list[Warning_],
        primitives: PrimitiveTable,
        functions: Mapping[str, tree.Function],
    ) -> None:
        super().__init__(types, cells, warnings, primitives)
        self.functions = functions
        self.frames: list[Frame] = []

    # ── functions ──

    def body(self, function: tree.Function, result: Scalar | None) -> tuple[Instruction, ...]:
        """The instructions of a function's body; its scope is the present one."""
        frame = Frame(function, result, self.fresh("return"))
        self.frames.append(frame)
        for name, type_ in self.declared(function).items():
            self.scope.locals.setdefault(name, type_)
        _, instructions = self.captured(lambda: self.sequence(function.body.body))
        self.frames.pop()
        return (Block(frame.leave, instructions, function.span),) if frame.left else instructions

    def declared(self, function: tree.Function) -> dict[str, Scalar]:
        """The types of all the variables that a function declares anywhere. As in herd7 a name is one variable in
        the whole function: of several declarations the widest counts."""
        found: dict[str, Scalar] = {}
        for node in walk(function.body):
            if not isinstance(node, tree.Declaration):
                continue
            for declarator in node.declarators:
                type_ = self.types.declared(node.type, declarator)
                if not isinstance(type_, (IntType, PointerType)):
                    what = "a variable of type void" if type_ is None else "a local array or structure"
                    raise Unsupported(f"{what}: '{declarator.name}'", declarator.span)
                before = found.get(declarator.name, type_)
                found[declarator.name] = type_ if scalar(type_).width > scalar(before).width else before
        return found

    def helper(self, node: tree.Call) -> tree.Function | None:
        return self.functions.get(node.function.text)

    def inline(self, node: tree.Call, function: tree.Function) -> Value | None:
        name = function.name
        if any(frame.function is function for frame in self.frames):
            raise Unsupported(f"'{name}' calls itself", node.span, "recursion is not unrolled: write a loop")
        if len(node.arguments) != len(function.parameters):
            expected = f"expected {len(function.parameters)} arguments"
            raise SyntaxError(f"{name} called with {len(node.arguments)} arguments", node.span, expected)
        actuals: list[Value] = []
        with self.unsequenced(node.span) as between:
            for argument in node.arguments:
                actuals.append(self.value(argument))
                between()
        result = self.types.resolve(function.result) if function.result else None
        if result is not None and not isinstance(result, (IntType, PointerType)):
            raise Unsupported("a function that returns a structure", function.span)
        inner = Scope(f"{self.fresh(name)}.")
        assigned = changed_names(function)
        for parameter, actual in zip(function.parameters, actuals, strict=True):
            self._bind(inner, parameter, actual, parameter.name in assigned)
        outer, self.scope = self.scope, inner
        # What the function reads inside is its own affair: only its result, and its arguments, are in the condition.
        consulted, self.consulted = self.consulted, None
        self.instructions.extend(self.body(function, result))
        self.scope, self.consulted = outer, consulted
        self.inlined += 1
        if self.inlined > MAXIMUM_INSTRUCTIONS // 10 or len(self.instructions) > MAXIMUM_INSTRUCTIONS:
            raise Unsupported("the calls of helper functions grow too large when inlined", node.span)
        if result is None:
            return None
        return Value(Local(f"{inner.prefix}return", scalar(result)), result)

    def _bind(self, scope: Scope, parameter: tree.Parameter, actual: Value, assigned: bool) -> None:
        type_ = self.types.resolve(parameter.type)
        if not isinstance(type_, (IntType, PointerType)):
            raise Unsupported(f"the parameter '{parameter.name}' is a structure", parameter.span)
        value = values.convert(actual, type_)
        if not assigned and not isinstance(value.expression, Local):
            settled = self.settle(value, parameter.span)
            scope.bindings[parameter.name] = settled
            return
        scope.locals[parameter.name] = type_
        self.instructions.append(Assign(scope.prefix + parameter.name, value.expression, parameter.span))

    # ── statements ──

    def sequence(self, statements: tuple[tree.Statement, ...]) -> None:
        """Statements in a row. A label ends a block that holds all before it, so that a goto is an Exit."""
        frame = self.frames[-1]
        frame.declared.append(set())
        last = next((i for i in reversed(range(len(statements))) if isinstance(statements[i], tree.Label)), None)
        if last is None:
            for statement in statements:
                self.statement(statement)
        else:
            label = statements[last]
            assert isinstance(label, tree.Label)
            block = self.fresh(label.name)
            frame.labels.append({label.name: block})
            _, before = self.captured(lambda: self.sequence(statements[:last]))
            frame.labels.pop()
            self.block(block, before, label.span)
            self.labelled(label, statements[last + 1 :])
        frame.declared.pop()

    def labelled(self, label: tree.Label, statements: tuple[tree.Statement, ...]) -> None:
        """What follows a label, up to the end of its block."""
        self.sequence(statements)

    def block(self, label: str, body: tuple[Instruction, ...], span: Span) -> None:
        """`body`, as a block only if some jump leaves it."""
        if label in self.frames[-1].used:
            self.instructions.append(Block(label, body, span))
        else:
            self.instructions.extend(body)

    def statement(self, node: tree.Statement) -> None:
        match node:
            case tree.Declaration():
                self.declaration(node)
            case tree.Evaluate():
                if node.expression is not None:
                    self.effect(node.expression)
            case tree.Compound():
                self.sequence(node.body)
            case tree.If():
                self.branch(node)
            case tree.While():
                self._while(node)
            case tree.For():
                self._for(node)
            case tree.Jump():
                self._jump(node)
            case tree.Label():
                raise Unsupported(f"the label '{node.name}' stands alone in a branch", node.span)

    def declaration(self, node: tree.Declaration) -> None:
        """Variables, as far as they are given values."""
        frame = self.frames[-1]
        for declarator in node.declarators:
            name = declarator.name
            if any(name in names for names in frame.declared[:-1]):
                self.differs(f"'{name}' is declared again: both are one variable, as in herd7", declarator.span)
            frame.declared[-1].add(name)
            if isinstance(declarator.initial, tree.Braces):
                raise Unsupported("a local array or structure", declarator.span)
            if declarator.initial is not None:
                target = tree.Name(name, declarator.span)
                self.effect(tree.Assignment("", target, declarator.initial, declarator.span))

    def condition(self, node: tree.Expression) -> tuple[Expression, tuple[Expression, ...]]:
        """The condition of a branch, and what the accesses in it consult: as herd7 has it, everything that is read
        to evaluate a condition controls the arms, not the value alone."""
        outer, self.consulted = self.consulted, []
        condition, consulted = values.truth(self.value(node)), self.consulted
        self.consulted = outer
        return condition, tuple(dict.fromkeys(consulted))

    def arm(self, node: tree.Statement | None) -> tuple[Instruction, ...]:
        """The instructions of a part of a statement; none for one that is not there."""
        if node is None:
            return ()
        body = node.body if isinstance(node, tree.Compound) else (node,)
        return self.captured(lambda: self.sequence(body))[1]

    def branch(self, node: tree.If) -> None:
        """`if`."""
        condition, consulted = self.condition(node.test)
        known = self.known(condition)
        if known is not None:
            self.instructions.extend(self.arm(node.then if known else node.otherwise))
            return
        then, otherwise = self.arm(node.then), self.arm(node.otherwise)
        self.instructions.append(If(condition, then, otherwise, node.span, consulted))

    def _while(self, node: tree.While) -> None:
        self.loop(node.test, node.body, None, node.test_first, node.span)

    def _for(self, node: tree.For) -> None:
        self.statement(node.start)
        self.loop(node.test, node.body, node.step, True, node.span)

    def loop(
        self, test: tree.Expression | None, body: tree.Statement, step: tree.Expression | None, first: bool, span: Span
    ) -> None:
        """`body` again and again while `test` holds; `first`: it is tested before the body."""
        frame = self.frames[-1]
        leave, following = self.fresh("break"), self.fresh("continue")
        frame.breaks.append(leave)
        frame.continues.append(following)

        def work() -> None:
            inner = self.arm(body)
            self.block(following, inner, span)
            if step is not None:
                self.effect(step)

        def turn() -> None:
            if not first:
                work()
            condition, consulted = self.condition(test) if test is not None else (TRUE, ())
            then = self.captured(work)[1] if first else ()
            self.instructions.append(If(condition, then, (Exit(leave, span),), span, consulted))

        self.looping += 1
        _, instructions = self.captured(turn)
        self.looping -= 1
        frame.breaks.pop()
        frame.continues.pop()
        self.instructions.append(Block(leave, (Loop(instructions, span),), span))

    def _jump(self, node: tree.Jump) -> None:
        frame = self.frames[-1]
        if node.kind == "return":
            self.leave(node)
            return
        if node.kind == "goto":
            target = next((found[node.label] for found in reversed(frame.labels) if node.label in found), None)
            if target is None:
                raise Unsupported(f"goto {node.label}", node.span, "a goto may only leave blocks, forwards")
        else:
            open_ = frame.breaks if node.kind == "break" else frame.continues
            if not open_:
                raise SyntaxError(f"{node.kind} outside a loop", node.span, "expected it inside while, do or for")
            target = open_[-1]
            self.differs(f"herd7 takes '{node.kind}' for a register: here it is C's {node.kind}", node.span)
        frame.used.add(target)
        self.instructions.append(Exit(target, node.span))

    def leave(self, node: tree.Jump) -> None:
        """`return`."""
        frame = self.frames[-1]
        if node.value is not None and frame.result is None:
            self.effect(node.value)
        elif node.value is not None and frame.result is not None:
            value = values.convert(self.value(node.value), frame.result)
            self.assign(f"{self.scope.prefix}return", value.expression, node.span)
        if len(self.frames) == 1:
            self.differs("herd7 takes 'return' for a register: here it leaves the process", node.span)
        frame.left = True
        self.instructions.append(Exit(frame.leave, node.span))


def walk(node: object) -> list[object]:
    """`node` and everything in it, in the order written."""
    found: list[object] = []
    waiting = [node]
    while waiting:
        top = waiting.pop()
        found.append(top)
        for part in reversed(list(vars(top).values())):
            if isinstance(part, tuple):
                waiting.extend(item for item in reversed(part) if hasattr(item, "span"))
            elif hasattr(part, "span") and not isinstance(part, Span):
                waiting.append(part)
    return found


def changed_names(function: tree.Function) -> set[str]:
    """The names that a function assigns or declares: parameters of these names are variables."""
    names = set()
    for node in walk(function.body):
        if isinstance(node, (tree.Assignment, tree.Increment)) and isinstance(node.target, tree.Name):
            names.add(node.target.text)
        elif isinstance(node, tree.Declarator):
            names.add(node.name)
        elif isinstance(node, tree.Call):
            # try_cmpxchg(place, &name, new) changes `name`.
            operands = (a.operand for a in node.arguments if isinstance(a, tree.Unary) and a.operator == "&")
            names.update(operand.text for operand in operands if isinstance(operand, tree.Name))
    return names
