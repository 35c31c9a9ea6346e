"""What the user calls a model (a name, a .cat file, a kernel's memory-model folder) in, the resolved model out."""

from __future__ import annotations

import re
from pathlib import Path

from memmodel import inputs
from memmodel.cat import cache
from memmodel.cat.terms import Model
from memmodel.errors import ModelError, UsageError
from memmodel.inputs import Input
from memmodel.machines.names import ARCHITECTURES
from memmodel.records import dataclass
from memmodel.source import SourceFile

LIBRARY = Path(__file__).with_name("library")

KERNEL_FOLDER = Path("tools/memory-model")
"""Where a kernel tree keeps its model."""

NEWER_VARIANT = "lkmmv2"
"""What newer kernels' files ask for: annotations reach the model as written, and it says what they mean."""

LOCKS = "lock.cat"
"""Always the library's: locks have their meaning from the engines, not from a tree's file."""


LARGEST = 1 << 20
"""Bytes in one file; the largest models there are have a tenth of that."""


@dataclass(frozen=True)
class LoadedModel:
    """A model, and what else its folder says about how to read programs."""

    name: str
    title: str
    source_path: str
    """The file or folder that it came from."""
    model: Model
    definitions: SourceFile | None
    """The folder's table of kernel primitives (.def); None: the built-in one."""
    version: int
    """2 where the folder asks for variant lkmmv2, and for the built-in models; else 1."""
    inputs: tuple[Input, ...] = ()
    """The files of the user's that it was read from."""


@dataclass(frozen=True)
class Origin:
    """The files that a model is made of, before any is read."""

    name: str
    source_path: str
    main: tuple[Path, ...]
    definitions: Path | None
    version: int
    vocabulary: bool
    """Whether the kernel's annotations are declared beforehand: a kernel folder declares its own."""


def load(spec: str) -> LoadedModel:
    """The model that `spec` means: a name that `available` lists, a .cat file, or a folder (a kernel's
    tools/memory-model, or a whole kernel tree).

    Raises UsageError if there is no such thing, errors.SyntaxError, ModelError or Unsupported if it cannot be read.
    """
    with inputs.recording() as log:
        origin = find(spec)
        reader = FileReader(origin)
        identity = repr(origin)
        model = cache.fetch(identity, reader)
        if model is None:
            model = build(origin, reader)
            cache.keep(identity, reader, model)
        definitions = read(origin.definitions) if origin.definitions is not None else None
    found = log.inputs()
    return LoadedModel(origin.name, model.title, origin.source_path, model, definitions, origin.version, found)


def build(origin: Origin, reader: FileReader) -> Model:
    """Resolve the model of `origin`, reading its files through `reader`."""
    # Not needed when the model comes from the cache.
    from memmodel.cat.resolve import resolve

    variants = frozenset((NEWER_VARIANT,)) if origin.version >= 2 else frozenset[str]()
    return resolve(reader, origin.name, variants, ("vocabulary.cat",) if origin.vocabulary else ())


@dataclass(frozen=True)
class Known:
    """A model of the library. `source`: the papers and documents that it is written from."""

    name: str
    title: str
    source: str


def available() -> list[Known]:
    """The models of the library: each file that starts with a title, in which the source stands in brackets."""
    from memmodel.syntax.cat import blank_comments

    found = []
    for path in sorted(LIBRARY.glob("*.cat")):
        title = re.match(r'\s*"([^"\[]*?)\s*(?:\[([^"]*)\])?"', blank_comments(read(path)))
        if title is not None:
            found.append(Known(path.stem, title[1], title[2] or ""))
    return found


# ── finding ──────────────────────────────────────────────────────────────────────────────────────


def is_built_in(spec: str) -> bool:
    """Whether it is the name of a model of the library."""
    return re.fullmatch(r"[A-Za-z0-9_-]+", spec) is not None and (LIBRARY / f"{_of_variant(spec)}.cat").is_file()


def find(spec: str) -> Origin:
    """Where the files of `spec` are. Raises UsageError, ModelError."""
    path = Path(spec)
    if is_built_in(spec):
        file = LIBRARY / f"{_of_variant(spec)}.cat"
        return Origin(spec, str(file), (file,), None, 2, True)
    if path.is_dir():
        return _folder(path)
    if path.is_file():
        if path.name == "linux-kernel.cat" and inputs.is_file(path.with_suffix(".bell")):
            return _folder(path.parent)
        return Origin(path.stem, spec, (path,), None, 2, True)
    names = ", ".join(known.name for known in available())
    raise UsageError(f"no model '{spec}'", hint=f"there are {names}; or give a .cat file or a kernel's {KERNEL_FOLDER}")


def _of_variant(spec: str) -> str:
    """`arm64` for `arm64-llsc`, which differs in what programs are compiled to; any other name as it is."""
    architecture = spec.partition("-")[0]
    if architecture not in ARCHITECTURES:
        return spec
    from memmodel.machines import registry

    return architecture if registry.find(spec) is not None else spec


def _folder(folder: Path) -> Origin:
    """A kernel's model: what its .cfg names, or the files under their usual names."""
    inner = folder / KERNEL_FOLDER
    if not inputs.is_file(folder / "linux-kernel.cat") and inner.is_dir():
        folder = inner
    config = folder / "linux-kernel.cfg"
    settings = read(config).text if inputs.is_file(config) else ""

    def setting(word: str, usual: str) -> Path:
        found = re.search(rf"^[ \t]*{word}[ \t]+(\S+)", settings, re.MULTILINE)
        return folder / (found.group(1) if found else usual)

    model = setting("model", "linux-kernel.cat")
    if not inputs.is_file(model):
        raise UsageError(f"no model in '{folder}'", hint=f"a kernel's {KERNEL_FOLDER} holds {model.name}")
    bell, definitions = setting("bell", "linux-kernel.bell"), setting("macros", "linux-kernel.def")
    main = (bell, model) if inputs.is_file(bell) else (model,)
    newer = re.search(rf"^[ \t]*variant[ \t]+\S*{NEWER_VARIANT}", settings, re.MULTILINE) is not None
    if inputs.is_file(bell) and f'"{NEWER_VARIANT}"' in read(bell).text:
        newer = True
    return Origin(
        folder.name if folder.name != KERNEL_FOLDER.name else str(folder),
        str(folder),
        main,
        definitions if inputs.is_file(definitions) else None,
        2 if newer else 1,
        False,
    )


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def read(path: Path) -> SourceFile:
    """A file's text. Raises UsageError if it cannot be read, ModelError if it is not text or far too large."""
    try:
        if path.stat().st_size > LARGEST:
            raise ModelError(f"'{path}' is too large for a model", hint="is this a file in the cat language?")
        data = path.read_bytes()
        inputs.read(path, data)
        return SourceFile(str(path), data.decode())
    except OSError as error:
        raise UsageError(f"cannot read '{path}': {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ModelError(f"'{path}' is not text", hint="a model is written in the cat language, in UTF-8") from None


class FileReader:
    """Reads a model's files from disk, and remembers which it read."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.files: dict[str, SourceFile] = {}
        self.absent: set[str] = set()

    def main(self) -> list[SourceFile]:
        return [self.file(path) for path in self.origin.main]

    def library(self, name: str) -> SourceFile:
        return self.file(LIBRARY / name)

    def included(self, path: str, by: SourceFile) -> SourceFile | None:
        folders = [Path(by.name).parent, *(main.parent for main in self.origin.main), LIBRARY]
        for folder in [LIBRARY] if path == LOCKS else folders:
            candidate = folder / path
            if inputs.is_file(candidate):
                return self.file(candidate)
            self.absent.add(str(candidate))
        return None

    def file(self, path: Path) -> SourceFile:
        """The file, read once."""
        name = str(path)
        if name not in self.files:
            self.files[name] = read(path)
        return self.files[name]
