"""An expression of cat and the names known around it in, the term (or function, tuple …) that it denotes out."""

from __future__ import annotations

from memmodel.cat import build
from memmodel.cat.recursion import bind_recursive
from memmodel.cat.terms import UNIVERSE, Op, Sort, Term, base, make
from memmodel.cat.values import (
    EMPTY,
    Empty,
    Foreign,
    Function,
    Orders,
    Pending,
    Primitive,
    Routine,
    Several,
    TagSet,
    TagsToEvents,
    Value,
    Variable,
    convert,
    describe,
    sort_of,
)
from memmodel.errors import ModelError, Unsupported, meant
from memmodel.source import Span
from memmodel.syntax import cat_tree as cat
from memmodel.syntax.cat_tree import Operator

Scope = dict[str, Value]
"""What each name stands for. Never changed once a function has been made in it: a later `let` makes a new one."""

DEEPEST = 100
"""Levels of expressions and calls inside each other."""

DEEPEST_TERM = 120
"""Levels of operators in a term, all names followed: what evaluates terms recurses over them."""

MOST_STEPS = 200_000
"""Expressions resolved for one model, each call of a function counted anew. The kernel's model takes some thousand."""


class UnknownName(ModelError):
    """A name that stands for nothing."""


class Expressions:
    """Resolves expressions for one model. `model` is its name (it makes names of recursive groups unique);
    `variants` are the names for which `if "…"` holds."""

    def __init__(self, model: str, variants: frozenset[str]) -> None:
        self._model = model
        self._variants = variants
        self._steps = 0
        self._depth = 0
        self._groups = 0
        self._heights: dict[Term, int] = {}

    def step(self, span: Span, cost: int = 1) -> None:
        """Count `cost` steps. Raises ModelError past the limit."""
        self._steps += cost
        if self._steps > MOST_STEPS:
            raise ModelError(
                "this model grows without end", span, "functions or includes double their work again and again"
            )

    def value(self, node: cat.Expression, scope: Scope) -> Value:
        """What `node` denotes. Raises ModelError and Unsupported, with the place."""
        self.step(node.span)
        if self._depth >= DEEPEST:
            raise ModelError(
                "expressions nested too deeply", node.span, f"at most {DEEPEST} levels; name a part with let"
            )
        self._depth += 1
        try:
            result = self._value(node, scope)
        finally:
            self._depth -= 1
        if isinstance(result, Term):
            self.measure(result, node.span)
        return result

    def term(self, node: cat.Expression, scope: Scope, sort: Sort, user: str) -> Term:
        """`node` as a term of that sort; `user` says in errors what wants it."""
        return convert(self.value(node, scope), sort, node.span, user)

    def measure(self, term: Term, span: Span) -> int:
        """How many operators deep a term is. Raises ModelError past the limit."""
        height = self._heights.get(term)
        if height is None:
            height = 1 + max((self.measure(a, span) for a in term.args), default=0)
            self._heights[term] = height
            if height > DEEPEST_TERM:
                raise ModelError(
                    "definitions build on each other too deeply", span, f"at most {DEEPEST_TERM} operators deep"
                )
        return height

    def _value(self, node: cat.Expression, scope: Scope) -> Value:
        match node:
            case cat.Operation():
                return self._operation(node, scope)
            case cat.Name():
                return self._name(node, scope)
            case cat.Apply():
                return self._apply(node, scope)
            case cat.Zero():
                return EMPTY
            case cat.Universe():
                return UNIVERSE
            case cat.Tag():
                return TagSet((node.name,))
            case cat.Tuple():
                return Several(tuple(self.value(item, scope) for item in node.items))
            case cat.LetIn():
                return self.value(node.body, self.bind_all(node.bindings, node.recursive, scope))
            case cat.Fun():
                return Function("fun", node.parameters, node.body, scope)
            case cat.TryWith():
                try:
                    return self.value(node.body, scope)
                except UnknownName:
                    return self.value(node.fallback, scope)
            case cat.IfThen():
                return self.value(node.then if self.holds(node.condition) else node.otherwise, scope)
            case cat.Braces():
                return self._braces(node, scope)
            case cat.Match():
                raise Unsupported("match is not supported", node.span, "only definitions without case distinctions are")

    def _name(self, node: cat.Name, scope: Scope) -> Value:
        value = scope.get(node.name)
        if value is None:
            raise UnknownName(f"unknown name '{node.name}'", node.span, suggestion(node.name, scope))
        if isinstance(value, Variable):
            cell = value.cell
            if cell.sort is None:
                return Pending((cell,))
            return make(Op.VARIABLE, cell.sort, (), value.group, value.index)
        if isinstance(value, Foreign):
            raise Unsupported(f"'{value.name}' is not supported", node.span, "coherence orders come from the engine")
        return value

    def _braces(self, node: cat.Braces, scope: Scope) -> Value:
        elements = [self.value(element, scope) for element in node.elements]
        tags = [element for element in elements if isinstance(element, TagSet)]
        if len(tags) != len(elements):
            raise Unsupported("a set that lists its elements is not supported", node.span, "lists of tags are")
        return TagSet(tuple(tag for element in tags for tag in element.tags))

    # ── operators ────────────────────────────────────────────────────────────────────────────────

    def _operation(self, node: cat.Operation, scope: Scope) -> Value:
        word = f"'{node.operator.value}'"
        match node.operator:
            case Operator.UNION | Operator.INTERSECTION | Operator.DIFFERENCE | Operator.COMPLEMENT:
                return self._alike(node, scope)
            case Operator.ADJOIN:
                raise Unsupported(
                    "sets built with '++' are not supported", node.span, "coherence orders come from the engine"
                )
            case Operator.PRODUCT:
                first, second = (self.term(o, scope, Sort.SET, word) for o in node.operands)
                return build.product(first, second)
            case Operator.IDENTITY:
                return build.identity(self.term(node.operands[0], scope, Sort.SET, word))
        terms = [self.term(operand, scope, Sort.RELATION, word) for operand in node.operands]
        match node.operator:
            case Operator.SEQUENCE:
                return build.sequence(terms)
            case Operator.STAR:
                return build.star(terms[0])
            case Operator.PLUS:
                return build.plus(terms[0])
            case Operator.OPTIONAL:
                return build.optional(terms[0])
            case Operator.INVERSE:
                return build.inverse(terms[0])

    def _alike(self, node: cat.Operation, scope: Scope) -> Value:
        """Operators on sets and relations alike: all operands and the result are of one sort."""
        values = [self.value(operand, scope) for operand in node.operands]
        sort = next((s for s in map(sort_of, values) if s is not None), None)
        if sort is None and all(isinstance(v, (Pending, Empty)) for v in values):
            cells = tuple(dict.fromkeys(c for v in values if isinstance(v, Pending) for c in v.cells))
            return Pending(cells) if cells else self._of_nothing(node)
        word = f"'{node.operator.value}'"
        sort = sort or Sort.RELATION
        terms = [convert(v, sort, o.span, word) for v, o in zip(values, node.operands, strict=True)]
        match node.operator:
            case Operator.UNION:
                return build.union(terms, sort)
            case Operator.INTERSECTION:
                return build.intersection(terms, sort)
            case Operator.COMPLEMENT:
                return build.complement(terms[0])
        result = terms[0]
        for term in terms[1:]:
            result = build.difference(result, term)
        return result

    def _of_nothing(self, node: cat.Operation) -> Value:
        if node.operator is Operator.COMPLEMENT:
            raise ModelError("'~0' may be all events or all pairs", node.span, "write _ or _ * _")
        return EMPTY

    # ── functions ────────────────────────────────────────────────────────────────────────────────

    def _apply(self, node: cat.Apply, scope: Scope) -> Value:
        function = self.value(node.function, scope)
        argument = self.value(node.argument, scope)
        match function:
            case Primitive():
                return function.apply(convert(argument, function.takes, node.argument.span, f"'{function.name}'"))
            case TagsToEvents():
                return self._events(argument, scope, node.argument.span)
            case Function():
                inner = dict(function.scope)
                self.bind(function.parameters, argument, inner, node.argument.span, f"'{function.name}'")
                try:
                    return self.value(function.body, inner)
                except ModelError as error:
                    if error.hint is None:
                        error.hint = f"in the call of '{function.name}' at {node.span.start_label}"
                    raise
            case Orders():
                raise Unsupported(
                    f"'{function.name}' is good only in `with co from`", node.span, "co is there without it"
                )
        raise ModelError(
            f"{describe(function)} is not a function", node.function.span, "two operands need an operator between"
        )

    def _events(self, argument: Value, scope: Scope, span: Span) -> Value:
        if not isinstance(argument, TagSet):
            raise ModelError(
                f"'tag2events' needs annotations, and this is {describe(argument)}", span, "write 'once, say"
            )
        return build.union([base(set_name(tag), Sort.SET) for tag in argument.tags], Sort.SET)

    def bind(self, pattern: cat.Pattern, value: Value, scope: Scope, span: Span, whose: str) -> None:
        """Bind the names of `pattern` to `value`, or to its parts, in `scope`."""
        items = value.items if isinstance(value, Several) else (value,)
        if len(items) != len(pattern.names):
            wanted, given = len(pattern.names), len(items)
            parts = "argument" if wanted == 1 else "arguments"
            raise ModelError(
                f"{whose} takes {wanted} {parts}, {given} given", span, f"it is defined at {pattern.span.start_label}"
            )
        for name, item in zip(pattern.names, items, strict=True):
            if name is not None:
                scope[name] = item

    # ── definitions ──────────────────────────────────────────────────────────────────────────────

    def bind_all(self, bindings: tuple[cat.Binding, ...], recursive: bool, scope: Scope) -> Scope:
        """A new scope with the names of a `let` added."""
        result = dict(scope)
        if recursive:
            self._groups += 1
            bind_recursive(self, bindings, result, f"{self._model}:{self._groups}")
            return result
        for binding in bindings:
            name = binding.pattern.names[0] if binding.pattern.names else None
            if binding.parameters is not None and name is not None:
                result[name] = Function(name, binding.parameters, binding.body, scope)
            else:
                self.bind(binding.pattern, self.value(binding.body, scope), result, binding.span, "this pattern")
        return result

    def holds(self, condition: cat.Condition) -> bool:
        """Whether the condition of an `if` holds."""
        match condition:
            case cat.VariantName():
                return condition.name in self._variants
            case cat.Junction(every=True):
                return all(self.holds(operand) for operand in condition.operands)
            case cat.Junction():
                return any(self.holds(operand) for operand in condition.operands)
            case cat.Negation():
                return not self.holds(condition.operand)
            case cat.Comparison():
                raise Unsupported("a choice by comparing values is not supported", condition.span, 'if "variant" is')


def set_name(tag: str) -> str:
    """The set of the events that carry a tag: 'rcu-lock gives Rcu-lock."""
    return tag[:1].upper() + tag[1:]


def suggestion(name: str, scope: Scope) -> str:
    """What the name may have been meant to be."""
    others = [known for known, value in scope.items() if not isinstance(value, (Foreign, Routine))]
    return meant(name, others) or "it is neither defined above nor a set of an annotation that an enum declares"
