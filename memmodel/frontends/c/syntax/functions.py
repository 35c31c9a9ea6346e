"""tree-sitter's function definitions in, functions of the syntax tree out."""

from __future__ import annotations

import re

from tree_sitter import Node

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.syntax.declarators import FUNCTION
from memmodel.frontends.c.syntax.home import Home
from memmodel.frontends.c.syntax.names import Names
from memmodel.frontends.c.syntax.parse import Parsed
from memmodel.frontends.c.syntax.statements import StatementConverter
from memmodel.syntax import tree

_THREAD = re.compile(r"P(0|[1-9][0-9]*)")


def function(parsed: Parsed, node: Node, home: Home) -> tree.Function:
    """The function that a definition defines.

    Raises:
        SyntaxError: something in it is no C.
        Unsupported: something in it is outside the subset.
    """
    parsed.check(node)
    names = Names()
    found = _FunctionConverter(parsed, home, names).function(node)
    if names.clashes:
        found = _FunctionConverter(parsed, home, Names(names.clashes)).function(node)
    return found


class _FunctionConverter(StatementConverter):
    """Conversion of one function."""

    def function(self, node: Node) -> tree.Function:
        before = self.specifiers(node)
        declarator = self.field(node, "declarator")
        shape = self.shape(declarator)
        if shape.name is None or shape.parameters is None or shape.pointers or shape.dimensions:
            raise Unsupported("this kind of function", self.span(declarator), "expected 'type name(parameters)'")
        name = self.text(shape.name)
        type_ = before.type
        result = tree.TypeName(type_.base, type_.pointers + shape.result, type_.span, type_.of, type_.volatile)
        self.names.enter()
        parameters, variadic = self._parameters(shape.parameters)
        body_node = self.field(node, "body")
        if body_node.type != "compound_statement":
            raise Unsupported("this kind of function", self.span(declarator), "expected a body in braces")
        body = tree.Compound(self.statements(body_node), self.span(body_node))
        self.names.leave()
        thread = _THREAD.fullmatch(name)
        process = int(thread.group(1)) if thread and len(name) < 6 and not parameters else None
        return tree.Function(name, process, result, parameters, body, self.span(shape.name), variadic)

    def _parameters(self, node: Node) -> tuple[tuple[tree.Parameter, ...], bool]:
        found: list[tree.Parameter] = []
        variadic = False
        for child in node.named_children:
            if child.type == "variadic_parameter":
                variadic = True
            elif child.type == "parameter_declaration":
                parameter = self._parameter(child)
                if parameter is not None:
                    found.append(parameter)
            elif child.type != "comment":
                raise Unsupported("a parameter without a type", self.span(child), "write its type in the parentheses")
        return tuple(found), variadic

    def _parameter(self, node: Node) -> tree.Parameter | None:
        """A parameter, None for `(void)`. An array or a function counts as a pointer, as it does in C."""
        base = self.specifiers(node).type
        shape = self.shape(node.child_by_field_name("declarator"))
        if base.base == "void" and not base.pointers and shape.name is None and not shape.pointers:
            return None
        if len(shape.dimensions) > 1:
            hint = "use a pointer to the first element"
            raise Unsupported("a parameter that is a pointer to a whole array", self.span(node), hint)
        type_ = self.pointed(base, shape, self.span(node))
        pointers = type_.pointers + len(shape.dimensions)
        if type_.base == FUNCTION and not pointers:
            pointers = 1
        name = self.text(shape.name) if shape.name else ""
        if name and self.names.declares(name):
            raise SyntaxError(f"two parameters are named '{name}'", self.span(node), "give one another name")
        if name:
            self.names.parameter(name)
        pointed = tree.TypeName(type_.base, pointers, type_.span, type_.of, type_.volatile)
        return tree.Parameter(name, pointed, self.span(node))
