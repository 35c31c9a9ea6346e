"""The parts of a grammar rule in, a node of the litmus syntax tree out: one method for each rule of the grammar."""

from __future__ import annotations

from lark import Token

from memmodel.errors import SyntaxError, Unsupported
from memmodel.source import Span
from memmodel.syntax import tree
from memmodel.syntax.litmus_state import PROCESS, Part, StateBuilder

_PRECEDENCE = {
    operator: level
    for level, operators in enumerate(
        (("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", "<=", ">", ">="), ("<<", ">>"), ("+", "-"))
    )
    for operator in operators
} | {"*": 9, "/": 9, "%": 9}
"""Of C's binary operators, from loose to tight; all associate to the left."""

_INTEGER_WORDS = frozenset(("unsigned", "signed", "int", "long", "short", "char"))
_SYNONYMS = {"uint": "unsigned int", "ulong": "unsigned long", "_Bool": "bool", "atomic_int": "atomic_t"}

_RESERVED = frozenset(("switch", "case", "default", "sizeof", "typeof", "asm", "typedef", "union", "enum"))


class LitmusBuilder(StateBuilder):
    """The rules of the code; those of the other two regions are inherited."""

    # ── types ──

    def specifiers(self, *words: Token) -> tree.TypeName:
        span = self.between(words[0], words[-1])
        types = [str(w) for w in words if w.type != "QUALIFIER"]
        if "struct" in types:
            if len(types) != 2:
                raise SyntaxError(f"'{' '.join(types)}' is no type", span, "expected 'struct NAME'")
            return tree.TypeName(" ".join(types), 0, span)
        if len(types) == 1 and types[0] not in _INTEGER_WORDS:
            return tree.TypeName(_SYNONYMS.get(types[0], types[0]), 0, span)
        return tree.TypeName(self._integer(types, span), 0, span)

    def _integer(self, words: list[str], span: Span) -> str:
        """The canonical name of what combines unsigned, long, int and the like; no word at all means int."""
        longs = words.count("long")
        sizes = [w for w in ("short", "char") if w in words] + ["long"] * bool(longs)
        signs = [w for w in words if w in ("signed", "unsigned")]
        rest = [w for w in words if w not in _INTEGER_WORDS]
        odd = rest or longs > 2 or len(sizes) > 1 or len(signs) > 1 or words.count("int") > 1
        if odd or ("char" in sizes and "int" in words):
            raise SyntaxError(f"'{' '.join(words)}' is no type", span, "expected a type such as 'unsigned long'")
        size = sizes[0] if sizes else "int"
        return f"{signs[0]} {size}" if signs and (signs[0] == "unsigned" or size == "char") else size

    # ── functions ──

    def code(self, *parts: tree.Function | tree.Structure) -> tuple[tree.Function | tree.Structure, ...]:
        return parts

    def structure(self, word: Token, name: Token, opening: Token, *parts: tree.Declaration | Token) -> tree.Structure:
        fields = tuple(part for part in parts if isinstance(part, tree.Declaration))
        return tree.Structure(str(name), fields, self.between(word, name))

    def function(
        self,
        result: tree.TypeName | None,
        stars: tuple[Token, ...],
        name: Token,
        opening: Token,
        parameters: tuple[tree.Parameter, ...] | None,
        closing: Token,
        body: tree.Compound,
    ) -> tree.Function:
        match = PROCESS.match(name)
        process = self.process_(name) if match else None
        if result is None and process is None:
            hint = "a process is named P0, P1 …; a helper function needs a result type"
            raise SyntaxError(f"'{name}' is neither a process nor a function", self.at(name), hint)
        returned = self.pointer_(result, stars) if result else None
        return tree.Function(str(name), process, returned, parameters or (), body, self.at(name))

    def parameters(self, *parts: tree.Parameter | Token | None) -> tuple[tree.Parameter, ...]:
        return tuple(part for part in parts if isinstance(part, tree.Parameter))

    def parameter(
        self, base: tree.TypeName, stars: tuple[Token, ...], name: Token | None, *dimensions: Token | None
    ) -> tree.Parameter | None:
        type_ = self.pointer_(base, stars)
        if name is None:
            if type_.base == "void" and not type_.pointers:
                return None
            raise SyntaxError("a parameter without a name", type_.span, "expected a name after the type")
        pointers = type_.pointers + sum(d == "[" for d in dimensions if d is not None)
        span = self.cover(base.span, self.at(name))
        return tree.Parameter(str(name), tree.TypeName(type_.base, pointers, type_.span), span)

    # ── statements ──

    def compound(self, opening: Token, *parts: tree.Statement | Token) -> tree.Compound:
        body = tuple(part for part in parts if not isinstance(part, Token))
        closing = parts[-1]
        assert isinstance(closing, Token)
        return tree.Compound(body, self.between(opening, closing))

    def declaration(self, base: tree.TypeName, *parts: tree.Declarator | Token) -> tree.Declaration:
        declarators = tuple(part for part in parts if isinstance(part, tree.Declarator))
        return tree.Declaration(base, declarators, self.cover(base.span, declarators[-1].span))

    def declarator(
        self, stars: tuple[Token, ...], name: Token, *parts: Token | tree.Expression | None
    ) -> tree.Declarator:
        """`parts` are `[`, expression or None, `]` for each dimension, then `=` and the initial value or two Nones."""
        initial = parts[-1]
        assert not isinstance(initial, Token)
        dimensions = tuple(d for d in parts[1:-2:3] if not isinstance(d, Token))
        span = self.at(name) if initial is None else self.cover(self.at(name), initial.span)
        return tree.Declarator(str(name), sum(s == "*" for s in stars), dimensions, initial, span)

    def evaluate(self, expression: tree.Expression | None, semicolon: Token) -> tree.Evaluate | tree.Jump:
        if isinstance(expression, tree.Name) and expression.text in ("break", "continue"):
            return tree.Jump(expression.text, "", None, expression.span)
        return tree.Evaluate(expression, expression.span if expression else self.at(semicolon))

    def if_(
        self,
        word: Token,
        opening: Token,
        test: tree.Expression,
        closing: Token,
        then: tree.Statement,
        else_: Part,
        otherwise: tree.Statement | None,
    ) -> tree.If:
        return tree.If(test, then, otherwise, self.between(word, closing))

    def while_(
        self, word: Token, opening: Token, test: tree.Expression, closing: Token, body: tree.Statement
    ) -> tree.While:
        return tree.While(test, body, True, self.between(word, closing))

    def do_(
        self,
        word: Token,
        body: tree.Statement,
        while_: Token,
        opening: Token,
        test: tree.Expression,
        closing: Token,
        semicolon: Token,
    ) -> tree.While:
        return tree.While(test, body, False, self.between(while_, closing))

    def for_(
        self,
        word: Token,
        opening: Token,
        start: tree.Statement,
        test: tree.Expression | None,
        semicolon: Token,
        step: tree.Expression | None,
        closing: Token,
        body: tree.Statement,
    ) -> tree.For:
        return tree.For(start, test, step, body, self.between(word, closing))

    def jump(self, word: Token, *parts: Token | tree.Expression | None) -> tree.Jump:
        middle = parts[0] if len(parts) == 2 else None
        if isinstance(middle, Token):
            return tree.Jump(str(word), str(middle), None, self.between(word, middle))
        span = self.at(word) if middle is None else self.cover(self.at(word), middle.span)
        return tree.Jump(str(word), "", middle, span)

    def label(self, name: Token, colon: Token) -> tree.Label:
        return tree.Label(str(name), self.between(name, colon))

    # ── expressions ──

    def comma(self, first: tree.Expression, sign: Token, second: tree.Expression) -> tree.Comma:
        return tree.Comma(first, second, self.cover(first.span, second.span))

    def assign(self, target: tree.Expression, sign: Token, value: tree.Expression) -> tree.Assignment:
        return tree.Assignment(str(sign)[:-1], target, value, self.cover(target.span, value.span))

    def conditional(
        self, test: tree.Expression, mark: Token, then: tree.Expression, colon: Token, otherwise: tree.Expression
    ) -> tree.Conditional:
        return tree.Conditional(test, then, otherwise, self.cover(test.span, otherwise.span))

    def operators(self, first: tree.Expression, *rest: Token | tree.Expression) -> tree.Expression:
        """Sort the flat list `first op operand op operand …` by precedence (one stack of pending operators)."""
        operands: list[tree.Expression] = [first]
        pending: list[str] = []

        def reduce() -> None:
            right, left = operands.pop(), operands.pop()
            operands.append(tree.Binary(pending.pop(), left, right, self.cover(left.span, right.span)))

        for sign, operand in zip(rest[::2], rest[1::2], strict=True):
            assert isinstance(sign, Token) and not isinstance(operand, Token)
            while pending and _PRECEDENCE[pending[-1]] >= _PRECEDENCE[sign]:
                reduce()
            pending.append(str(sign))
            operands.append(operand)
        while pending:
            reduce()
        return operands[0]

    def prefix(self, sign: Token, operand: tree.Expression) -> tree.Unary:
        return tree.Unary(str(sign), operand, self.cover(self.at(sign), operand.span))

    def before(self, sign: Token, target: tree.Expression) -> tree.Increment:
        return tree.Increment(sign[0], True, target, self.cover(self.at(sign), target.span))

    def after(self, target: tree.Expression, sign: Token) -> tree.Increment:
        return tree.Increment(sign[0], False, target, self.cover(target.span, self.at(sign)))

    def cast(
        self, opening: Token, base: tree.TypeName, stars: tuple[Token, ...], closing: Token, operand: tree.Expression
    ) -> tree.Cast:
        return tree.Cast(self.pointer_(base, stars), operand, self.cover(self.at(opening), operand.span))

    def index(self, base: tree.Expression, opening: Token, index: tree.Expression, closing: Token) -> tree.Index:
        return tree.Index(base, index, self.cover(base.span, self.at(closing)))

    def member(self, base: tree.Expression, sign: Token, name: Token) -> tree.Member:
        return tree.Member(base, str(name), sign == "->", self.cover(base.span, self.at(name)))

    def name(self, token: Token) -> tree.Name:
        if token in _RESERVED:
            raise Unsupported(f"'{token}' is outside the C that is read here", self.at(token), "use plain C")
        return tree.Name(str(token), self.at(token))

    def number(self, token: Token) -> tree.Number:
        return self.number_(token)

    def call(self, name: Token, *parts: Token | tree.Expression) -> tree.Call:
        closing = parts[-1]
        assert isinstance(closing, Token)
        arguments = tuple(part for part in parts if not isinstance(part, Token))
        return tree.Call(self.name(name), arguments, self.between(name, closing))

    def parenthesised(self, opening: Token, inner: tree.Expression, closing: Token) -> tree.Expression:
        return inner
