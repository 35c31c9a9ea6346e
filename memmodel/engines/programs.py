"""A task in, its program out: from a litmus test, a C file, or a variant of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from memmodel.engines.task import EngineChoice, Options, Task, read
from memmodel.errors import SyntaxError, UsageError
from memmodel.machines.names import ARCHITECTURES
from memmodel.program.ir import Expectation
from memmodel.program.primitives import PrimitiveTable
from memmodel.records import dataclass, replace
from memmodel.source import SourceFile

if TYPE_CHECKING:
    from memmodel.frontends.scenario import Replacement, Variant
    from memmodel.program.lower import Lowered

SUFFIX = ".c"

Texts = Mapping[str, str]
"""Texts to take instead of those of the files with these names."""


@dataclass(frozen=True)
class Opened:
    """A program, and the text that it came from: the test itself, or the harness."""

    source: SourceFile
    lowered: Lowered
    material: str
    """All that the program was made from: texts and macros."""
    says: str = ""
    """What the scenario has to say of this variant."""
    files: tuple[SourceFile, ...] = ()
    """All the texts, as the program has them."""


def is_code(path: str) -> bool:
    """Whether a path of the command line names C code: a C file or a variant of a scenario."""
    if path.endswith(SUFFIX):
        return True
    if ":" not in path:
        return False
    from memmodel.frontends import scenario

    return scenario.split(path) is not None


def program_of(task: Task, primitives: PrimitiveTable, texts: Texts | None = None) -> Opened:
    """Read and lower what a task names. Raises MemmodelError."""
    if is_code(task.file):
        opened = _code(task, primitives, texts or {})
    else:
        source = _with(read(task), texts or {})
        opened = Opened(source, _litmus(source, primitives, task.options), source.text, files=(source,))
    return _on_machine(_expecting(opened, task.options), task.options.model)


def _on_machine(opened: Opened, model: str) -> Opened:
    """The program in the instructions of the architecture that the model is of, if it is of one. Raises Unsupported."""
    if model.partition("-")[0] not in ARCHITECTURES:
        return opened
    from memmodel.machines import registry
    from memmodel.machines.translate import translate

    machine = registry.find(model)
    if machine is None:
        return opened
    program = translate(opened.lowered.program, machine)
    return replace(opened, lowered=replace(opened.lowered, program=program))


def _litmus(source: SourceFile, primitives: PrimitiveTable, options: Options) -> Lowered:
    from memmodel.program.lower import lower  # these bring lark, which kept reports do without
    from memmodel.syntax.litmus import parse

    test = parse(source)
    states = any(setting.key.lower() == "unroll" for setting in test.settings)
    unroll = options.fallback.unroll if options.unroll is None and not states else options.unroll
    return lower(test, primitives, unroll)


def _expecting(opened: Opened, options: Options) -> Opened:
    """The program with the verdict that is expected of it, where that is not left to the file."""
    if options.expected is None:
        return opened
    program = opened.lowered.program
    span = program.condition_span or opened.source.span(0, 0)
    stated = Expectation(options.expected.verdict, options.expected.race, span)
    return replace(opened, lowered=replace(opened.lowered, program=replace(program, expectation=stated)))


def settled(options: Options, path: str, chosen: frozenset[str]) -> Options:
    """The options for one path: what a variant states holds where the user has not chosen otherwise. `chosen`: names of
    options. Both engines are compared where the variant does not say that one of them cannot decide it. Raises
    MemmodelError."""
    if not is_code(path) or path.endswith(SUFFIX):
        return options
    from memmodel.frontends import scenario

    variant = scenario.find(path)
    if variant is None:
        return options
    if variant.model is not None and "model" not in chosen:
        options = replace(options, model=variant.model)
    if variant.timeout is not None and "timeout" not in chosen:
        options = replace(options, timeout=variant.timeout)
    if len(variant.engines) == 1 and ("engine" not in chosen or options.engine is EngineChoice.BOTH):
        options = replace(options, engine=EngineChoice(variant.engines[0]))
    return options


# ── C ────────────────────────────────────────────────────────────────────────────────────────────


def _code(task: Task, primitives: PrimitiveTable, texts: Texts) -> Opened:
    from memmodel.frontends import scenario
    from memmodel.frontends.c.load import load

    options = task.options
    variant = None if task.file.endswith(SUFFIX) else scenario.find(task.file)
    tree = _tree(task, variant)
    path = variant.harness if variant is not None else task.file
    edited = _Texts(variant, texts, tree)
    harness = edited(_harness(path, task))
    bounds = (options.unroll, variant.unroll if variant is not None else None, options.fallback.unroll)
    unroll = next((bound for bound in bounds if bound is not None), None)
    defines = dict((*options.fallback.defines, *(variant.defines if variant is not None else ()), *options.defines))
    lowered = load(
        harness,
        folder=Path(path).parent,
        tree=tree,
        defines=defines,
        primitives=primitives,
        unroll=unroll,
        edit=edited,
        files=task.files,
    )
    edited.finish()
    name = f"{Path(variant.folder).name}:{variant.name}" if variant is not None else Path(path).stem
    expectation = variant.expectation if variant is not None else _header(harness)
    program = replace(lowered.program, name=name, expectation=expectation)
    return Opened(
        harness,
        replace(lowered, program=program),
        "\n".join([*(file.text for file in edited.files.values()), *(f"{n}={v}" for n, v in sorted(defines.items()))]),
        variant.says if variant is not None else "",
        tuple(edited.files.values()),
    )


def _harness(path: str, task: Task) -> SourceFile:
    """The text of the harness, which may itself be a file that a patch changes."""
    if task.files is not None and task.files.is_changed(Path(path)):
        text = task.files.read(Path(path))
        if text is None:
            raise UsageError(f"{path}: removed by a patch")
        return SourceFile(path, text)
    return read(Task(path, task.options))


def _header(harness: SourceFile) -> Expectation | None:
    """What a C file says of itself: `// Result: Never`."""
    from memmodel.syntax.expectation import C_LINE, expectation

    stated = expectation(harness, C_LINE)
    return Expectation(stated.verdict, stated.race, stated.span) if stated is not None else None


def _tree(task: Task, variant: Variant | None) -> Path | None:
    if task.files is not None:
        return task.files.root
    tree = task.options.tree
    if tree is None:
        if variant is not None and variant.tree:
            raise UsageError(
                f"{task.file}: runs on code of the kernel, and no kernel tree was named", hint="--tree DIR names one"
            )
        return None
    if not Path(tree).is_dir():
        raise UsageError(f"--tree {tree}: no such directory", hint="expected the top directory of a kernel's sources")
    return Path(tree)


class _Texts:
    """What every file passes through when it is read: the changes that a variant makes of it, and texts given
    otherwise. Remembers the files."""

    def __init__(self, variant: Variant | None, texts: Texts, tree: Path | None) -> None:
        self._texts = texts
        self._places: list[tuple[Replacement, frozenset[Path]]] = []
        self._done: set[int] = set()
        self.files: dict[str, SourceFile] = {}
        for item in variant.replacements if variant is not None else ():
            assert variant is not None
            folders = (variant.folder, *((tree,) if tree is not None else ()))
            places = frozenset((Path(folder) / item.file).resolve() for folder in folders)
            self._places.append((item, places))

    def __call__(self, source: SourceFile) -> SourceFile:
        if source.name in self._texts:
            found = SourceFile(source.name, self._texts[source.name])
            path = Path(source.name).resolve()
            self._done.update(i for i, (_, places) in enumerate(self._places) if path in places)
        else:
            found = self._replaced(source)
        self.files[source.name] = found
        return found

    def _replaced(self, source: SourceFile) -> SourceFile:
        if not self._places:
            return source
        path, text = Path(source.name).resolve(), source.text
        for number, (item, places) in enumerate(self._places):
            if path not in places:
                continue
            count = text.count(item.before)
            if count != 1:
                found = "not there" if count == 0 else f"there {count} times"
                raise SyntaxError(
                    f"the text to replace in {item.file} is {found}", item.span, "it must be there exactly once"
                )
            text = text.replace(item.before, item.after)
            self._done.add(number)
        return source if text == source.text else SourceFile(source.name, text)

    def finish(self) -> None:
        """Raises errors.SyntaxError for a change of a file that was never read."""
        for number, (item, _) in enumerate(self._places):
            if number not in self._done:
                raise SyntaxError(
                    f"the file {item.file}, in which text is to be replaced, is not read by this variant",
                    item.span,
                    "name it by its path from the scenario's folder or from the kernel tree",
                )


def _with(source: SourceFile, texts: Texts) -> SourceFile:
    return SourceFile(source.name, texts[source.name]) if source.name in texts else source


Reload = Callable[[Texts], "Lowered"]
"""Read a program again, with other texts for some of its files."""
