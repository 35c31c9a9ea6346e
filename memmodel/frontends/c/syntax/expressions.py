"""tree-sitter's expressions in, expressions of the syntax tree out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tree_sitter import Node

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.syntax import literals
from memmodel.frontends.c.syntax.constants import constant
from memmodel.frontends.c.syntax.rewriting import OFFSETOF
from memmodel.frontends.c.syntax.types import TypeConverter
from memmodel.program.statements import walk
from memmodel.source import Span
from memmodel.syntax import tree

MAXIMUM_LEVELS = 100
"""Expressions and statements inside each other. Conversion and lowering recurse, and Python has an end to that."""

_MOST_ELEMENTS = 4096
_EFFECTS = (tree.Call, tree.Assignment, tree.Increment, tree.StatementExpression)

_CONSTANTS = {"true": 1, "false": 0}


class ExpressionConverter(TypeConverter):
    """Conversion of expressions within one declaration or function."""

    _level = 0

    def block(self, node: Node) -> tree.Compound:
        """`{ … }`: StatementConverter says how."""
        raise NotImplementedError

    @contextmanager
    def deeper(self, node: Node) -> Iterator[None]:
        """One level down. Raises Unsupported where that is too deep."""
        self._level += 1
        self.allow(0, node)
        yield
        self._level -= 1

    def allow(self, levels: int, node: Node) -> None:
        """Raises Unsupported where `levels` more than there are now are too many."""
        if self._level + levels > MAXIMUM_LEVELS:
            hint = f"at most {MAXIMUM_LEVELS} levels are read: split it up"
            raise Unsupported("this is nested too deeply", self.span(node), hint)

    def expression(self, node: Node) -> tree.Expression:
        """The expression that a node is. Raises Unsupported for what is outside the subset."""
        with self.deeper(node):
            return self._expression(node)

    def _part(self, node: Node, name: str) -> tree.Expression:
        return self.expression(self.field(node, name))

    def _expression(self, node: Node) -> tree.Expression:
        match node.type:
            case "identifier" | "field_identifier" | "type_identifier":
                return tree.Name(self.names.find(self.text(node)), self.span(node))
            case "null":
                return tree.Name("NULL", self.span(node))
            case "true" | "false":
                return tree.Number(_CONSTANTS[node.type], "", self.span(node))
            case "number_literal":
                return self._number(node)
            case "char_literal":
                return literals.character(self.text(node), self.span(node))
            case "string_literal":
                return literals.string([self.text(node)], self.span(node))
            case "concatenated_string":
                return self._strings(node)
            case "parenthesized_expression" | "extension_expression":
                return self._parenthesised(node)
            case "unary_expression" | "pointer_expression":
                return self._unary(node)
            case "binary_expression":
                return self._binary(node)
            case "assignment_expression":
                sign = self.text(self.field(node, "operator"))
                return tree.Assignment(sign[:-1], self._part(node, "left"), self._part(node, "right"), self.span(node))
            case "update_expression":
                return self._update(node)
            case "conditional_expression":
                return self._conditional(node)
            case "comma_expression":
                return tree.Comma(self._part(node, "left"), self._part(node, "right"), self.span(node))
            case "subscript_expression":
                return tree.Index(self._part(node, "argument"), self._part(node, "index"), self.span(node))
            case "field_expression":
                arrow = self.text(self.field(node, "operator")) == "->"
                name = self.text(self.field(node, "field"))
                return tree.Member(self._part(node, "argument"), name, arrow, self.span(node))
            case "call_expression":
                return self._call(node)
            case "cast_expression":
                return self._cast(node)
            case "compound_literal_expression":
                return self._literal(node)
            case "sizeof_expression":
                return self._size(node)
            case "initializer_list":
                return self.braces(node)
            case "gnu_asm_expression":
                return self._assembly(node)
            case "generic_expression":
                raise Unsupported("_Generic", self.span(node), "write the expression that it selects")
            case "alignof_expression":
                raise Unsupported("the alignment of a type", self.span(node), "write the number")
            case _:
                raise Unsupported(f"'{node.type.replace('_', ' ')}' here", self.span(node), "use plain C")

    # ── small ones ──

    def _number(self, node: Node) -> tree.Expression:
        """tree-sitter has a sign before a number as part of it."""
        text, span = self.text(node), self.span(node)
        if text[0] in "+-":
            return tree.Unary(text[0], literals.number(text[1:].lstrip(), span), span)
        return literals.number(text, span)

    def _strings(self, node: Node) -> tree.Text:
        parts = []
        for child in node.named_children:
            if child.type != "string_literal":
                hint = "is it a macro that is not defined?"
                raise Unsupported(f"'{self.text(child)}' among strings", self.span(child), hint)
            parts.append(self.text(child))
        return literals.string(parts, self.span(node))

    def _parenthesised(self, node: Node) -> tree.Expression:
        inner = [child for child in node.named_children if child.type != "comment"]
        if len(inner) != 1:
            raise SyntaxError("expected one value in the parentheses", self.span(node))
        if inner[0].type == "compound_statement":
            return tree.StatementExpression(self.block(inner[0]), self.span(node))
        return self.expression(inner[0])

    def _binary(self, node: Node) -> tree.Expression:
        """A chain such as `a + b + c + …` is as deep as it is long in the tree, and is taken apart in a loop."""
        links: list[Node] = []
        left = node
        while left.type == "binary_expression":
            links.append(left)
            left = self.field(left, "left")
        self.allow(len(links), node)
        found = self.expression(left)
        for link in reversed(links):
            operator = self.text(self.field(link, "operator"))
            found = tree.Binary(operator, found, self._part(link, "right"), self.span(link))
        return found

    def _unary(self, node: Node) -> tree.Unary:
        operator, operand = self.text(self.field(node, "operator")), self.field(node, "argument")
        if operator == "&" and operand.type == "pointer_expression" and self.text(operand).startswith("&"):
            raise Unsupported("the address of a label", self.span(node), "use a switch instead of a computed goto")
        return tree.Unary(operator, self.expression(operand), self.span(node))

    def _update(self, node: Node) -> tree.Expression:
        operator, target = self.field(node, "operator"), self.field(node, "argument")
        prefix = operator.start_byte < target.start_byte
        # To the parser `!x++` is `(!x)++`; in C what stands behind binds closer.
        before: list[Node] = []
        while not prefix and target.type == "unary_expression":
            before.append(target)
            target = self.field(target, "argument")
        self.allow(len(before), node)
        found: tree.Expression = tree.Increment(
            self.text(operator)[0], prefix, self.expression(target), self.span(node if prefix else target, node)
        )
        for unary in reversed(before):
            found = tree.Unary(self.text(self.field(unary, "operator")), found, self.span(unary, node))
        return found

    def _conditional(self, node: Node) -> tree.Expression:
        test, then = self.field(node, "condition"), node.child_by_field_name("consequence")
        first = self.expression(test)
        otherwise, span = self._part(node, "alternative"), self.span(node)
        if then is not None:
            return tree.Conditional(first, self.expression(then), otherwise, span)
        if isinstance(first, (tree.Name, tree.Number)):
            return tree.Conditional(first, first, otherwise, span)
        # a ?: b evaluates a once: ({ __auto_type value = a; value ? value : b; })
        if not self.names.local:
            raise Unsupported("this short conditional", span, "write the value twice")
        name = self.names.hidden("value")
        value = tree.Name(name, first.span)
        declarator = tree.Declarator(name, 0, (), first, first.span)
        declaration = tree.Declaration(tree.TypeName("__auto_type", 0, first.span), (declarator,), first.span)
        result = tree.Evaluate(tree.Conditional(value, value, otherwise, span), span)
        return tree.StatementExpression(tree.Compound((declaration, result), span), span)

    # ── calls ──

    def _call(self, node: Node) -> tree.Expression:
        function, list_ = self.field(node, "function"), self.field(node, "arguments")
        while function.type == "parenthesized_expression" and len(function.named_children) == 1:
            function = function.named_children[0]
        if function.type == "identifier" and self.text(function) == OFFSETOF:
            return self._offset(list_, self.span(node))
        arguments = tuple(self.expression(child) for child in list_.named_children if child.type != "comment")
        span = self.span(node)
        if function.type == "identifier" and not self.names.is_variable(self.text(function)):
            return tree.Call(tree.Name(self.names.find(self.text(function)), self.span(function)), arguments, span)
        pointer = self.expression(function)
        # `(*f)(x)` and `f(x)` are one: a function that is named stands for a pointer to it.
        while isinstance(pointer, tree.Unary) and pointer.operator == "*":
            pointer = pointer.operand
        callee = tree.Name(self.span(function).text, self.span(function))
        return tree.Call(callee, arguments, span, pointer)

    def _offset(self, arguments: Node, span: Span) -> tree.Expression:
        size, place = (child for child in arguments.named_children)
        type_ = self.expression(size)
        if not isinstance(type_, tree.SizeOf) or type_.type is None or type_.dimensions:
            raise SyntaxError("offsetof needs a type", self.span(size), "expected offsetof(struct x, field)")
        path: list[str | tree.Expression] = []
        while place.type in ("field_expression", "subscript_expression"):
            if place.type == "subscript_expression":
                path.append(self._part(place, "index"))
            else:
                path.append(self.text(self.field(place, "field")))
            place = self.field(place, "argument")
        if place.type != "identifier":
            raise SyntaxError("offsetof needs a field", self.span(place), "expected offsetof(struct x, field)")
        path.append(self.text(place))
        return tree.OffsetOf(type_.type, tuple(reversed(path)), span)

    # ── types in expressions ──

    def _cast(self, node: Node) -> tree.Expression:
        type_, dimensions = self.type_name(self.field(node, "type"))
        if dimensions:
            raise SyntaxError("a cast to an array", self.span(node), "cast to a pointer")
        return tree.Cast(type_, self._part(node, "value"), self.span(node))

    def _literal(self, node: Node) -> tree.CompoundLiteral:
        type_, dimensions = self.type_name(self.field(node, "type"))
        return tree.CompoundLiteral(type_, dimensions, self.braces(self.field(node, "value")), self.span(node))

    def _size(self, node: Node) -> tree.SizeOf:
        span = self.span(node)
        descriptor = node.child_by_field_name("type")
        if descriptor is None:
            operand = self.field(node, "value")
            inner = operand
            while inner.type == "parenthesized_expression" and len(inner.named_children) == 1:
                inner = inner.named_children[0]
            if inner.type != "identifier" or not self._is_type(self.text(inner)):
                return tree.SizeOf(None, (), self.expression(operand), span)
            name = self.text(inner)
            return tree.SizeOf(tree.TypeName(name, 0, self.span(inner)), (), None, span)
        name_node = self.field(descriptor, "type")
        if name_node.type == "type_identifier" and not self._is_type(self.text(name_node)):
            # `sizeof(x)` looks like a type to a parser that knows no variables.
            if descriptor.child_by_field_name("declarator") is None:
                return tree.SizeOf(None, (), self.expression(name_node), span)
            raise Unsupported(f"sizeof of '{self.span(descriptor).text}'", span, "is it a type that nothing declares?")
        type_, dimensions = self.type_name(descriptor)
        return tree.SizeOf(type_, dimensions, None, span)

    def _is_type(self, name: str) -> bool:
        return not self.names.is_variable(name) and self.home.is_type(name)

    # ── initial values ──

    def braces(self, node: Node) -> tree.Braces:
        """`{ … }` with its designators."""
        items: list[tree.Expression] = []
        for child in node.named_children:
            if child.type == "initializer_pair":
                items.extend(self._designated(child))
            elif child.type != "comment":
                items.append(self.expression(child))
        return tree.Braces(tuple(items), self.span(node))

    def _designated(self, node: Node) -> list[tree.Designated]:
        """`.a[1] = value`; of `[1 ... 3] = value` one for each element."""
        path: list[str | tree.Expression] = []
        last: int | None = None
        designators = node.children_by_field_name("designator")
        for designator in designators:
            inner = designator.named_children
            if designator.type == "field_designator":
                path.append(self.text(inner[0]))
            elif designator.type == "subscript_designator":
                path.append(self.expression(inner[0]))
            elif designator.type == "subscript_range_designator" and len(designators) == 1:
                path.append(tree.Number(self._index(inner[0]), "", self.span(inner[0])))
                last = self._index(inner[-1])
            else:
                raise Unsupported("this designator", self.span(designator), "write .field or [index] and '='")
        value, span = self._part(node, "value"), self.span(node)
        if last is None:
            return [tree.Designated(tuple(path), value, span)]
        first = path[0]
        assert isinstance(first, tree.Number)
        if last < first.value:
            raise SyntaxError("an empty range of elements", span, "expected the smaller index first")
        if any(isinstance(part, _EFFECTS) for part in walk(value)):
            raise Unsupported(
                "a range of elements whose value does something", span, "put the value into a local first"
            )
        if last - first.value > _MOST_ELEMENTS:
            hint = f"at most {_MOST_ELEMENTS} elements are filled at once"
            raise Unsupported("a range of so many elements", span, hint)
        indices = (tree.Number(index, "", first.span) for index in range(first.value, last + 1))
        return [tree.Designated((index,), value, span) for index in indices]

    def _index(self, node: Node) -> int:
        """The number of an element in a range."""
        found = constant(self.expression(node), self.home.enumerator)
        if found is None or found[0] < 0:
            raise Unsupported("a range of elements that is not known", self.span(node), "write numbers")
        return found[0]

    # ── assembly ──

    def _assembly(self, node: Node) -> tree.Call:
        """Only the compiler barrier is understood: no instructions, nothing written."""
        span = self.span(node)
        code = self.field(node, "assembly_code")
        template = literals.string([self.text(code)], span).value if code.type == "string_literal" else "?"
        outputs = node.child_by_field_name("output_operands")
        labels = node.child_by_field_name("goto_labels")
        clobbers = node.child_by_field_name("clobbers")
        memory = clobbers is not None and '"memory"' in self.text(clobbers)
        if template.strip() or (outputs and outputs.named_children) or labels is not None or not memory:
            raise Unsupported("assembly", span, "define the function or macro in the harness, in C")
        return tree.Call(tree.Name("barrier", span), (), span)
