"""A header and an offset in it in, whether its `#if`s let the line there stand out.

The configuration is that of a plain multiprocessor kernel without debugging; any other CONFIG_ name, and any other
name at all, counts as not defined, as it does to C.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from memmodel.source import SourceFile

CONFIGURED = frozenset(
    (
        "__KERNEL__",
        "__GNUC__",
        "CONFIG_SMP",
        "CONFIG_64BIT",
        "CONFIG_MMU",
        "CONFIG_NET",
        "CONFIG_INET",
        "CONFIG_BLOCK",
        "CONFIG_BUG",
        "CONFIG_PRINTK",
        "CONFIG_TREE_RCU",
        "CONFIG_TREE_SRCU",
        "CONFIG_TASKS_RCU",
        "CONFIG_CGROUPS",
        "CONFIG_BPF_SYSCALL",
        "CONFIG_FUTEX",
        "CONFIG_EVENTFD",
        "CONFIG_EPOLL",
        "CONFIG_PERF_EVENTS",
        "CONFIG_SYSFS",
        "CONFIG_PROC_FS",
    )
)
"""The names that a header may find defined."""

_NUMBERS = {"BITS_PER_LONG": 64, "__BITS_PER_LONG": 64, "NR_CPUS": 64, "CONFIG_NR_CPUS": 64, "CONFIG_BASE_SMALL": 0}
_DIRECTIVE = re.compile(r"^[ \t]*\#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b((?:[^\n\\]|\\\n|\\.)*)", re.MULTILINE)
_TOKEN = re.compile(r"[A-Za-z_]\w*|0[xX][0-9a-fA-F]+|\d+|&&|\|\||[=!<>]=|<<|>>|[()!<>+\-*/%,&|^~?:]")
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\\\n", re.DOTALL)
_LEVELS = (("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", ">", "<=", ">="), ("<<", ">>"), ("+", "-"))


def enabled(file: SourceFile, offset: int) -> bool:
    """Whether the conditionals around `offset` hold."""
    starts, states = _regions(file.name, file.text)
    return states[bisect_right(starts, offset) - 1]


@lru_cache(maxsize=4096)
def _regions(name: str, text: str) -> tuple[list[int], list[bool]]:
    """Where the state changes, and the state from there on."""
    starts, states = [0], [True]
    arms: list[tuple[bool, bool, bool]] = []  # whether the whole is reached, some arm was taken, this one is
    for match in _DIRECTIVE.finditer(text):
        word, rest = match[1], _COMMENT.sub(" ", match[2])
        if word in ("if", "ifdef", "ifndef"):
            reached = states[-1]
            holds = _holds(rest) if word == "if" else ((rest.split() or [""])[0] in CONFIGURED) == (word == "ifdef")
            arms.append((reached, holds, holds))
        elif not arms:
            continue
        elif word == "endif":
            reached, _, _ = arms.pop()
            starts.append(match.end())
            states.append(reached)
            continue
        else:
            reached, taken, _ = arms[-1]
            holds = not taken and (word == "else" or _holds(rest))
            arms[-1] = (reached, taken or holds, holds)
        starts.append(match.end())
        states.append(arms[-1][0] and arms[-1][2])
    return starts, states


def opening(file: SourceFile, offset: int) -> tuple[frozenset[str], frozenset[str]]:
    """The CONFIG_ names to define, and those not to, for the conditionals around `offset` to hold: a proposal, as what
    a condition says may be more than this looks at."""
    define: set[str] = set()
    undefine: set[str] = set()
    around: list[tuple[str, str, list[str]]] = []  # of each open #if: its present arm, and the conditions before that
    for match in _DIRECTIVE.finditer(file.text, 0, offset):
        word, rest = match[1], _COMMENT.sub(" ", match[2])
        if word in ("if", "ifdef", "ifndef"):
            condition = {"if": rest, "ifdef": f"defined({rest})", "ifndef": f"!defined({rest})"}[word]
            around.append((condition, condition, []))
        elif around and word == "endif":
            around.pop()
        elif around:
            _, last, before = around.pop()
            condition = rest if word == "elif" else "1"
            around.append((condition, condition, [*before, last]))
    for condition, _, before in around:
        _satisfy(condition, define, undefine)
        for other in before:
            _satisfy(other, undefine, define)
    return frozenset(define - CONFIGURED), frozenset(undefine & CONFIGURED)


_NAMED = re.compile(r"(!?)\s*(?:defined|IS_ENABLED|IS_BUILTIN|IS_REACHABLE)?\s*\(?\s*(CONFIG_\w+)")


def _satisfy(condition: str, define: set[str], undefine: set[str]) -> None:
    for negated, name in _NAMED.findall(condition):
        (undefine if negated else define).add(name)


def _holds(text: str) -> bool:
    return _Parser(_TOKEN.findall(text)).expression(0) != 0


class _Parser:
    """The value of an `#if`'s expression; what is not one counts as 0."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens[:500]
        self.position = 0

    def _next(self) -> str:
        token = self.tokens[self.position] if self.position < len(self.tokens) else ""
        self.position += 1
        return token

    def _peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def expression(self, level: int) -> int:
        if level == len(_LEVELS):
            return self._operand()
        left = self.expression(level + 1)
        while self._peek() in _LEVELS[level]:
            operator = self._next()
            left = _apply(operator, left, self.expression(level + 1))
        return left

    def _operand(self) -> int:
        token = self._next()
        if token == "!":
            return int(not self._operand())
        if token == "-":
            return -self._operand()
        if token == "(":
            value = self.expression(0)
            self._next()
            return value
        if token in ("defined", "IS_ENABLED", "IS_BUILTIN", "IS_MODULE", "IS_REACHABLE"):
            parenthesised = self._peek() == "("
            if parenthesised:
                self._next()
            name = self._next()
            if parenthesised:
                self._next()
            return int(name in CONFIGURED)
        if token[:1].isdigit():
            return int(token, 0) if token[:2].lower() == "0x" else int(token)
        if self._peek() == "(":
            depth = 0
            while (sign := self._next()) and (depth := depth + {"(": 1, ")": -1}.get(sign, 0)):
                pass
            return 0
        return _NUMBERS.get(token, int(token in CONFIGURED))


def _apply(operator: str, left: int, right: int) -> int:
    match operator:
        case "||":
            return int(bool(left) or bool(right))
        case "&&":
            return int(bool(left) and bool(right))
        case "==":
            return int(left == right)
        case "!=":
            return int(left != right)
        case "<":
            return int(left < right)
        case ">":
            return int(left > right)
        case "<=":
            return int(left <= right)
        case ">=":
            return int(left >= right)
        case "+":
            return left + right
        case "-":
            return left - right
        case "<<":
            return left << min(max(right, 0), 64)
        case ">>":
            return left >> min(max(right, 0), 64)
        case "&":
            return left & right
        case "|":
            return left | right
        case _:
            return left ^ right
