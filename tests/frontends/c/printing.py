"""A syntax tree of C in, C with every parenthesis out: what a compiler makes of it shows how the tree was meant."""

from __future__ import annotations

from memmodel.frontends.c.syntax.unit import Unit
from memmodel.syntax import tree


def unit(found: Unit) -> str:
    """All functions of a unit, but for those of the package's own headers."""
    names = [name for name in found.functions() if not found.library(name)]
    return "\n".join(function(made) for name in names if (made := found.function(name)) is not None)


def function(node: tree.Function) -> str:
    assert node.result is not None
    parameters = ", ".join(declared(p.type, p.name, 0, ()) for p in node.parameters) or "void"
    return f"{declared(node.result, '', 0, ())} {node.name}({parameters})\n{statement(node.body)}\n"


def structure(node: tree.Structure) -> str:
    fields = "".join(declaration(field) for field in node.fields)
    word = "union" if node.union else "struct"
    packed = " __attribute__((packed))" if node.packed else ""
    aligned = f" __attribute__((aligned({expression(node.alignment)})))" if node.alignment else ""
    return f"{word} {name(node.name)} {{ {fields} }}{packed}{aligned};\n"


def name(text: str) -> str:
    return "".join(c if c.isalnum() or c == "_" else "_" for c in text)


def declared(type_: tree.TypeName, called: str, pointers: int, dimensions: tuple[tree.Expression | None, ...]) -> str:
    stars = "*" * (type_.pointers + pointers)
    lengths = "".join(f"[{expression(d) if d is not None else ''}]" for d in dimensions)
    volatile = "volatile " if type_.volatile else ""
    if type_.base == "function":
        return f"int ({stars}{name(called)}{lengths})()"
    if type_.base == "typeof":
        assert type_.of is not None
        return f"{volatile}__typeof__({expression(type_.of)}) {stars}{name(called)}{lengths}"
    word, _, tag = type_.base.partition(" ")
    base = f"{word} {name(tag)}" if word in ("struct", "union") else type_.base
    return f"{volatile}{base.replace('bool', '_Bool')} {stars}{name(called)}{lengths}"


def declaration(node: tree.Declaration) -> str:
    parts = []
    for d in node.declarators:
        bits = f" : {expression(d.bits)}" if d.bits else ""
        initial = f" = {expression(d.initial)}" if d.initial else ""
        aligned = f" __attribute__((aligned({expression(d.alignment)})))" if d.alignment else ""
        parts.append(f"{declared(node.type, d.name, d.pointers, d.dimensions)}{bits}{aligned}{initial};\n")
    return "".join(parts)


def statement(node: tree.Statement) -> str:
    match node:
        case tree.Declaration():
            return declaration(node)
        case tree.Evaluate():
            return f"{expression(node.expression)};\n" if node.expression else ";\n"
        case tree.Compound():
            return "{\n" + "".join(map(statement, node.body)) + ";}\n"
        case tree.If():
            otherwise = f" else {{ {statement(node.otherwise)} }}" if node.otherwise else ""
            return f"if ({expression(node.test)}) {{ {statement(node.then)} }}{otherwise}\n"
        case tree.While() if node.test_first:
            return f"while ({expression(node.test)}) {{ {statement(node.body)} }}\n"
        case tree.While():
            return f"do {{ {statement(node.body)} }} while ({expression(node.test)});\n"
        case tree.For():
            parts = [expression(part) if part else "" for part in (node.test, node.step)]
            return f"{{ {statement(node.start)} for (; {parts[0]}; {parts[1]}) {{ {statement(node.body)} }} }}\n"
        case tree.Jump():
            value = expression(node.value) if node.value else node.label
            return f"{node.kind} {value};\n"
        case tree.Label():
            return f"{node.name}:;\n"
        case tree.Switch():
            return f"switch ({expression(node.test)}) {statement(node.body)}"
        case tree.Case():
            if node.value is None:
                return "default:;\n"
            last = f" ... {expression(node.last)}" if node.last else ""
            return f"case {expression(node.value)}{last}:;\n"


def expression(node: tree.Expression) -> str:
    match node:
        case tree.Number():
            # A decimal that no signed type holds is a number of 128 bits to gcc.
            return f"{node.value}{node.suffix or ('u' if node.value >= 1 << 63 else '')}"
        case tree.Name():
            return name(node.text)
        case tree.Unary():
            return f"({node.operator} {expression(node.operand)})"
        case tree.Binary():
            return f"({expression(node.left)} {node.operator} {expression(node.right)})"
        case tree.Conditional():
            return f"({expression(node.test)} ? {expression(node.then)} : {expression(node.otherwise)})"
        case tree.Assignment():
            return f"({expression(node.target)} {node.operator}= {expression(node.value)})"
        case tree.Increment():
            sign, target = node.operator * 2, expression(node.target)
            return f"({sign}{target})" if node.prefix else f"({target}{sign})"
        case tree.Cast():
            return f"(({declared(node.type, '', 0, ())}) {expression(node.operand)})"
        case tree.Call():
            called = expression(node.pointer) if node.pointer else name(node.function.text)
            return f"({called})({', '.join(map(expression, node.arguments))})"
        case tree.Index():
            return f"({expression(node.base)})[{expression(node.index)}]"
        case tree.Member():
            return f"({expression(node.base)}){'->' if node.arrow else '.'}{node.name}"
        case tree.Comma():
            return f"({expression(node.first)}, {expression(node.second)})"
        case tree.Braces():
            return "{" + ", ".join(map(expression, node.items)) + "}"
        case tree.Designated():
            return f"{path(node.path)} = {expression(node.value)}"
        case tree.CompoundLiteral():
            return f"({declared(node.type, '', 0, node.dimensions)}){expression(node.value)}"
        case tree.SizeOf():
            if node.type is not None:
                return f"sizeof({declared(node.type, '', 0, node.dimensions)})"
            assert node.operand is not None
            return f"sizeof({expression(node.operand)})"
        case tree.OffsetOf():
            return f"__builtin_offsetof({declared(node.type, '', 0, ())}, {path(node.path)[1:]})"
        case tree.Text():
            return '"' + "".join(f"\\{ord(c):03o}" for c in node.value) + '"'
        case tree.StatementExpression():
            return f"({statement(node.body)})".replace(";}\n)", "})")


def path(steps: tuple[str | tree.Expression, ...]) -> str:
    return "".join(f".{step}" if isinstance(step, str) else f"[{expression(step)}]" for step in steps)
