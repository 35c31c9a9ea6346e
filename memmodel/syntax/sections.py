"""The text of a litmus file in, its parts out: header, initial state, code and final condition, comments blanked."""

from __future__ import annotations

import re

from memmodel.errors import SyntaxError
from memmodel.records import dataclass
from memmodel.source import SourceFile
from memmodel.syntax.grammar import Region
from memmodel.syntax.tree import Setting

MAXIMUM_SIZE = 1 << 19
"""Characters. The largest litmus tests in use have some thousands: more is some other kind of file."""

_NAME = re.compile(r"\s*(\w+)[ \t]+([^\s{]+)")
_DOCUMENTATION = re.compile(r'[ \t]*\n?[ \t]*"[^"]*"')
_SETTING = re.compile(r"[ \t]*([A-Za-z][\w/.\-]*)[ \t]*=[ \t]*([^\n\r]*)")
_BLANK = re.compile(r"[^\n]")
_HEADER_STOP = re.compile(r"\{|\n|\(\*|\bP[0-9]+[ \t]*\(")
_SPACE = re.compile(r"[\s\ufeff]*")
_NESTED = re.compile(r"\(\*|\*\)")
_INITIAL = re.compile(r"//[^\n]*|/\*|\(\*|[{}]")
_CODE = re.compile(
    r'//[^\n]*|/\*|\(\*|"(?:[^"\\\n]|\\.)*"|[{}()~]|\b(?:exists|forall|locations|filter|final|observed)\b'
)
_TAIL = re.compile(r"//[^\n]*|/\*|\(\*|<<")


@dataclass(frozen=True)
class Sections:
    """`initial` is what stands between the first braces; `condition` everything after the code."""

    name: str
    settings: tuple[Setting, ...]
    initial: Region
    code: Region
    condition: Region


def split(source: SourceFile) -> Sections:
    """Find the sections of a litmus file. Raises errors.SyntaxError where one is missing or never ends."""
    _check_text(source)
    return _Splitter(source).split()


def _check_text(source: SourceFile) -> None:
    """Refuse quickly what cannot be a litmus test."""
    text = source.text
    start = source.span(0, 1)
    if len(text) > MAXIMUM_SIZE:
        size = f"{len(text) / (1 << 20):.1f} MB"
        raise SyntaxError(f"the file is too large for a litmus test: {size}", start, "the limit is half a megabyte")
    if not text.strip():
        raise SyntaxError("the file is empty", start, "a litmus test begins with 'C NAME'")
    for sign in ("\0", "�"):
        place = text.find(sign)
        if place >= 0:
            raise SyntaxError(
                "this is not a text file", source.span(place, place + 1), "expected a litmus test in UTF-8"
            )


class _Splitter:
    """One pass over the text. `position` is how far it is; `pieces` collect the blanked text up to there."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.text = source.text
        self.position = 0

    def split(self) -> Sections:
        name = self._name()
        settings = self._settings()
        initial = self._initial()
        code = self._code()
        return Sections(name, settings, initial, code, self._condition())

    def _error(self, message: str, start: int, hint: str, length: int = 1) -> SyntaxError:
        return SyntaxError(message, self.source.span(start, start + length), hint)

    def _comment(self, start: int) -> int:
        """The end of the comment that begins at `start` with (*, /* or //."""
        text = self.text
        opening = text[start : start + 2]
        if opening == "//":
            end = text.find("\n", start)
            return end if end >= 0 else len(text)
        if opening == "/*":
            end = text.find("*/", start + 2)
            if end < 0:
                raise self._error("this comment never ends", start, "expected '*/'", 2)
            return end + 2
        depth = 0
        for match in _NESTED.finditer(text, start):
            depth += 1 if match[0] == "(*" else -1
            if depth == 0:
                return match.end()
        raise self._error("this comment never ends", start, "expected '*)'; such comments nest", 2)

    def _skip_blank(self) -> None:
        """Go past white space and comments."""
        while True:
            blank = _SPACE.match(self.text, self.position)
            self.position = blank.end() if blank else self.position
            if self.text[self.position : self.position + 2] not in ("(*", "/*", "//"):
                return
            self.position = self._comment(self.position)

    def _name(self) -> str:
        self._skip_blank()
        match = _NAME.match(self.text, self.position)
        if match is None:
            raise self._error("this is no litmus test", self.position, "a litmus test begins with 'C NAME'")
        if match[1] not in ("C", "LK"):
            raise self._error(
                f"this is no C litmus test: it begins with '{match[1]}'",
                match.start(1),
                "expected 'C NAME'; only C with the kernel's primitives is read",
                len(match[1]),
            )
        self.position = match.end()
        documentation = _DOCUMENTATION.match(self.text, self.position)
        if documentation:
            self.position = documentation.end()
        name = match[2].removesuffix(".litmus")
        return name if name != "--" else re.split(r"[/\\]", self.source.name)[-1].removesuffix(".litmus")

    def _settings(self) -> tuple[Setting, ...]:
        """The header's lines up to the brace that opens the initial state; what is neither is free text."""
        settings: list[Setting] = []
        text = self.text
        while self.position < len(text):
            self._skip_blank()
            setting = _SETTING.match(text, self.position)
            if setting:
                span = self.source.span(setting.start(2), setting.end(2))
                settings.append(Setting(setting[1], setting[2].rstrip(), span))
                self.position = setting.end()
                continue
            stop = _HEADER_STOP.search(text, self.position)
            if stop is None or stop[0][0] == "P":
                self.position = len(text.rstrip()) if stop is None else stop.start()
                break
            self.position = stop.start()
            if stop[0] == "{":
                return tuple(settings)
        raise self._error("there is no initial state", self.position, "expected '{ }' before the first process")

    def _initial(self) -> Region:
        opening = self.position
        pieces = [_blank(self.text[: opening + 1])]
        position, depth = opening + 1, 0
        while True:
            match = _INITIAL.search(self.text, position)
            if match is None:
                raise self._error("the initial state never ends", opening, "expected '}' after it")
            pieces.append(self.text[position : match.start()])
            position = match.end()
            if match[0] == "}" and depth == 0:
                self.position = position
                return Region("".join(pieces), opening + 1, match.start(), "end of the initial state")
            if match[0] in "{}":
                depth += 1 if match[0] == "{" else -1
                pieces.append(match[0])
            else:
                position = self._comment(match.start())
                pieces.append(_blank(self.text[match.start() : position]))

    def _code(self) -> Region:
        """Up to the first word of the condition outside all brackets."""
        start = position = self.position
        pieces = [_blank(self.text[:start])]
        open_: list[int] = []
        end = len(self.text)
        body_end = -1
        while match := _CODE.search(self.text, position):
            sign = match[0]
            pieces.append(self.text[position : match.start()])
            position = match.end()
            if sign[:2] in ("//", "/*") or (sign == "(*" and not open_):
                position = self._comment(match.start())
                pieces.append(_blank(self.text[match.start() : position]))
                continue
            if sign == "(*":
                # Inside the code this is a parenthesis before a dereference.
                sign, position = "(", match.start() + 1
            bare = sign == "(" and body_end >= 0 and not "".join(pieces[body_end:]).strip()
            if not open_ and (bare or sign == "~" or sign[0].isalpha()):
                end = match.start()
                break
            pieces.append(sign)
            self._brackets(sign, match.start(), open_)
            if sign == "}":
                body_end = len(pieces)
        else:
            pieces.append(self.text[position:])
            position = end
        if open_:
            raise self._unclosed(open_[-1])
        self.position = end
        closing = "end of file" if end == len(self.text) else f"'{self.text[end:].split(None, 1)[0]}'"
        return Region("".join(pieces), start, end, closing)

    def _brackets(self, sign: str, place: int, open_: list[int]) -> None:
        if sign in "({":
            open_.append(place)
        elif sign in ")}":
            if not open_ or (sign == ")" and self.text[open_[-1]] == "{"):
                raise self._error(f"'{sign}' closes nothing", place, "remove it, or add what it should close")
            if sign == "}" and self.text[open_[-1]] == "(":
                raise self._unclosed(open_[-1], place)
            open_.pop()

    def _unclosed(self, opening: int, found: int | None = None) -> SyntaxError:
        sign = self.text[opening]
        closing = {"(": ")", "{": "}"}[sign]
        line = "" if found is None else f" before the '{self.text[found]}' on line {self.source.position(found)[0]}"
        return self._error(f"this '{sign}' is never closed", opening, f"expected '{closing}'{line}")

    def _condition(self) -> Region:
        start = position = self.position
        pieces = [_blank(self.text[:start])]
        end = len(self.text)
        while match := _TAIL.search(self.text, position):
            pieces.append(self.text[position : match.start()])
            position = match.start()
            if match[0] == "<<":
                end = position
                break
            position = self._comment(match.start())
            pieces.append(_blank(self.text[match.start() : position]))
        pieces.append(self.text[position:end])
        return Region("".join(pieces), start, end)


def _blank(text: str) -> str:
    """Spaces as long as `text`, its line ends kept."""
    return _BLANK.sub(" ", text)
