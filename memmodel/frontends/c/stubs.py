"""The name of a function that is nowhere defined in, what to put into the harness instead out.

For names that the prelude leaves out on purpose, because what they do is outside the model, or because only the harness
can say it.
"""

from __future__ import annotations

import re

_ADVICE: tuple[tuple[str, str], ...] = (
    (
        r"_*(this_cpu|raw_cpu|per_cpu|get_cpu|put_cpu|smp_processor_id|raw_smp_processor_id|num_.*_cpus)\w*",
        "which CPU a thread runs on is the harness's to say: define it, with a variable for each thread",
    ),
    (
        r"_*(k|kv|v|kvm)?[mzc]alloc\w*|kmem_cache_\w*alloc\w*|kmemdup\w*|alloc_pages?\w*|__get_free_page\w*|realloc",
        "let it return the address of an object of the harness",
    ),
    (r"k?v?z?free\w*|kmem_cache_free\w*|__free_pages?|put_page", "define it empty, or let it note that it was called"),
    (
        r"call_rcu\w*|rcu_barrier\w*|kfree_rcu\w*|kvfree_rcu\w*",
        "callbacks are not in the model: write what is to happen after synchronize_rcu() into a thread of its own",
    ),
    (
        r"_?_?(raw_)?(read|write)_(try)?(un)?lock\w*|(down|up)_(read|write)\w*|pthread_rwlock_\w+|rwlock_init",
        "the model has no locks for readers and writers: where nothing rests on several readers at once, make it a "
        "spin_lock()",
    ),
    (
        r"wake_up\w*|__wake_up\w*|complete\w*|irq_work_queue\w*|schedule_work\w*|queue_work\w*|eventfd_signal\w*|kick\w*",
        "define it as what the other side sees of it, such as an atomic_fetch_or() on a flag",
    ),
    (
        r"wait_event\w*|wait_for_completion\w*|schedule\w*|io_schedule\w*|prepare_to_wait\w*|finish_wait|pthread_cond_\w+",
        "define it as the condition that it waits for, in a loop or an assume()",
    ),
    (
        r"copy_(to|from)_user\w*|(get|put|__get|__put|unsafe_get|unsafe_put)_user\w*",
        "define it as an assignment of what is copied",
    ),
    (
        r"_*mem(cpy|move|set|cmp)\w*|__builtin_mem\w+|str\w+",
        "write the assignments out, in the sizes in which the memory is read elsewhere",
    ),
    (
        r"__VERIFIER_nondet_\w+",
        "any number cannot be tried out: say which, as in #define NAME() nondet(0, 3)",
    ),
    (r"__VERIFIER_atomic_\w+", "there are no atomic sections: use a spin_lock()"),
    (r"abort|exit|_exit|panic", "define it as assert(0), or as assume(0) where it means that nothing follows"),
    (r"in_nmi|in_interrupt|in_irq|in_task|in_softirq|irqs_disabled", "define it as 0 or 1, whichever is meant"),
    (r"trace_\w+|tracepoint\w*", "define it empty: tracing is nothing that other threads see"),
)
_COMPILED: list[tuple[re.Pattern[str], str]] = []


def advice(name: str) -> str:
    """How to stub the function `name`, as a hint for an error message."""
    if not _COMPILED:
        _COMPILED.extend((re.compile(pattern), text) for pattern, text in _ADVICE)
    for pattern, text in _COMPILED:
        if pattern.fullmatch(name):
            return text.replace("NAME", name)
    return f"define it in the harness, if need be as an empty function: {name}() is what is checked then"
