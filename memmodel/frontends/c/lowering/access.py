"""Places in, what reads and writes them out: registers for local and ghost variables, else loads and stores."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.fold import Split, split
from memmodel.frontends.c.lowering.places import CPlaces
from memmodel.frontends.c.lowering.storage import MOST_CELLS, Cell, Storage
from memmodel.frontends.c.lowering.variables import VolatileMemory
from memmodel.program import values
from memmodel.program.ir import (
    Address,
    Assert,
    Assign,
    Constant,
    Expression,
    FinalLocal,
    If,
    Local,
    Operation,
    Operator,
    Undefined,
)
from memmodel.program.places import Lvalue, Memory, Variable
from memmodel.program.types import ADDRESS, BOOL, scalar
from memmodel.program.values import Scalar, Value
from memmodel.source import Span


class CAccess(CPlaces):
    """Accesses of one thread."""

    def register(self, name: str, type_: Scalar, span: Span) -> Expression:
        """The value of a register; after all threads that of a ghost is what its thread left."""
        storage = self.names.ghost_of(name)
        if storage is None:
            return Local(name, scalar(type_))
        self.names.ghosts.read(name, self.who, span)
        if self.final:
            return self._left_by(name, type_)
        return Local(name, scalar(type_))

    def _left_by(self, name: str, type_: Scalar) -> Expression:
        writer = self.names.ghosts.writer(name)
        if writer is None:
            initial = self.names.ghosts.initial.get(name)
            return initial if initial is not None else Constant(0, scalar(type_))
        return FinalLocal(self.names.threads.index(writer), name, scalar(type_))

    def read(self, place: Lvalue, span: Span) -> Value:
        if isinstance(place, Variable):
            return Value(self.register(place.name, place.type, span), place.type)
        return super().read(place, span)

    def assign(self, target: str, expression: Expression, span: Span) -> None:
        if self.names.ghost_of(target) is not None:
            if self.final:
                raise SyntaxError("final() cannot change a ghost variable", span, "use a variable of its own")
            self.names.ghosts.write(target, self.who, span)
        super().assign(target, expression, span)

    def load(self, memory: Memory, tags: frozenset[str], span: Span) -> Value:
        if isinstance(memory, VolatileMemory) and not tags:
            tags = self.once
        found = self._local(memory, tags)
        if found is None:
            return super().load(memory, tags, span)
        storage, place = found
        type_ = self.cell(memory, span)
        if not place.rest:
            cell = storage.cell(place.offset, type_)
            if cell is None:
                return super().load(memory, tags, span)
            return values.convert(Value(self.register(cell.register, cell.type, span), cell.type), type_)
        cells = self._reachable(storage, place, type_)
        if not cells:
            return super().load(memory, tags, span)
        at = self._offset(storage, place, cells, span)
        result = self.fresh("element")
        self.instructions.append(Assign(result, Constant(0, scalar(type_)), span))
        for cell in cells:
            value = values.convert(Value(self.register(cell.register, cell.type, span), cell.type), type_)
            there = Operation(Operator.EQ, (at, Constant(cell.offset, ADDRESS)), BOOL, span)
            self.instructions.append(If(there, (Assign(result, value.expression, span),), (), span))
        return Value(Local(result, scalar(type_)), type_)

    def store(self, memory: Memory, value: Value, tags: frozenset[str], span: Span) -> None:
        if isinstance(memory, VolatileMemory) and not tags:
            tags = self.once
        found = self._local(memory, tags)
        type_ = self.cell(memory, span)
        place = found[1] if found is not None else None
        if found is None or place is None:
            super().store(memory, value, tags, span)
            return
        storage = found[0]
        stored = values.convert(value, type_)
        if not place.rest:
            cell = storage.cell(place.offset, type_)
            if cell is None:
                super().store(memory, value, tags, span)
                return
            self.assign(cell.register, values.convert(stored, cell.type).expression, span)
            return
        cells = self._reachable(storage, place, type_)
        if not cells:
            super().store(memory, value, tags, span)
            return
        at = self._offset(storage, place, cells, span)
        kept = self.settle(stored, span)
        for cell in cells:
            there = Operation(Operator.EQ, (at, Constant(cell.offset, ADDRESS)), BOOL, span)
            new = values.convert(kept, cell.type).expression
            _, then = self.captured(lambda register=cell.register, new=new: self.assign(register, new, span))  # type: ignore[misc]
            self.instructions.append(If(there, then, (), span))

    def _local(self, memory: Memory, tags: frozenset[str]) -> tuple[Storage, Split] | None:
        """The local variable that an access is to, while it is registers. Marked accesses are to memory."""
        place = split(memory.address, self.arrays)
        storage = self.storages.get(place.object) if place is not None else None
        if place is None or storage is None or self.is_in_memory(storage):
            return None
        return None if tags and not storage.ghost else (storage, place)

    def _reachable(self, storage: Storage, place: Split, type_: Scalar) -> tuple[Cell, ...]:
        cells = storage.reachable(place, type_)
        if len(cells) > MOST_CELLS:
            if storage.ghost:
                hint = f"an index may choose from {MOST_CELLS}"
                raise Unsupported(
                    f"the ghost variable '{storage.identity[1]}' has {len(cells)} elements", storage.span, hint
                )
            return ()
        self.indexed.append((storage, place))
        return cells

    def _offset(self, storage: Storage, place: Split, cells: tuple[Cell, ...], span: Span) -> Expression:
        """Where in its variable an access is, asserted to be at a cell."""
        at: Expression = Constant(ADDRESS.wrap(place.offset), ADDRESS)
        for part in place.rest:
            at = Operation(Operator.ADD, (at, part), ADDRESS, span)
        at = self.settle(Value(at, ADDRESS), span).expression
        choices = [Operation(Operator.EQ, (at, Constant(c.offset, ADDRESS)), BOOL, span) for c in cells]
        valid: Expression = choices[0]
        for choice in choices[1:]:
            valid = Operation(Operator.LOR, (valid, choice), BOOL, span)
        message = f"the index is outside of '{storage.identity[1]}'"
        self.instructions.append(Assert(valid, message, span, undefined=Undefined.INDEX))
        return at

    def settle(self, value: Value, span: Span) -> Value:
        """As of all values; of the address of a local variable what is not constant in it."""
        place = split(value.expression, self.arrays)
        if place is None or place.object not in self.storages or not place.rest:
            return super().settle(value, span)
        found: Expression = Address(place.object, place.offset)
        for part in place.rest:
            found = Operation(Operator.ADD, (found, self._kept(part, span)), ADDRESS, span)
        if place.inside is not None:
            self.arrays[found] = place.inside
        return Value(found, value.type)

    def _kept(self, part: Expression, span: Span) -> Expression:
        """A part of an offset in a register; a constant factor stays visible."""
        if isinstance(part, Operation) and part.operator is Operator.MUL and isinstance(part.operands[1], Constant):
            return Operation(Operator.MUL, (self._kept(part.operands[0], span), part.operands[1]), part.type, span)
        return super().settle(Value(part, ADDRESS), span).expression
