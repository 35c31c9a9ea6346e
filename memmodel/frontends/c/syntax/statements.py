"""tree-sitter's statements in, statements of the syntax tree out, with one name for each variable of a function."""

from __future__ import annotations

from tree_sitter import Node

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.syntax.declarators import Shape, merged
from memmodel.frontends.c.syntax.expressions import ExpressionConverter
from memmodel.frontends.c.syntax.home import Home
from memmodel.frontends.c.syntax.names import Names
from memmodel.frontends.c.syntax.parse import Parsed
from memmodel.frontends.c.syntax.rewriting import RANGE
from memmodel.frontends.c.syntax.types import Specifiers
from memmodel.source import Span
from memmodel.syntax import tree


class StatementConverter(ExpressionConverter):
    """Conversion of the statements of one function."""

    def __init__(self, parsed: Parsed, home: Home, names: Names) -> None:
        super().__init__(parsed, home, names)
        self._switches = 0
        """How many switches are open."""
        self._labels: set[str] = set()

    # ── blocks ──

    def block(self, node: Node) -> tree.Compound:
        self.names.enter()
        body = self.statements(node)
        self.names.leave()
        return tree.Compound(body, self.span(node))

    def statements(self, node: Node) -> tuple[tree.Statement, ...]:
        """The statements between the braces of a block that is open already."""
        found: list[tree.Statement] = []
        for child in node.named_children:
            found.extend(self._items(child))
        return tuple(found)

    def _items(self, node: Node) -> list[tree.Statement]:
        """What one child of a block is in a list of statements: labels and cases stand before what they label."""
        match node.type:
            case "comment":
                return []
            case "declaration":
                return self._declaration(node)
            case "labeled_statement":
                found: list[tree.Statement] = [self._label(self.field(node, "label"))]
                for child in node.named_children[1:]:
                    found.extend(self._items(child))
                return found
            case "case_statement":
                return self._case(node)
            case "attributed_statement":
                return [item for child in node.named_children for item in self._items(child)]
            case "struct_specifier" | "union_specifier" | "enum_specifier":
                self.type(node)
                return []
            case "type_definition":
                raise Unsupported("a typedef in a function", self.span(node), "put it outside")
            case "function_definition":
                name = self.field(node, "declarator")
                hint = "put it outside; or is this a macro that nothing defines?"
                raise Unsupported("a function in a function", self.span(name), hint)
            case _:
                return [self._statement(node)]

    def _label(self, node: Node) -> tree.Label:
        name = self.names.find_label(self.text(node))
        if name in self._labels:
            raise SyntaxError(f"the label '{self.text(node)}' stands twice", self.span(node), "rename one of the two")
        self._labels.add(name)
        return tree.Label(name, self.span(node))

    def _single(self, node: Node) -> tree.Statement:
        """The body of a loop or a branch."""
        if node.type == "compound_statement":
            return self.block(node)
        self.names.enter()
        items = self._items(node)
        self.names.leave()
        return items[0] if len(items) == 1 else tree.Compound(tuple(items), self.span(node))

    def _statement(self, node: Node) -> tree.Statement:
        with self.deeper(node):
            match node.type:
                case "compound_statement":
                    return self.block(node)
                case "expression_statement":
                    return self._evaluate(node)
                case "if_statement":
                    return self._if(node)
                case "while_statement":
                    test = self.field(node, "condition")
                    condition = self.expression(test)
                    span = self.span(node.children[0], test)
                    return tree.While(condition, self._single(self.field(node, "body")), True, span)
                case "do_statement":
                    body = self._single(self.field(node, "body"))
                    test = self.field(node, "condition")
                    word = next(child for child in node.children if child.type == "while")
                    return tree.While(self.expression(test), body, False, self.span(word, test))
                case "for_statement":
                    return self._for(node)
                case "switch_statement":
                    return self._switch(node)
                case "return_statement" | "break_statement" | "continue_statement" | "goto_statement":
                    return self._jump(node)
                case _:
                    what = node.type.replace("_", " ")
                    raise Unsupported(f"'{what}' as a statement", self.span(node), "use plain C")

    def _evaluate(self, node: Node) -> tree.Evaluate:
        inner = [child for child in node.named_children if child.type != "comment"]
        if not inner:
            return tree.Evaluate(None, self.span(node))
        expression = self.expression(inner[0])
        return tree.Evaluate(expression, expression.span)

    # ── branches and loops ──

    def _if(self, node: Node) -> tree.If:
        """`else if` after `else if` is as deep as it is long in the tree, and is taken apart in a loop."""
        links: list[tuple[tree.Expression, tree.Statement, Node]] = []
        otherwise: tree.Statement | None = None
        while True:
            test = self.expression(self.field(node, "condition"))
            links.append((test, self._single(self.field(node, "consequence")), node))
            clause = node.child_by_field_name("alternative")
            if clause is None:
                break
            following = next(c for c in clause.named_children if c.type != "comment")
            if following.type != "if_statement":
                otherwise = self._single(following)
                break
            node = following
            self.allow(len(links), node)
        for test, then, link in reversed(links):
            span = self.span(link.children[0], self.field(link, "condition"))
            otherwise = tree.If(test, then, otherwise, span)
        assert isinstance(otherwise, tree.If)
        return otherwise

    def _for(self, node: Node) -> tree.For:
        self.names.enter()
        closing = [child for child in node.children if child.type == ")"][-1]
        span = self.span(node.children[0], closing)
        initial = node.child_by_field_name("initializer")
        start: tree.Statement = tree.Evaluate(None, span)
        if initial is not None and initial.type == "declaration":
            items = self._declaration(initial)
            start = items[0] if len(items) == 1 else tree.Compound(tuple(items), self.span(initial))
        elif initial is not None:
            value = self.expression(initial)
            start = tree.Evaluate(value, value.span)
        test, step = node.child_by_field_name("condition"), node.child_by_field_name("update")
        condition = self.expression(test) if test else None
        update = self.expression(step) if step else None
        body = self._single(self.field(node, "body"))
        self.names.leave()
        return tree.For(start, condition, update, body, span)

    def _switch(self, node: Node) -> tree.Switch:
        test = self.field(node, "condition")
        value = self.expression(test)
        self._switches += 1
        body = self._single(self.field(node, "body"))
        self._switches -= 1
        if not isinstance(body, tree.Compound):
            body = tree.Compound((body,), body.span)
        return tree.Switch(value, body, self.span(node.children[0], test))

    def _case(self, node: Node) -> list[tree.Statement]:
        value = node.child_by_field_name("value")
        colon = next(child for child in node.children if child.type == ":")
        span = self.span(node.children[0], colon)
        if not self._switches:
            raise SyntaxError(f"'{self.text(node.children[0])}' outside a switch", span, "expected it inside 'switch'")
        found: list[tree.Statement] = [_case(self.expression(value) if value is not None else None, span)]
        for child in node.named_children:
            if child.start_byte > colon.start_byte:
                found.extend(self._items(child))
        return found

    def _jump(self, node: Node) -> tree.Jump:
        kind = node.type.removesuffix("_statement")
        label = node.child_by_field_name("label")
        if label is not None:
            target = self.names.find_label(self.text(label))
            return tree.Jump(kind, target, None, self.span(node.children[0], label))
        inner = [child for child in node.named_children if child.type != "comment"]
        if not inner:
            return tree.Jump(kind, "", None, self.span(node.children[0]))
        return tree.Jump(kind, "", self.expression(inner[0]), self.span(node.children[0], inner[0]))

    # ── declarations ──

    def _declaration(self, node: Node) -> list[tree.Statement]:
        declarators = node.children_by_field_name("declarator")
        if self.text(self.field(node, "type")) == "__label__":
            for label in declarators:
                self.names.label(self.text(label))
            return []
        before = self.specifiers(node)
        found: list[tree.Declaration] = []
        for declarator in declarators:
            inner, value = declarator, None
            if declarator.type == "init_declarator":
                inner, value = self.field(declarator, "declarator"), self.field(declarator, "value")
            shape = self.shape(inner)
            if shape.is_function and not shape.pointers:
                continue  # a prototype says nothing that is needed
            declared = self._local(node, before, shape, value)
            if "static" in before.storage:
                self.home.define_variable(declared)
            else:
                found.append(declared)
        return list(merged(found))

    def _local(self, node: Node, before: Specifiers, shape: Shape, value: Node | None) -> tree.Declaration:
        name = shape.name
        if name is None:
            raise SyntaxError("this declares nothing", self.span(node), "expected a name after the type")
        if "extern" in before.storage:
            raise Unsupported("'extern' in a function", self.span(name), "declare the variable outside the function")
        if self.names.declares(self.text(name)):
            raise SyntaxError(f"'{self.text(name)}' is declared twice in one block", self.span(name))
        dimensions = self.dimensions(shape)
        if any(map(self._varies, dimensions)):
            raise Unsupported("an array whose length is computed", self.span(name), "give it a constant length")
        # In C the name is known in its own initial value already.
        static = "static" in before.storage
        unique = f"{self.text(name)}@{self.parsed.place(node)}" if static else self.names.variable(self.text(name))
        if static:
            self.names.static(self.text(name), unique)
        initial = self.expression(value) if value is not None else None
        span = self.span(name) if value is None else self.span(name, value)
        alignment = self.alignment(node, shape)
        declared = tree.Declarator(unique, shape.pointers, dimensions, initial, span, None, alignment)
        return self.declaration(node, before.type, shape, declared)

    def _varies(self, dimension: tree.Expression | None) -> bool:
        """Whether a length is that of a variable-length array, as far as its own names tell."""
        match dimension:
            case tree.Name():
                return self.names.is_local(dimension.text)
            case tree.Binary():
                return self._varies(dimension.left) or self._varies(dimension.right)
            case tree.Unary() | tree.Cast():
                return self._varies(dimension.operand)
            case _:
                return False


def _case(value: tree.Expression | None, span: Span) -> tree.Case:
    if isinstance(value, tree.Conditional) and isinstance(value.then, tree.Name) and value.then.text == RANGE:
        return tree.Case(value.test, value.otherwise, span)
    return tree.Case(value, None, span)
