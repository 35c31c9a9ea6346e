"""Expanded C in, equally long C out that the parser knows: annotations blanked, GNU spellings made plain, and our own
storage classes replaced by their marks."""

from __future__ import annotations

import re

from memmodel.frontends.c.text.text import GHOST_MARK, UNWRITTEN_MARK
from memmodel.frontends.c.text.tokens import NAME, NUMBER, STRING

BUILT_IN = """
#define __aligned(x) __attribute__((aligned(x)))
#define __packed __attribute__((packed))
#define ____cacheline_aligned __attribute__((aligned(64)))
#define ____cacheline_aligned_in_smp __attribute__((aligned(64)))
#define ____cacheline_internodealigned_in_smp __attribute__((aligned(64)))
#define __cacheline_aligned __attribute__((aligned(64)))
#define __cacheline_aligned_in_smp __attribute__((aligned(64)))
"""
"""What is defined before any header: the annotations that change how things lie in memory."""

_WORD = re.compile(rf"{NAME}|[{{}}]|{STRING}|{NUMBER}", re.ASCII)
_BRACKET = re.compile(rf"[()]|{STRING}", re.ASCII)
_END_BEFORE = re.compile(r"(?:\A|[;})])\s*\Z")
_KEPT = re.compile(
    r"\b(?:__)?(?:aligned|packed|cleanup|mode|vector_size|transparent_union|scalar_storage_order|constructor|destructor)"
    r"(?:__)?\b",
    re.ASCII,
)
_TYPE_AFTER = re.compile(r"\s+[A-Za-z_]", re.ASCII)
_TAG_BEFORE = re.compile(r"(?:\b(?:struct|union|enum|goto)|\.|->)\s*\Z", re.ASCII)

_WORDS = """
    __always_inline __always_unused __attribute_const__ __bitwise __bitwise__ __bpf_kfunc __bpf_kfunc_end_defs
    __bpf_kfunc_start_defs __cdecl __cold __cpuidle __deprecated __designated_init __entry_text __exit __exitdata
    __extension__ __flatten __force __forceinline __gnu_inline __head __hot __inline __inline__ __init
    __init_or_module __initconst __initdata __initdata_or_module __iomem __irq_entry __kernel __kprobes
    __latent_entropy __lockfunc __malloc __maybe_unused __meminit __meminitdata __must_check __net_exit __net_init
    __net_initdata __no_kasan_or_inline __no_kcsan __no_profile __no_randomize_layout __no_sanitize_address
    __no_sanitize_memory __no_sanitize_or_inline __no_sanitize_thread __no_sanitize_undefined __no_stack_protector
    __nocast __nocfi __noclone __noendbr __noinitretpoline __noreturn __noretpoline __noscs __percpu __private
    __pure __randomize_layout __rcu __read_mostly __ref __refconst __refdata __restrict __restrict__ __ro_after_init
    __safe __sched __used __user __visible __weak _Noreturn asmlinkage noinline noinline_for_stack
    noinline_for_tracing noinstr nokprobe_inline notrace randomized_struct_fields_end randomized_struct_fields_start
    register
"""
_ANNOTATIONS = frozenset(_WORDS.split())
"""Words that mean nothing to a memory model."""

_CALLS = """
    __access __acquires __acquires_shared __alloc_size __assume_aligned __cond_acquires __cond_releases __counted_by
    __counted_by_be __counted_by_le __counted_by_ptr __declspec __diag_ignore __diag_ignore_all __guarded_by
    __must_hold __must_hold_shared __no_sanitize __nonnull __pragma __printf __realloc_size __releases
    __releases_shared __scanf __section _Pragma
"""
_WITH_ARGUMENTS = frozenset(_CALLS.split())
"""The same, followed by parentheses."""

_CHECKS = frozenset(("BTF_TYPE_EMIT", "_Static_assert", "static_assert", "__diag_push", "__diag_pop"))
"""Calls that come to nothing, with the `;` after them."""

_AT_FILE_SCOPE = """
    ALLOW_ERROR_INJECTION EXPORT_PER_CPU_SYMBOL EXPORT_PER_CPU_SYMBOL_GPL EXPORT_STATIC_CALL EXPORT_STATIC_CALL_GPL
    EXPORT_STATIC_CALL_TRAMP EXPORT_STATIC_CALL_TRAMP_GPL EXPORT_TRACEPOINT_SYMBOL EXPORT_TRACEPOINT_SYMBOL_GPL
    NOKPROBE_SYMBOL STACK_FRAME_NON_STANDARD STACK_FRAME_NON_STANDARD_FP __initcall __setup arch_initcall
    arch_initcall_sync console_initcall core_initcall core_initcall_sync core_param core_param_cb device_initcall
    device_initcall_sync early_initcall early_param fs_initcall fs_initcall_sync late_initcall late_initcall_sync
    module_exit module_init module_param module_param_array module_param_cb module_param_named module_param_string
    postcore_initcall postcore_initcall_sync pure_initcall rootfs_initcall subsys_initcall subsys_initcall_sync
"""
_REGISTRATIONS = frozenset(_AT_FILE_SCOPE.split())
"""The same, but only outside functions."""

_REGISTRATION_PREFIXES = ("EXPORT_SYMBOL", "MODULE_", "BTF_ID", "BTF_SET", "BTF_KFUNCS_")

_PLAIN = {
    "__asm": "asm",
    "__asm__": "asm",
    "__builtin_offsetof": "offsetof",
    "__const": "const",
    "__const__": "const",
    "__signed": "signed",
    "__signed__": "signed",
    "__typeof": "typeof",
    "__typeof__": "typeof",
    "__volatile": "volatile",
    "__volatile__": "volatile",
}

_STORAGE = {"ghost": GHOST_MARK, "uninitialised": UNWRITTEN_MARK, "unwritten": UNWRITTEN_MARK}


def plain(text: str) -> str:
    """The text, equally long, without what the parser or the memory model has no use for.

    An `__attribute__` stays if it changes what the code does or how it lies in memory, as `aligned` and `cleanup` do,
    except `aligned` on a variable with an initial value.
    """
    parts: list[str] = []
    done = depth = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        if start < done:
            continue
        word = match.group()
        if word in "{}":
            depth += 1 if word == "{" else -1
            continue
        replaced = _replaced(text, word, start, end, depth)
        if replaced is not None:
            new, end = replaced
            parts += [text[done:start], new.ljust(end - start)]
            done = end
    parts.append(text[done:])
    return "".join(parts)


def _replaced(text: str, word: str, start: int, end: int, depth: int) -> tuple[str, int] | None:
    """What comes in place of a word, and where what it replaces ends. `depth` counts the braces around it."""
    if word in _ANNOTATIONS:
        return "", end
    if word in _PLAIN:
        return _PLAIN[word], end
    if word in _STORAGE:
        is_storage = _TYPE_AFTER.match(text, end) and not _TAG_BEFORE.search(text, max(0, start - 20), start)
        return (_STORAGE[word], end) if is_storage else None
    if word in ("__attribute__", "__attribute"):
        return _attribute(text, end)
    if word in _WITH_ARGUMENTS:
        close = _close(text, end)
        return ("", close) if close else None
    if word in _CHECKS or (
        not depth
        and (word in _REGISTRATIONS or word.startswith(_REGISTRATION_PREFIXES))
        and _END_BEFORE.search(text[max(0, start - 2_000) : start])
    ):
        return _statement(text, end)
    if word == "fallthrough" and _next(text, end) == ";":
        return "", end
    return None


def _attribute(text: str, end: int) -> tuple[str, int] | None:
    close = _close(text, end)
    if not close:
        return None
    kept = {word.strip("_") for word in _KEPT.findall(text, end, close)}
    if kept and not (kept == {"aligned"} and _next(text, close) == "="):
        return None
    return "", close


def _statement(text: str, end: int) -> tuple[str, int] | None:
    close = _close(text, end)
    if not close:
        return None
    if _next(text, close) == ";":
        close = text.index(";", close) + 1
    return "", close


def _next(text: str, at: int) -> str:
    """The next character that is not blank; '' at the end."""
    while at < len(text) and text[at].isspace():
        at += 1
    return text[at : at + 1]


def _close(text: str, at: int) -> int:
    """Where the parentheses that open next end; 0 if none do."""
    if _next(text, at) != "(":
        return 0
    depth = 0
    for match in _BRACKET.finditer(text, at):
        found = match.group()
        if found in "()":
            depth += 1 if found == "(" else -1
            if not depth:
                return match.end()
    return 0


def is_annotation(name: str) -> bool:
    """Whether a word means nothing to a memory model, or is handled here."""
    return name in _ANNOTATIONS or name in _WITH_ARGUMENTS
