"""One C file and the kernel tree around it in, a Unit out that finds in headers whatever the file itself lacks."""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path

from memmodel.errors import MemmodelError
from memmodel.frontends.c.alone.beginnings import Kind
from memmodel.frontends.c.alone.conditionals import CONFIGURED, NUMBERS, enabled
from memmodel.frontends.c.alone.index import Definition, Index
from memmodel.frontends.c.alone.stand_ins import stand_in
from memmodel.frontends.c.syntax.unit import Unit
from memmodel.frontends.c.text.attributes import is_annotation
from memmodel.frontends.c.text.includes import LIBRARY
from memmodel.frontends.c.text.preprocess import Includes, Pieces, preprocess
from memmodel.frontends.c.text.text import LIBRARY_RANK, Origin, Text
from memmodel.records import dataclass
from memmodel.source import SourceFile, Span

ALONE = "memmodel/alone.h"
"""The package's header for functions on their own: one CPU's variables, what never returns, what is not evaluated."""

ANY = "__alone_any"
"""What yields an integer that is passed."""

PRINT = "__alone_print"
"""What evaluates its arguments, and tells them to people."""

CALLED_BACK = "__alone_called_back"
"""What a parameter that is a function stands for."""

AGAIN = "__alone_again_"
"""Before the name of a function that calls itself: the inner call stands for any."""

_CODE = "code"
_MACROS = "macros"
_TYPES = "types"
_LIBRARY = LIBRARY_RANK + 1
_SOME_NUMBER = 8
"""What a constant is taken to be of which nothing is known."""
_FILE_RANK = 1_000
_HEADER_RANK = 2_000
_KINDS = {
    "function": (Kind.FUNCTION, ""),
    "typedef": (Kind.TYPEDEF, ""),
    "enumerator": (Kind.ENUMERATOR, ""),
    "enumeration": (Kind.TAG, "enum "),
    "structure": (Kind.TAG, ""),
    "variable": (Kind.VARIABLE, ""),
}


_OPAQUE = re.compile(
    r"_*(?:k|kv|v|kvm)?[mzc]alloc\w*|kstrto\w+|kmalloc_\w+|kmem_cache_\w+|k?v?z?free\w*|kmemdup\w*|alloc_page\w*|__get_free_page\w*"
    r"|call_rcu\w*|k?v?free_rcu\w*|copy_(?:to|from)_user\w*|_copy_\w+|__copy_\w+|strn?cpy\w*|mem(?:cpy|move|set|cmp|chr)\w*|str(?!uct_)\w+"
    r"|_?_?(?:raw_)?(?:read|write)_(?:try)?(?:un)?lock\w*|ktime_get\w*|sched_clock\w*|local_clock|wake_up\w*|queue_work\w*"
)
"""Functions that the headers define and that are taken for unknown all the same: what is inside is not about the code
that calls them, or is outside the model."""

_TRACED = re.compile(r"trace_\w+|perf_trace_\w+|kcsan_\w+|kasan_\w+|kmsan_\w+|kmemleak_\w+|debug_object_\w+")
_HEAD = re.compile(r"[ \t]*#[ \t]*define[ \t]+\w+(?:\([^)]*\))?")
_DEFINED = re.compile(r"^#define[ \t]+(\w+)", re.MULTILINE)
_INLINE = re.compile(r"^static inline [\w *]*?(\w+)\(", re.MULTILINE)
_INCLUDED = re.compile(r"^[ \t]*#[ \t]*include\b", re.MULTILINE)
_KEYWORDS = frozenset(("if", "else", "for", "while", "do", "return", "int", "long", "char", "short", "void", "default"))
_MEMBER = re.compile(r"(?:->|\.)[ \t]*([A-Za-z_]\w*)")
_WORDS = re.compile(r"\b[A-Za-z_]\w*\b")


class Surroundings:
    """The definitions around one C file. `define` and `undefine` are CONFIG_ names besides those of the configuration,
    and those of it that are not set."""

    def __init__(
        self, index: Index, define: frozenset[str] = frozenset(), undefine: frozenset[str] = frozenset()
    ) -> None:
        self.index = index
        names = sorted((CONFIGURED | define) - undefine)
        self.defines = {name: "1" for name in names if name.startswith(("CONFIG_", "__LITTLE")) or name in define}
        self.defines |= {name: str(value) for name, value in NUMBERS.items()}
        self.stand_ins: set[str] = set()
        """The functions that stand-ins were made for."""
        self.unknown_names: set[str] = set()
        """The names that nothing says anything of: each stands for some number."""
        self.threads: dict[str, str] = {}
        """Functions of our own that call one of the file's, by name."""
        self._texts: dict[tuple[str, str], Text | None] = {}
        self._unit: Unit | None = None

    def unit(self) -> Unit:
        """The file with what it defines, and behind it the headers. Raises SyntaxError for what cannot be expanded."""
        source = self.index.source
        names = (ALONE, _MACROS, _TYPES, _CODE)
        harness = SourceFile("<alone>", "".join(f'#include "{name}"\n' for name in names))
        files = (
            (_MACROS, self._small_macros(source.text), _HEADER_RANK),
            (_TYPES, self._own_types(), _HEADER_RANK),
            (_CODE, source, _FILE_RANK),
        )
        self._unit = Unit(preprocess(harness, _Around(missing=self.macro, known=files), self.defines), self.definition)
        return self._unit

    @cached_property
    def _made(self) -> frozenset[str]:
        """The functions of the file with its macros expanded: some are written in no other way."""
        return frozenset(self._unit.functions()) if self._unit is not None else frozenset()

    def _left_out(self, found: Definition) -> bool:
        """Whether a function's body is for another configuration, and in this one another file has it."""
        prototype = self.index.find(found.name, Kind.PROTOTYPE)
        if prototype is None or not enabled(prototype.file, prototype.start):
            return False
        return not enabled(found.file, found.start) or (
            found.file.name not in self.index.included_files and prototype.file.name in self.index.included_files
        )

    def _own_types(self) -> SourceFile:
        """Where the file is the kernel's own code for locks: what a lock is there, and not in the package."""
        found = self.index.find("struct mutex", Kind.TAG) if self.index.path.parent.name == "locking" else None
        return SourceFile(_TYPES, found.text + "\n" if found is not None else "")

    def definition(self, sort: str, name: str) -> Text | None:
        """The text of a definition in a header, of a function that has none a stand-in; None where there is nothing."""
        kind, prefix = _KINDS[sort]
        found = self.index.find(prefix + name, kind)
        if found is not None and _INCLUDED.search(found.text):
            found = None  # what a file in the midst of it defines is not known
        if sort == "function" and (found is None or _OPAQUE.fullmatch(name) or self._left_out(found)):
            return self._stand_in(name)
        if found is None and sort == "structure":
            return self._unknown_structure(name)
        if found is None and sort == "enumeration" and self.index.find(prefix + name, kind) is not None:
            self.unknown_names.add(prefix + name)
            return self._text(f"<stand-in for enum {name}>", f"enum {name} {{ __alone_{name} }};\n", _LIBRARY)
        if found is None and sort == "enumerator" and name.isupper():
            return self._unknown_constant(name)
        if found is None:
            return self._unknown_variable(name) if sort == "variable" and not name.isupper() else None
        # Lines and columns stay true: what stands before the definition is left out, but not the ends of its lines.
        line, _ = found.file.position(found.start)
        return self._text(found.file.name, "\n" * (line - 1) + found.text + "\n", _HEADER_RANK)

    def is_known(self, name: str) -> bool:
        """Whether anything says that a name is a function's."""
        if name == CALLED_BACK:
            return True
        kinds = (Kind.FUNCTION, Kind.PROTOTYPE)
        own = self.index.own.starts.get(name, ())
        found = any(start.kind in kinds for start in own) or self.index.find(name, *kinds) is not None
        return found or name in self._made

    def _stand_in(self, name: str) -> Text | None:
        if name in self.threads:
            return self._text(f"<call of {name}>", self.threads[name], _LIBRARY)
        self.stand_ins.add(name)
        like = name.removeprefix(AGAIN)
        kinds = (Kind.PROTOTYPE, Kind.FUNCTION)
        found = next(self.index.own.definitions(like, kinds), None) or self.index.find(like, *kinds)
        prototype = re.sub(rf"\b{like}\b", name, found.text, count=1) if found is not None else None
        text = stand_in(name, prototype, self._complete)
        return self._text(f"<stand-in for {name}>", text, _LIBRARY)

    def _unknown_structure(self, key: str) -> Text | None:
        """A structure that nothing defines has whatever fields the file accesses anywhere, each a word."""
        if self.index.own.starts.get(key) is not None:
            return None
        self.unknown_names.add(key)
        names = set(_MEMBER.findall(self.index.source.text))
        fields = sorted(name for name in names if name not in _KEYWORDS and self.index.find(name, Kind.MACRO) is None)
        text = " ".join(f"unsigned long {field};" for field in fields or ["__alone"])
        return self._text(f"<stand-in for {key}>", f"{key} {{ {text} }};\n", _LIBRARY)

    def _unknown_constant(self, name: str) -> Text | None:
        """A name in capitals that nothing says anything of: a number of the machine's."""
        self.unknown_names.add(name)
        return self._text(f"<stand-in for {name}>", f"enum {{ {name} = {_SOME_NUMBER} }};\n", _LIBRARY)

    def _unknown_variable(self, name: str) -> Text | None:
        """A name that is nothing at all stands for a variable."""
        if name == CALLED_BACK or name in self._made:
            return None
        kinds = frozenset(Kind) - {Kind.MACRO}
        if name in self.index.own.starts or self.index.find(name, *kinds) is not None or name == "NULL":
            return None
        self.unknown_names.add(name)
        return self._text(f"<stand-in for {name}>", f"long {name};\n", _LIBRARY)

    def _complete(self, tag: str) -> bool:
        return self.index.find(tag, Kind.TAG) is not None or self.index.own.starts.get(tag) is not None

    def _text(self, name: str, text: str, rank: int) -> Text | None:
        if (name, text) not in self._texts:
            try:
                macros = Origin(self._small_macros(text), _HEADER_RANK, tree=True)
                code = Origin(SourceFile(name, text), rank, library=rank >= LIBRARY_RANK, tree=True)
                self._texts[name, text] = self._pieces.text(macros, code)
            except MemmodelError:
                self._texts[name, text] = None
        return self._texts[name, text]

    @cached_property
    def _pieces(self) -> Pieces:
        """What expands definitions from headers."""
        return Pieces(SourceFile("<alone>", f'#include "{ALONE}"\n'), Includes(missing=self.macro), self.defines)

    # ── macros ──

    def macro(self, name: str) -> str | None:
        """The `#define` of a name that is called or in capitals; of what traces or checks, one that is nothing."""
        if _TRACED.fullmatch(name) and self.index.find(name, Kind.FUNCTION, Kind.PROTOTYPE, Kind.MACRO) is None:
            value = "0" if name.endswith("_enabled") else "((void)0)"
            return None if name in self.index.own.starts else f"#define {name}(...) {value}"
        found = None if _OPAQUE.fullmatch(name) or name in _our_functions() else self.index.macro(name)
        return self._with_small_macros(found) if found is not None else None

    def _with_small_macros(self, define: str, level: int = 0) -> str:
        """A `#define` in which the object-like macros in small letters are replaced: nobody asks for those later."""
        head = _HEAD.match(define)
        if head is None or level > 4:
            return define
        known = set(_WORDS.findall(head[0]))

        def body(match: re.Match[str]) -> str:
            name = match[0]
            small = None if name in known or name.isupper() or is_annotation(name) else self.index.small_macro(name)
            if small is None:
                return name
            inner = _HEAD.match(small)
            value = small[inner.end() :].strip() if inner is not None else name
            return name if name in _WORDS.findall(value) else value

        changed = head[0] + _WORDS.sub(body, define[head.end() :])
        return changed if changed == define else self._with_small_macros(changed, level + 1)

    def _small_macros(self, text: str) -> SourceFile:
        """The object-like macros in small letters that a text means: those of the headers that the file includes."""
        found: dict[str, str] = {}
        waiting = [text]
        while waiting:
            for name in set(_WORDS.findall(waiting.pop())) - found.keys():
                if name.isupper() or name not in self.index.included_names or is_annotation(name) or name in _ours():
                    continue
                define = self.index.small_macro(name)
                found[name] = define or ""
                if define is not None:
                    waiting.append(define)
        return SourceFile(_MACROS, "".join(f"{define}\n" for define in found.values() if define))


@cache
def _ours() -> frozenset[str]:
    """The macros of the package's own headers."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((LIBRARY / "memmodel").glob("*.h")))
    return frozenset(name for text in texts for name in _DEFINED.findall(text))


@cache
def _our_functions() -> frozenset[str]:
    """The functions of the package's own headers: what a header makes a macro of, too."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((LIBRARY / "memmodel").glob("*.h")))
    return frozenset(name for text in texts for name in _INLINE.findall(text))


@dataclass(frozen=True, eq=False)
class _Around(Includes):
    """Includes that know some files besides the package's own, under names that no file has."""

    known: tuple[tuple[str, SourceFile, int], ...] = ()
    """The name, the text and the rank of each."""

    def resolve(self, name: str, origin: Origin, depth: int, span: Span) -> tuple[Origin, Path]:
        for known, file, rank in self.known:
            if name == known:
                return Origin(file, rank, library=rank >= LIBRARY_RANK, tree=True), Path(known)
        return Includes.resolve(self, name, origin, depth, span)
