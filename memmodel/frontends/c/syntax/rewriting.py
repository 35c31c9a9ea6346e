"""The words of an external declaration of C in, what to write in place of some of them out.

tree-sitter knows no typedef names: `(a) - b` and `sizeof (a) * b` are casts or operations as it pleases. Here the names
of types are known, so what is meant is made plain: a type in such a place gets a `const`, a value a second pair of
parentheses. GNU spellings that its grammar lacks are put into ones that it has.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from memmodel.frontends.c.syntax.scan import ATTRIBUTES, Kind, Word, pairs
from memmodel.records import dataclass

TYPEOF = "__typeof_value__"
"""The enumerator that stands for `typeof(value)`, which becomes `enum{__typeof_value__=value}`."""
TYPEOF_TYPE = "__typeof_type__"
OFFSETOF = "__offset_of__"
"""The function that stands for offsetof: it takes `sizeof(type)` and the path as an expression."""
RANGE = "__range__"
"""`case 1 ... 3:` becomes `case 1 ? __range__ : 3:`."""
NO_NAME = "__no_name__"
"""The name that a bit-field without one gets, as the grammar demands one."""

_WORDS = """struct union enum unsigned signed __signed__ int char short long float double void bool _Bool const volatile
    __const __volatile__ typeof __typeof__ __typeof __auto_type __int128 _Atomic"""
TYPE_WORDS = frozenset(_WORDS.split())
"""The keywords that a type may begin with."""
_RENAMED = {
    "__volatile__": "volatile",
    "__volatile": "volatile",
    "__inline__": "inline",
    "__inline": "inline",
    "__const__": "const",
    "__const": "const",
    "__restrict__": "restrict",
    "__restrict": "restrict",
    "__signed__": "signed",
    "__signed": "signed",
    "__asm__": "asm",
    "__asm": "asm",
    "__extension__": "",
    "_Bool": "bool",
    "_Thread_local": "thread_local",
    "_Noreturn": "",
}
_ATTRIBUTES = ATTRIBUTES | {"_Alignas"}
_TYPEOF = frozenset(("typeof", "__typeof__", "__typeof"))
_OFFSETOF = frozenset(("offsetof", "__builtin_offsetof"))
_SIZE = frozenset(("sizeof", "_Alignof", "__alignof__", "__alignof", "alignof"))
_OF_TYPES = frozenset(("__builtin_types_compatible_p", "__builtin_va_arg", "va_arg"))
_BEFORE_VALUE = frozenset(("return", "case", "else", "do"))
_CONTROL = frozenset(("if", "while", "for", "switch"))
_KEYWORDS = _CONTROL | _SIZE | _BEFORE_VALUE | {"asm", "_Generic"}
_AMBIGUOUS = frozenset(("(", "&", "*", "-", "+", "++", "--", "&&"))
"""What after `(name)` may go on a value or begin the operand of a cast."""


@dataclass(frozen=True, eq=False, repr=False)
class Attribute:
    """One attribute: its name without underscores, and the words of its arguments."""

    name: str
    start: int
    arguments: tuple[Word, ...]
    follows: str
    """The word before all attributes in a row."""
    place: int
    """The offset of that word."""
    before: int
    """The offset of the word after them."""


class Editor:
    """Goes over the words of a declaration and collects what is to be replaced: `edits`, and the `attributes` in it."""

    def __init__(self, text: str, sequence: tuple[Word, ...], is_type: Callable[[str], bool]) -> None:
        self._text = text
        self._words = sequence
        self._is_type = is_type
        self._partners = pairs(sequence)
        self.edits: list[tuple[int, int, str]] = []
        self.attributes: list[Attribute] = []
        self._values: set[int] = set()
        """The closing parentheses after which a value begins: those of casts, and of `if (…)` and its like."""
        # Of all declarations only a function's definition ends in a brace.
        self._body = self._partners.get(len(sequence) - 1, 0) if sequence[-1].text == "}" else len(sequence)

    def run(self) -> None:
        """Reads all words."""
        number = 0
        while number < len(self._words):
            word = self._words[number]
            if word.kind is Kind.NAME:
                number = self._name(word, number)
            else:
                if word.text == "(" and number in self._partners:
                    self._group(number)
                elif word.text == "...":
                    self._range(number)
                elif word.text == ":" and self._is_nameless(number):
                    self._insert(word.start, f" {NO_NAME} ")
                number += 1

    def _at(self, number: int) -> Word | None:
        return self._words[number] if 0 <= number < len(self._words) else None

    def _text_at(self, number: int) -> str:
        word = self._at(number)
        return word.text if word else ""

    def _replace(self, word: Word, new: str) -> None:
        """Another spelling, padded where it is shorter."""
        self.edits.append((word.start, word.end, new.ljust(len(word.text))))

    def _insert(self, offset: int, new: str) -> None:
        self.edits.append((offset, offset, new))

    def _blank(self, first: int, last: int) -> None:
        start, end = self._words[first].start, self._words[last].end
        blank = "".join("\n" if c == "\n" else " " for c in self._text[start:end])
        self.edits.append((start, end, blank))

    def _name(self, word: Word, number: int) -> int:
        """Handles a name; the number of the word to go on with."""
        text = word.text
        close = self._partners.get(number + 1) if self._text_at(number + 1) == "(" else None
        if text in ATTRIBUTES and close is not None:
            self._attribute(number, close)
            return close + 1
        if text == "_Alignas" and close is not None:
            self._note("aligned", number, self._words[number + 2 : close])
            self._blank(number, close)
            return close + 1
        if text in ("_Static_assert", "static_assert") and close is not None:
            self._blank(number, close)
            return close + 1
        if text in _RENAMED:
            self._replace(word, _RENAMED[text])
        elif close is None:
            pass
        elif text == "_Atomic":
            self._blank(number, number + 1)
            self._blank(close, close)
            return number + 2
        elif text in _TYPEOF:
            return self._typeof(number, close)
        elif text in _OFFSETOF:
            return self._offsetof(number, close)
        elif text in _OF_TYPES:
            self._types(number, close)
        elif self._begins_statement(number) and self._is_function_pointer(number, close) and self._is_type(text):
            self._insert(word.end, " const")
        elif number > self._body and text not in _KEYWORDS and not self._declares(number):
            self._types(number, close)
        return number + 1

    def _is_function_pointer(self, number: int, close: int) -> bool:
        """Whether `T (*pointer)(…)` stands there, which is a declaration if T is a type."""
        return self._text_at(number + 2) == "*" and self._text_at(close + 1) == "("

    def _declares(self, number: int) -> bool:
        """Whether the name is that of a function being declared: a type stands before it."""
        before = self._at(number - 1)
        return before is not None and before.kind is Kind.NAME and before.text not in _BEFORE_VALUE

    def _typeof(self, number: int, close: int) -> int:
        """typeof(value) is an enumeration whose one value is of that type, as the grammar has it."""
        opening = self._words[number + 1]
        start = self._words[number].start
        if self._is_type_at(number + 2):
            self.edits.append((start, opening.end, f"enum{{{TYPEOF_TYPE}=sizeof("))
            self.edits.append((self._words[close].start, self._words[close].end, ")}"))
            self._plain_type(number + 2, close)
        else:
            self.edits.append((start, opening.end, f"enum{{{TYPEOF}="))
            self.edits.append((self._words[close].start, self._words[close].end, "}"))
        return number + 2

    def _offsetof(self, number: int, close: int) -> int:
        comma = self._commas(number + 1, close)
        if len(comma) != 1:
            return number + 1
        self.edits.append((self._words[number].start, self._words[number + 1].end, f"{OFFSETOF}(sizeof("))
        self._plain_type(number + 2, comma[0])
        self._insert(self._words[comma[0]].start, ")")
        return number + 2

    def _types(self, number: int, close: int) -> None:
        """What takes types as arguments, a builtin or an unknown macro: each becomes sizeof(type), an expression."""
        edges = [number + 1, *self._commas(number + 1, close), close]
        known = self._words[number].text in _OF_TYPES
        for first, last in pairwise(edges):
            if self._is_type_at(first + 1) and (known or self._is_plain_type(first + 1, last)):
                self._insert(self._words[first].end, "sizeof(")
                self._plain_type(first + 1, last)
                self._insert(self._words[last].start, ")")

    def _is_plain_type(self, first: int, last: int) -> bool:
        """Whether words are keywords of a type with names and stars, and nothing else."""
        words = self._words[first:last]
        return words[0].text in TYPE_WORDS and all(word.kind is Kind.NAME or word.text == "*" for word in words)

    def _commas(self, opening: int, close: int) -> list[int]:
        found: list[int] = []
        number = opening + 1
        while number < close:
            if self._words[number].text == ",":
                found.append(number)
            number = max(self._partners.get(number, number), number) + 1
        return found

    def _plain_type(self, first: int, end: int) -> None:
        """A single name, known to be a type, in parentheses."""
        word = self._words[first]
        if end == first + 1 and word.kind is Kind.NAME and (word.text not in TYPE_WORDS or word.text == "__int128"):
            self._insert(word.end, " const")

    def _is_type_at(self, number: int) -> bool:
        """Whether a type stands at a place that may have a value, too."""
        word = self._at(number)
        if word is None or word.kind is not Kind.NAME:
            return False
        if word.text in ("__extension__", *ATTRIBUTES):
            return self._is_type_at(number + 1)
        if word.text in TYPE_WORDS:
            return True
        after = self._text_at(number + 1)
        if after in (")", ",", "*", "const", "volatile", "["):
            return self._is_type(word.text)
        return after == "(" and self._text_at(number + 2) == "*" and self._is_type(word.text)

    def _begins_statement(self, number: int) -> bool:
        before = self._text_at(number - 1)
        return before in ("", ";", "{", "}", ":") or (before == ")" and number - 1 in self._values)

    def _group(self, number: int) -> None:
        """A pair of parentheses."""
        close = self._partners[number]
        before = self._at(number - 1)
        if before is not None and before.text in _CONTROL:
            self._values.add(close)
            return
        size = before is not None and before.text in _SIZE
        if not size and not self._value_begins(before, number):
            return
        after = self._text_at(close + 1)
        if self._is_type_at(number + 1):
            self._plain_type(number + 1, close)
            if not size and after != "{":
                self._values.add(close)
        elif self._words[number + 1].kind is Kind.NAME and self._text_at(number + 2) in (")", "(", "["):
            if after not in _AMBIGUOUS:
                return
            # Also `(f(x)) - 1` could be a cast, to a type of function; two parentheses never are.
            self._insert(self._words[number].end, "(")
            self._insert(self._words[close].start, ")")

    def _value_begins(self, before: Word | None, number: int) -> bool:
        """Whether an operand, not the arguments of a call, begins at the parenthesis of this number."""
        if before is None:
            return True
        if before.kind is Kind.NAME:
            return before.text in _BEFORE_VALUE
        if before.kind is not Kind.SIGN or before.text == "]":
            return False
        return before.text != ")" or number - 1 in self._values

    def _range(self, number: int) -> None:
        """`case 1 ... 3:`."""
        start = number - 1
        while start >= 0 and self._words[start].text not in (";", "{", "}", "case", "[", ","):
            start -= 1
        if self._text_at(start) == "case":
            word = self._words[number]
            self.edits.append((word.start, word.end, f" ? {RANGE} : "))

    def _is_nameless(self, number: int) -> bool:
        """Whether the colon begins a bit-field without a name: `int : 3`, `, : 3`."""
        before = self._text_at(number - 1)
        if before != "," and before not in TYPE_WORDS:
            return number < self._body and self._text_at(number - 2) in (";", "{") and self._is_type(before)
        start = number - 1
        while self._text_at(start) not in (";", "{", "}", "(", ""):
            start -= 1
        return self._text_at(start) in (";", "{", "}")

    # ── attributes ──

    def _attribute(self, number: int, close: int) -> None:
        """`__attribute__((a, b(c)))`."""
        inner = self._partners.get(number + 2, close)
        at = number + 3
        while at < inner:
            word = self._words[at]
            if word.kind is Kind.NAME:
                end = self._partners.get(at + 1, at) if self._text_at(at + 1) == "(" else at
                self._note(word.text.strip("_"), number, self._words[at + 2 : end])
                at = end
            at += 1
        self._blank(number, close)

    def _note(self, name: str, number: int, arguments: tuple[Word, ...]) -> None:
        before, after = number - 1, number
        while before >= 0 and self._text_at(before) == ")":
            head = self._partners.get(before, 0) - 1
            if self._text_at(head) not in _ATTRIBUTES:
                break
            before = head - 1
        while self._text_at(after) in _ATTRIBUTES:
            after = self._partners.get(after + 1, after + 1) + 1
        word, following = self._at(before), self._at(after)
        follows, place = (word.text, word.start) if word else ("", -1)
        end = following.start if following else -1
        self.attributes.append(Attribute(name, self._words[number].start, arguments, follows, place, end))
