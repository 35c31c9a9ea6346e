"""The name of a function that is nowhere defined in, what to put into the harness instead out.

For names that the prelude leaves out on purpose, because what they do is outside the model, or because only the harness
can say it.
"""

from __future__ import annotations

import re

_ADVICE: tuple[tuple[str, str], ...] = (
    (
        r"_*(this_cpu|raw_cpu|per_cpu|get_cpu|put_cpu|smp_processor_id|raw_smp_processor_id|num_.*_cpus)\w*",
        "define it in the harness, which alone knows which CPU a thread is on: for each thread a variable of its own",
    ),
    (
        r"_*(k|kv|v|kvm)?[mzc]alloc\w*|kmem_cache_\w*alloc\w*|kmemdup\w*|alloc_pages?\w*|__get_free_page\w*|realloc",
        "define it in the harness: let it return the address of an object there",
    ),
    (
        r"free|vfree|kv?z?free\w*|kmem_cache_free\w*|__free_pages?|put_page",
        "define it in the harness: empty, or as a plain write to the object, which races with whoever still uses it",
    ),
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
        r"wake_up\w*|__wake_up\w*|complete(_all)?|irq_work_queue\w*|(schedule|queue)_work\w*|eventfd_signal\w*",
        "define it in the harness as what the other side sees of it, such as an atomic_fetch_or() on a flag",
    ),
    (
        r"wait_event\w*|wait_for_completion\w*|(io_)?schedule(_timeout\w*)?|prepare_to_wait\w*|finish_wait|pthread_cond_\w+",
        "define it in the harness as the condition that it waits for, in a loop or an assume()",
    ),
    (
        r"copy_(to|from)_user\w*|(get|put|__get|__put|unsafe_get|unsafe_put)_user\w*",
        "define it in the harness as an assignment of what is copied",
    ),
    (
        r"_*memcmp\w*|__builtin_memcmp|str\w*(cpy|cmp|len|cat|chr)\w*",
        "define it in the harness, with accesses of the sizes in which the memory is used elsewhere",
    ),
    (
        r"__VERIFIER_nondet_\w+",
        "any number cannot be tried out: say which, as in #define NAME() nondet(0, 3)",
    ),
    (r"__VERIFIER_atomic_\w+", "there are no atomic sections: use a spin_lock()"),
    (r"abort|exit|_exit|panic", "define it in the harness as assert(0), or as assume(0) if that run does not count"),
    (
        r"in_nmi|in_interrupt|in_irq|in_task|in_softirq|irqs_disabled",
        "define it in the harness as 0 or 1, whichever is meant",
    ),
    (r"trace_\w+", "define it in the harness, empty: tracing is nothing that other threads see"),
)
_COMPILED: list[tuple[re.Pattern[str], str]] = []


def advice(name: str) -> str | None:
    """How to stub the function `name`, as a hint for an error message; None if nothing particular is known of it."""
    if not _COMPILED:
        _COMPILED.extend((re.compile(pattern), text) for pattern, text in _ADVICE)
    for pattern, text in _COMPILED:
        if pattern.fullmatch(name):
            return text.replace("NAME", name)
    return None
