"""A program in, nothing out: an exception where it is not a legal program. The definition of the representation."""

from __future__ import annotations

from collections.abc import Iterator

from memmodel.program.ir import (
    Address,
    Assert,
    Assign,
    Assume,
    Block,
    Choose,
    Constant,
    Exit,
    Expression,
    Failed,
    Fence,
    FinalLocal,
    FinalMemory,
    If,
    Instruction,
    Load,
    Local,
    Lock,
    LockKind,
    Loop,
    Object,
    Operation,
    Operator,
    Program,
    ReadModifyWrite,
    Store,
    Thread,
)
from memmodel.program.types import ADDRESS, BOOL, INT, ArrayType, IntType, PointerType, StructType, Type, scalar

_ARITHMETIC = frozenset(
    (
        Operator.ADD,
        Operator.SUB,
        Operator.MUL,
        Operator.DIV,
        Operator.MOD,
        Operator.AND,
        Operator.OR,
        Operator.XOR,
        Operator.SHL,
        Operator.SHR,
        Operator.NEG,
        Operator.INVERT,
    )
)
_COMPARISONS = frozenset((Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT, Operator.GE))
_UNARY = frozenset((Operator.NEG, Operator.INVERT, Operator.NOT, Operator.CAST))


class IllegalProgram(Exception):
    """A pass produced a program that means nothing: a defect of that pass, not of the input."""


def check(program: Program) -> None:
    """Raise IllegalProgram unless `program` keeps all the rules below."""
    names = [item.name for item in program.objects]
    _require(len(set(names)) == len(names), "objects have different names")
    objects = {item.name: item.type for item in program.objects}
    for item in program.objects:
        cells = dict(_cells(item.type, 0))
        for offset, value in item.initial.items():
            if program.exact:
                _part(item, offset, value, objects)
                continue
            _require(offset in cells, f"{item.name}+{offset} is a cell")
            _initial(value, scalar(cells[offset]), objects)
    checker = _Checker(objects)
    locals_: list[dict[str, IntType]] = []
    for thread in program.threads:
        locals_.append(checker.thread(thread))
    checker.finish(program.finish, locals_)
    for proposition in (program.condition, program.filter):
        _require(proposition.type == BOOL, "conditions are BOOL")
        checker.proposition(proposition, locals_)
    labels = [(observable.whole, observable.label) for observable in program.observables]
    _require(len(set(labels)) == len(labels), "observables have different labels")
    for observable in program.observables:
        checker.proposition(observable.value, locals_)
    _require(program.unroll >= 0, "the loop bound is not negative")


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise IllegalProgram(rule)


def _cells(type_: Type, offset: int) -> Iterator[tuple[int, IntType | PointerType]]:
    if isinstance(type_, ArrayType):
        for index in range(type_.length):
            yield from _cells(type_.element, offset + index * type_.element.size)
    elif isinstance(type_, StructType):
        for field in type_.fields:
            yield from _cells(field.type, offset + field.offset)
    else:
        yield offset, type_


def _part(item: Object, offset: int, value: Constant | Address, objects: dict[str, Type]) -> None:
    """Where accesses say what cells are, an initial value may lie anywhere inside its object."""
    type_ = ADDRESS if isinstance(value, Address) else value.type
    _require(offset >= 0 and offset + type_.size <= item.type.size, f"{item.name}+{offset} is inside its object")
    _initial(value, type_, objects)


def _initial(value: Constant | Address, type_: IntType, objects: dict[str, Type]) -> None:
    if isinstance(value, Address):
        _require(value.object in objects, f"{value.object} is an object")
    else:
        _require(value.type == type_, "an initial value has the type of its place")
        _require(type_.wrap(value.value) == value.value, "constants fit their type")


class _Checker:
    """Checks one thread after the other. A local has one type throughout its thread."""

    def __init__(self, objects: dict[str, Type]) -> None:
        self.objects = objects
        self.locals: dict[str, IntType] = {}
        self.final: list[dict[str, IntType]] | None = None
        self.after: list[dict[str, IntType]] | None = None

    def thread(self, thread: Thread) -> dict[str, IntType]:
        """Check a thread; the types of its locals."""
        self.locals = {}
        for name, value in thread.initial.items():
            self._local(name, ADDRESS if isinstance(value, Address) else value.type)
        self._body(thread.body, (), False)
        return self.locals

    def finish(self, body: tuple[Instruction, ...], locals_: list[dict[str, IntType]]) -> None:
        """Check what runs after all threads: it has locals of its own, and sees theirs."""
        self.locals, self.after = {}, locals_
        self._body(body, (), False)
        self.after = None

    def proposition(self, node: Expression, locals_: list[dict[str, IntType]]) -> None:
        """Check an expression over final values."""
        self.final = locals_
        self._expression(node)
        self.final = None

    def _local(self, name: str, type_: IntType) -> None:
        known = self.locals.setdefault(name, type_)
        _require(known == type_, f"the local {name} has one type")

    def _body(self, body: tuple[Instruction, ...], blocks: tuple[str, ...], loop: bool) -> None:
        for instruction in body:
            self._instruction(instruction, blocks, loop)

    def _instruction(self, node: Instruction, blocks: tuple[str, ...], loop: bool) -> None:
        match node:
            case Assign():
                self._expression(node.value)
                self._local(node.target, node.value.type)
            case Load():
                self._address(node.address)
                if node.target is not None:
                    self._local(node.target, node.type)
            case Store():
                self._address(node.address)
                self._typed(node.value, node.type, "a store's value")
            case ReadModifyWrite():
                self._modify(node)
            case Fence():
                _require(bool(node.tags), "a fence has a tag")
                if node.address is not None:
                    self._address(node.address)
            case Lock():
                self._address(node.address)
                yields = node.kind in (LockKind.TRY, LockKind.IS_LOCKED)
                _require(yields or node.target is None, f"{node.kind.value} has no result")
                if node.target is not None:
                    self._local(node.target, INT)
            case If():
                for expression in (node.condition, *node.consulted):
                    self._expression(expression)
                self._body(node.then, blocks, loop)
                self._body(node.otherwise, blocks, loop)
            case Block():
                _require(node.label not in blocks, f"the label {node.label} is not that of a block around")
                self._body(node.body, (*blocks, node.label), loop)
            case Exit():
                _require(node.label in blocks, f"an exit leaves a block around it, not {node.label}")
            case Loop():
                _require(bool(blocks), "a loop stands in a block, by which it is left")
                self._body(node.body, blocks, True)
            case Assume() | Assert():
                self._expression(node.condition)
            case Choose():
                _require(bool(node.values), "a choice has a value to choose")
                _require(all(node.type.wrap(v) == v for v in node.values), "choices fit their type")
                self._local(node.target, node.type)

    def _modify(self, node: ReadModifyWrite) -> None:
        self._address(node.address)
        self._local(node.old, node.type)
        self._typed(node.value, node.type, "the value written")
        if node.condition is not None:
            self._expression(node.condition)
        if node.failed_tags is not None:
            _require(node.condition is not None, "only what may fail has tags for failure")

    def _address(self, node: Expression) -> None:
        self._typed(node, ADDRESS, "an address")

    def _typed(self, node: Expression, type_: IntType, what: str) -> None:
        self._expression(node)
        _require(node.type == type_, f"{what} has the type {type_}, not {node.type}")

    def _expression(self, node: Expression) -> None:
        match node:
            case Constant():
                _require(node.type.wrap(node.value) == node.value, "constants fit their type")
            case Local():
                _require(self.final is None, "conditions mention final values only")
                self._local(node.name, node.type)
            case Address():
                _require(node.object in self.objects, f"{node.object} is an object")
                _require(node.type == ADDRESS, "addresses have the type ADDRESS")
            case FinalLocal():
                ends = self.final if self.final is not None else self.after
                _require(ends is not None and node.thread < len(ends), "a final value in a condition")
                assert ends is not None
                known = ends[node.thread].get(node.name, node.type)
                _require(known == node.type, f"the local {node.name} has one type")
            case FinalMemory():
                _require(self.final is not None, "a final value in a condition")
                cells = dict(_cells(self.objects[node.object], 0)) if node.object in self.objects else {}
                _require(node.offset in cells, f"{node.object}+{node.offset} is a cell")
                _require(scalar(cells[node.offset]) == node.type, "a cell is read in its own type")
            case Failed():
                _require(self.final is not None, "what failed is asked in a condition")
            case Operation():
                self._operation(node)

    def _operation(self, node: Operation) -> None:
        operator, operands = node.operator, node.operands
        for operand in operands:
            self._expression(operand)
        arity = 1 if operator in _UNARY else 3 if operator is Operator.ITE else 2
        _require(len(operands) == arity, f"{operator.name} has {arity} operands")
        if operator in _ARITHMETIC:
            _require(all(o.type == node.type for o in operands), f"{operator.name} has operands of its own type")
        elif operator in _COMPARISONS:
            _require(operands[0].type == operands[1].type, f"{operator.name} compares values of one type")
        elif operator in (Operator.LAND, Operator.LOR, Operator.NOT):
            _require(all(o.type == BOOL for o in operands), f"{operator.name} has BOOL operands")
        elif operator is Operator.ITE:
            _require(operands[0].type == BOOL, "ITE decides on a BOOL")
            _require(all(o.type == node.type for o in operands[1:]), "ITE chooses between values of its own type")
