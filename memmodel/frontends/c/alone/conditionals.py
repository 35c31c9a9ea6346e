"""A header and an offset in it in, whether its `#if`s let the line there stand out.

The configuration is that of a multiprocessor kernel without debugging; any other CONFIG_ name, and any other name at
all, counts as not defined, as it does to C.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from memmodel.source import SourceFile

_SET = """
    SMP 64BIT MMU NET INET BLOCK BUG PRINTK TREE_RCU TREE_SRCU TASKS_RCU TASKS_TRACE_RCU TASKS_RUDE_RCU RCU_NOCB_CPU
    CGROUPS CGROUP_SCHED CGROUP_PIDS CGROUP_BPF FAIR_GROUP_SCHED CFS_BANDWIDTH RT_GROUP_SCHED SCHED_SMT SCHED_MC
    SCHED_CORE SCHED_HRTICK SCHED_INFO CPUSETS MEMCG NUMA NUMA_BALANCING MIGRATION COMPACTION HOTPLUG_CPU
    NO_HZ_COMMON NO_HZ_FULL NO_HZ_IDLE HIGH_RES_TIMERS GENERIC_CLOCKEVENTS GENERIC_CLOCKEVENTS_BROADCAST
    TICK_ONESHOT POSIX_TIMERS CONTEXT_TRACKING CONTEXT_TRACKING_USER CONTEXT_TRACKING_IDLE VIRT_CPU_ACCOUNTING
    VIRT_CPU_ACCOUNTING_GEN IRQ_WORK IRQ_DOMAIN IRQ_DOMAIN_HIERARCHY GENERIC_IRQ_CHIP GENERIC_IRQ_IPI
    GENERIC_PENDING_IRQ IRQ_FORCED_THREADING PERF_EVENTS TRACING TRACEPOINTS EVENT_TRACING FTRACE FUNCTION_TRACER
    FUNCTION_GRAPH_TRACER DYNAMIC_FTRACE FTRACE_MCOUNT_RECORD DYNAMIC_FTRACE_WITH_REGS DYNAMIC_EVENTS PROBE_EVENTS
    RING_BUFFER STACK_TRACER TRACER_SNAPSHOT TRACER_MAX_TRACE HIST_TRIGGERS KPROBES KRETPROBES UPROBES KPROBE_EVENTS
    UPROBE_EVENTS BPF BPF_SYSCALL BPF_JIT BPF_EVENTS BPF_LSM MODULES MODULE_UNLOAD KALLSYMS SYSFS PROC_FS DEBUG_FS
    SYSCTL FUTEX FUTEX_PI EVENTFD EPOLL IO_URING XDP_SOCKETS AUDIT AUDITSYSCALL SECCOMP SECCOMP_FILTER USER_NS
    PID_NS UTS_NS IPC_NS NET_NS TIME_NS PSI SWAP SHMEM KEYS SECURITY MULTIUSER TASKSTATS TASK_DELAY_ACCT TASK_XACCT
    TASK_IO_ACCOUNTING UNIX98_PTYS MAGIC_SYSRQ KGDB KGDB_KDB KEXEC KEXEC_CORE KEXEC_FILE CRASH_CORE CRASH_DUMP
    HIBERNATION SUSPEND PM PM_SLEEP FREEZER RSEQ MEMBARRIER LOCKUP_DETECTOR SOFTLOCKUP_DETECTOR HARDLOCKUP_DETECTOR
    DETECT_HUNG_TASK WATCHDOG WQ_WATCHDOG RELAY PADATA RT_MUTEXES PREEMPT_NOTIFIERS USER_RETURN_NOTIFIER
    MUTEX_SPIN_ON_OWNER RWSEM_SPIN_ON_OWNER LOCK_SPIN_ON_OWNER QUEUED_SPINLOCKS QUEUED_RWLOCKS PARAVIRT_SPINLOCKS
    KCOV RANDOMIZE_KSTACK_OFFSET BLK_CGROUP CPU_IDLE CPU_FREQ CPU_ISOLATION ENERGY_MODEL UCLAMP_TASK
    UCLAMP_TASK_GROUP LIVEPATCH BALLOON_COMPACTION PAGE_REPORTING VIRTIO VIRTIO_RING VIRTIO_PCI VIRTIO_MEM SBITMAP
    RHASHTABLE STACKDEPOT KUNIT GENERIC_ALLOCATOR CPU_RMAP IOMMU_HELPER DQL COREDUMP ELF_CORE FHANDLE AIO
    USERFAULTFD CHECKPOINT_RESTORE INOTIFY_USER FSNOTIFY FANOTIFY POSIX_MQUEUE SYSVIPC SYSVIPC_COMPAT COMPAT
    STATIC_CALL JUMP_LABEL WATCH_QUEUE VMAP_STACK THREAD_INFO_IN_TASK ARCH_HAS_MEMBARRIER_CALLBACKS
    ARCH_HAS_MEMBARRIER_SYNC_CORE GENERIC_ENTRY HAVE_POSIX_CPU_TIMERS_TASK_WORK POSIX_CPU_TIMERS_TASK_WORK
"""

CONFIGURED = frozenset(
    (
        "__KERNEL__",
        "__GNUC__",
        "__LITTLE_ENDIAN",
        "__LITTLE_ENDIAN_BITFIELD",
        *(f"CONFIG_{name}" for name in _SET.split()),
    )
)
"""The names that a header may find defined: a multiprocessor kernel with what distributions switch on."""

NUMBERS = {
    "CONFIG_NR_CPUS": 64,
    "CONFIG_HZ": 250,
    "CONFIG_BASE_SMALL": 0,
    "CONFIG_LOG_BUF_SHIFT": 17,
    "CONFIG_LOG_CPU_MAX_BUF_SHIFT": 12,
    "CONFIG_NODES_SHIFT": 6,
    "CONFIG_RCU_FANOUT": 64,
    "CONFIG_RCU_FANOUT_LEAF": 16,
    "CONFIG_RCU_CPU_STALL_TIMEOUT": 21,
    "CONFIG_RCU_EXP_CPU_STALL_TIMEOUT": 0,
    "CONFIG_RCU_BOOST_DELAY": 500,
    "CONFIG_UCLAMP_BUCKETS_COUNT": 5,
    "CONFIG_PRINTK_SAFE_LOG_BUF_SHIFT": 13,
    "CONFIG_CONSOLE_LOGLEVEL_DEFAULT": 7,
    "CONFIG_MESSAGE_LOGLEVEL_DEFAULT": 4,
    "CONFIG_DEFAULT_HUNG_TASK_TIMEOUT": 120,
    "CONFIG_STACK_HASH_ORDER": 20,
    "CONFIG_ARCH_MMAP_RND_BITS_MAX": 32,
    "CONFIG_ILLEGAL_POINTER_VALUE": 0,
    "CONFIG_PANIC_TIMEOUT": 0,
    "CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE": 1,
    "CONFIG_KDB_DEFAULT_ENABLE": 1,
}
"""The values of the configuration that are numbers."""

_NUMBERS = NUMBERS | {"BITS_PER_LONG": 64, "__BITS_PER_LONG": 64, "NR_CPUS": 64}
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
    """The names to define, and those not to, for the conditionals around `offset` to hold: a proposal, as what
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


_NAMED = re.compile(
    r"(!?)\s*(?:(?:defined|IS_ENABLED|IS_BUILTIN|IS_REACHABLE)\b\s*\(?\s*([A-Za-z_]\w*)|\(?\s*(CONFIG_\w+))"
)


def _satisfy(condition: str, define: set[str], undefine: set[str]) -> None:
    for negated, asked, used in _NAMED.findall(condition):
        (undefine if negated else define).add(asked or used)


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
