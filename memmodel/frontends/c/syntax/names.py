"""The names that blocks of a function declare in, one name for each variable of the whole function out."""

from __future__ import annotations

from enum import Enum


class Meaning(Enum):
    """What a local name stands for."""

    VARIABLE = "variable"
    ENUMERATOR = "enumerator"


class Names:
    """The scopes of one function, innermost last. At file scope there is none.

    A second variable of the same name gets a number: `x#2`. So does one whose name the function also uses for
    something at file scope: those are `shared`, found by converting the function once (`clashes`).
    """

    def __init__(self, shared: frozenset[str] = frozenset()) -> None:
        self._scopes: list[dict[str, tuple[str, Meaning]]] = []
        self._tags: list[dict[str, str]] = []
        self._labels: list[dict[str, str]] = []
        self._local_labels = 0
        self._counts: dict[str, int] = dict.fromkeys(shared, 1)
        self._variables: set[str] = set()
        self._outer: set[str] = set()

    @property
    def local(self) -> bool:
        """Whether a block is open."""
        return bool(self._scopes)

    @property
    def clashes(self) -> frozenset[str]:
        """Names that were used both for something outside the function and for a variable in it."""
        return frozenset(self._outer & self._variables)

    def enter(self) -> None:
        """A block begins."""
        self._scopes.append({})
        self._tags.append({})
        self._labels.append({})

    def leave(self) -> None:
        """The innermost block ends."""
        self._scopes.pop()
        self._tags.pop()
        self._labels.pop()

    def parameter(self, name: str) -> None:
        """A parameter keeps its name."""
        self._counts[name] = 1
        self._variables.add(name)
        self._scopes[-1][name] = (name, Meaning.VARIABLE)

    def declares(self, name: str) -> bool:
        """Whether the innermost block has this name already."""
        return bool(self._scopes) and name in self._scopes[-1]

    def variable(self, name: str) -> str:
        """The unique name of a variable declared in the innermost block."""
        unique = self.hidden(name)
        self._scopes[-1][name] = (unique, Meaning.VARIABLE)
        return unique

    def hidden(self, name: str) -> str:
        """The unique name of a variable that the source does not name."""
        count = self._counts.get(name, 0) + 1
        self._counts[name] = count
        unique = name if count == 1 else f"{name}#{count}"
        self._variables.add(unique)
        return unique

    def static(self, name: str, unique: str) -> None:
        """A static variable of the innermost block, known outside it as `unique`."""
        self._scopes[-1][name] = (unique, Meaning.VARIABLE)

    def enumerator(self, name: str, unique: str) -> None:
        """An enumerator of the innermost block, known outside it as `unique`."""
        self._scopes[-1][name] = (unique, Meaning.ENUMERATOR)

    def tag(self, key: str, unique: str) -> None:
        """A structure of the innermost block ('struct x'), known outside it as `unique`."""
        self._tags[-1][key] = unique

    def find(self, name: str) -> str:
        """What to call a name that is used here."""
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name][0]
        self._outer.add(name)
        return name

    def is_variable(self, name: str) -> bool:
        """Whether the name is that of a variable of the function, here."""
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name][1] is Meaning.VARIABLE
        return False

    def is_local(self, unique: str) -> bool:
        """Whether some variable of the function has this unique name."""
        return unique in self._variables

    def find_tag(self, key: str) -> str:
        """The key of a structure that is mentioned here."""
        return next((tags[key] for tags in reversed(self._tags) if key in tags), key)

    def label(self, name: str) -> None:
        """A label of the innermost block alone, as `__label__` declares it."""
        self._local_labels += 1
        self._labels[-1][name] = f"{name}#{self._local_labels}"

    def find_label(self, name: str) -> str:
        """The name, unique in the function, of a label that stands or is jumped to here."""
        return next((labels[name] for labels in reversed(self._labels) if name in labels), name)
