/*
 * What a function is lowered with when it is lowered on its own, besides the prelude. Nothing here is an order or an
 * access that the kernel does not have; what is left out belongs to one CPU, to tracing, or to debugging.
 *
 * A name that begins with __alone_ is no function: each call of it has any value, and is taken down as assumed.
 */
#ifndef MEMMODEL_ALONE_H
#define MEMMODEL_ALONE_H

/* One CPU's variables: the function runs on one CPU, and is not moved. */
#define DEFINE_PER_CPU(type, name) typeof(type) name
#define DEFINE_PER_CPU_SHARED_ALIGNED(type, name) typeof(type) name
#define DEFINE_PER_CPU_ALIGNED(type, name) typeof(type) name
#define DEFINE_PER_CPU_PAGE_ALIGNED(type, name) typeof(type) name
#define DEFINE_PER_CPU_READ_MOSTLY(type, name) typeof(type) name
#define DEFINE_PER_CPU_FIRST(type, name) typeof(type) name
#define DECLARE_PER_CPU(type, name) extern typeof(type) name
#define DECLARE_PER_CPU_SHARED_ALIGNED(type, name) extern typeof(type) name
#define DECLARE_PER_CPU_ALIGNED(type, name) extern typeof(type) name
#define DECLARE_PER_CPU_READ_MOSTLY(type, name) extern typeof(type) name
#define DECLARE_PER_CPU_FIRST(type, name) extern typeof(type) name

#define per_cpu_ptr(pointer, cpu) ((void)(cpu), (pointer))
#define per_cpu(variable, cpu) (*((void)(cpu), &(variable)))
#define this_cpu_ptr(pointer) (pointer)
#define raw_cpu_ptr(pointer) (pointer)
#define get_cpu_ptr(pointer) (pointer)
#define put_cpu_ptr(pointer) ((void)0)
#define get_cpu_var(variable) (variable)
#define put_cpu_var(variable) ((void)0)
#define this_rq() this_cpu_ptr(&runqueues)
#define cpu_rq(cpu) per_cpu_ptr(&runqueues, cpu)
#define raw_rq() this_cpu_ptr(&runqueues)

#define this_cpu_read(variable) (variable)
#define raw_cpu_read(variable) (variable)
#define __this_cpu_read(variable) (variable)
#define this_cpu_write(variable, value) ((void)((variable) = (value)))
#define raw_cpu_write(variable, value) ((void)((variable) = (value)))
#define __this_cpu_write(variable, value) ((void)((variable) = (value)))
#define this_cpu_add(variable, value) ((void)((variable) += (value)))
#define raw_cpu_add(variable, value) ((void)((variable) += (value)))
#define __this_cpu_add(variable, value) ((void)((variable) += (value)))
#define this_cpu_sub(variable, value) ((void)((variable) -= (value)))
#define __this_cpu_sub(variable, value) ((void)((variable) -= (value)))
#define this_cpu_inc(variable) ((void)((variable)++))
#define raw_cpu_inc(variable) ((void)((variable)++))
#define __this_cpu_inc(variable) ((void)((variable)++))
#define this_cpu_dec(variable) ((void)((variable)--))
#define raw_cpu_dec(variable) ((void)((variable)--))
#define __this_cpu_dec(variable) ((void)((variable)--))
#define this_cpu_or(variable, value) ((void)((variable) |= (value)))
#define __this_cpu_or(variable, value) ((void)((variable) |= (value)))
#define this_cpu_and(variable, value) ((void)((variable) &= (value)))
#define __this_cpu_and(variable, value) ((void)((variable) &= (value)))
#define this_cpu_add_return(variable, value) ((variable) += (value))
#define __this_cpu_add_return(variable, value) ((variable) += (value))
#define this_cpu_inc_return(variable) (++(variable))
#define __this_cpu_inc_return(variable) (++(variable))
#define this_cpu_dec_return(variable) (--(variable))
#define __this_cpu_dec_return(variable) (--(variable))
#define this_cpu_sub_return(variable, value) ((variable) -= (value))
#define __this_cpu_sub_return(variable, value) ((variable) -= (value))
#define this_cpu_xchg(variable, value)                                                                                 \
	({                                                                                                             \
		typeof(variable) __alone_old = (variable);                                                             \
		(variable) = (value);                                                                                  \
		__alone_old;                                                                                           \
	})
#define __this_cpu_xchg(variable, value) this_cpu_xchg(variable, value)
#define this_cpu_cmpxchg(variable, expected, value)                                                                    \
	({                                                                                                             \
		typeof(variable) __alone_old = (variable);                                                             \
		if (__alone_old == (expected))                                                                         \
			(variable) = (value);                                                                          \
		__alone_old;                                                                                           \
	})
#define __this_cpu_cmpxchg(variable, expected, value) this_cpu_cmpxchg(variable, expected, value)
#define raw_cpu_cmpxchg(variable, expected, value) this_cpu_cmpxchg(variable, expected, value)
#define this_cpu_generic_cmpxchg(variable, expected, value) this_cpu_cmpxchg(variable, expected, value)

#define smp_processor_id() __alone_cpu()
#define raw_smp_processor_id() __alone_cpu()
#define __smp_processor_id() __alone_cpu()
#define get_cpu() __alone_cpu()
#define put_cpu() ((void)0)
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < 2; (cpu)++)
#define for_each_online_cpu(cpu) for ((cpu) = 0; (cpu) < 2; (cpu)++)
#define for_each_present_cpu(cpu) for ((cpu) = 0; (cpu) < 2; (cpu)++)
#define for_each_cpu(cpu, mask) for ((void)(mask), (cpu) = 0; (cpu) < 2; (cpu)++)
#define for_each_cpu_and(cpu, mask, other) for ((void)(mask), (void)(other), (cpu) = 0; (cpu) < 2; (cpu)++)

/* In which context the function runs. */
#define preempt_count() __alone_context()
#define in_nmi() __alone_context()
#define in_interrupt() __alone_context()
#define in_irq() __alone_context()
#define in_hardirq() __alone_context()
#define in_softirq() __alone_context()
#define in_serving_softirq() __alone_context()
#define in_task() __alone_context()
#define in_atomic() __alone_context()
#define interrupt_context_level() __alone_context()
#define irqs_disabled() __alone_context()
#define irqs_disabled_flags(flags) __alone_context()
#define preemptible() __alone_context()
#define rcu_preempt_depth() __alone_context()
#define need_resched() __alone_context()
#define oops_in_progress __alone_context()

/* What all machines have of it. */
struct thread_info {
	unsigned long flags;
	unsigned long syscall_work;
	int preempt_count;
	u32 cpu;
};

extern struct task_struct __alone_current;
#define current (&__alone_current)
#define get_current() (&__alone_current)
#define current_thread_info() (&__alone_current.thread_info)

/* Code that is patched in when something is switched on. */
#define DEFINE_STATIC_KEY_FALSE(name) int name
#define DEFINE_STATIC_KEY_TRUE(name) int name
#define DEFINE_STATIC_KEY_FALSE_RO(name) int name
#define DEFINE_STATIC_KEY_TRUE_RO(name) int name
#define DEFINE_STATIC_KEY_DEFERRED_FALSE(name, delay) int name
#define DECLARE_STATIC_KEY_FALSE(name) extern int name
#define DECLARE_STATIC_KEY_TRUE(name) extern int name
#define static_branch_unlikely(key) __alone_static_branch()
#define static_branch_likely(key) __alone_static_branch()
#define static_branch_maybe(config, key) __alone_static_branch()
#define static_key_false(key) __alone_static_branch()
#define static_key_true(key) __alone_static_branch()
#define static_key_enabled(key) __alone_static_branch()
#define static_key_count(key) __alone_static_branch()
#define static_branch_inc(key) ((void)0)
#define static_branch_dec(key) ((void)0)
#define static_branch_enable(key) ((void)0)
#define static_branch_disable(key) ((void)0)
#define static_branch_inc_cpuslocked(key) ((void)0)
#define static_branch_dec_cpuslocked(key) ((void)0)
#define static_branch_enable_cpuslocked(key) ((void)0)
#define static_branch_disable_cpuslocked(key) ((void)0)
#define static_branch_slow_dec_deferred(key) ((void)0)
#define static_branch_deferred_inc(key) ((void)0)
#define sched_feat(feature) __alone_feature()
#define sched_feat_dummy(feature) __alone_feature()
#define schedstat_enabled() 0
#define schedstat_inc(variable) ((void)0)
#define __schedstat_inc(variable) ((void)0)
#define schedstat_add(variable, value) ((void)0)
#define __schedstat_add(variable, value) ((void)0)
#define schedstat_set(variable, value) ((void)0)
#define __schedstat_set(variable, value) ((void)0)
#define schedstat_val(variable) 0
#define schedstat_val_or_zero(variable) 0

/* What is initialised here is not yet known to anyone; classes of locks are lockdep's. */
#define INIT_WORK(work, function) ((void)((work)->func = (function)))
#define INIT_WORK_ONSTACK(work, function) INIT_WORK(work, function)
#define INIT_DELAYED_WORK(delayed, function) INIT_WORK(&(delayed)->work, function)
#define INIT_DEFERRABLE_WORK(delayed, function) INIT_WORK(&(delayed)->work, function)
#define INIT_RCU_WORK(delayed, function) INIT_WORK(&(delayed)->work, function)
#define init_waitqueue_head(queue) (spin_lock_init(&(queue)->lock), INIT_LIST_HEAD(&(queue)->head))
#define init_rwsem(semaphore) ((void)(semaphore))
#define rwlock_init(lock) ((void)(lock))
#define seqcount_init(counter) ((void)((counter)->sequence = 0))
#define timer_setup(timer, callback, flags) ((void)((timer)->function = (callback)))
#define timer_setup_on_stack(timer, callback, flags) timer_setup(timer, callback, flags)
#define init_irq_work(work, callback) ((void)((work)->func = (callback)))
#define DECLARE_WAIT_QUEUE_HEAD(name) struct wait_queue_head name
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) struct wait_queue_head name
#define DECLARE_COMPLETION(name) struct completion name
#define DECLARE_COMPLETION_ONSTACK(name) struct completion name
#define DEFINE_RATELIMIT_STATE(name, interval, burst) struct ratelimit_state name
#define __MUTEX_INITIALIZER(name) { 0 }
#define DECLARE_RWSEM(name) struct rw_semaphore name
#define DEFINE_STATIC_SRCU(name) struct srcu_struct name
#define DEFINE_SRCU(name) struct srcu_struct name
#define DEFINE_RWLOCK(name) rwlock_t name

/* Waiting: the condition is looked at until it holds. Who wakes whom is left out. */
#define ___wait_event(queue, condition, state, exclusive, result, command)                                             \
	({                                                                                                             \
		long __alone_result = (result);                                                                        \
		for (;;) {                                                                                             \
			if (condition)                                                                                 \
				break;                                                                                 \
			command;                                                                                       \
		}                                                                                                      \
		__alone_result;                                                                                        \
	})
#define ___wait_var_event(variable, condition, state, exclusive, result, command)                                      \
	___wait_event(variable, condition, state, exclusive, result, command)

/* Sequence counters, as include/linux/seqlock.h describes them; there the kinds differ in what lockdep sees. */
typedef struct seqcount {
	unsigned int sequence;
} seqcount_t;
typedef seqcount_t seqcount_raw_spinlock_t;
typedef seqcount_t seqcount_spinlock_t;
typedef seqcount_t seqcount_rwlock_t;
typedef seqcount_t seqcount_mutex_t;

#define raw_read_seqcount(counter)                                                                                     \
	({                                                                                                             \
		unsigned int __alone_sequence = READ_ONCE((counter)->sequence);                                        \
		smp_rmb();                                                                                             \
		__alone_sequence;                                                                                      \
	})
#define __read_seqcount_begin(counter)                                                                                 \
	({                                                                                                             \
		unsigned int __alone_sequence;                                                                         \
		while ((__alone_sequence = READ_ONCE((counter)->sequence)) & 1)                                        \
			cpu_relax();                                                                                   \
		__alone_sequence;                                                                                      \
	})
#define raw_read_seqcount_begin(counter)                                                                               \
	({                                                                                                             \
		unsigned int __alone_begin = __read_seqcount_begin(counter);                                           \
		smp_rmb();                                                                                             \
		__alone_begin;                                                                                         \
	})
#define read_seqcount_begin(counter) raw_read_seqcount_begin(counter)
#define raw_seqcount_begin(counter) (raw_read_seqcount(counter) & ~1U)
#define __read_seqcount_retry(counter, start) (READ_ONCE((counter)->sequence) != (start))
#define read_seqcount_retry(counter, start)                                                                            \
	({                                                                                                             \
		smp_rmb();                                                                                             \
		__read_seqcount_retry(counter, start);                                                                 \
	})
#define raw_write_seqcount_begin(counter)                                                                              \
	do {                                                                                                           \
		(counter)->sequence++;                                                                                 \
		smp_wmb();                                                                                             \
	} while (0)
#define raw_write_seqcount_end(counter)                                                                                \
	do {                                                                                                           \
		smp_wmb();                                                                                             \
		(counter)->sequence++;                                                                                 \
	} while (0)
#define write_seqcount_begin(counter) raw_write_seqcount_begin(counter)
#define write_seqcount_begin_nested(counter, subclass) raw_write_seqcount_begin(counter)
#define write_seqcount_end(counter) raw_write_seqcount_end(counter)
#define write_seqcount_invalidate(counter)                                                                             \
	do {                                                                                                           \
		smp_wmb();                                                                                             \
		(counter)->sequence += 2;                                                                              \
	} while (0)
#define SEQCNT_ZERO(name) { 0 }
#define SEQCNT_RAW_SPINLOCK_ZERO(name, lock) { 0 }
#define SEQCNT_SPINLOCK_ZERO(name, lock) { 0 }
#define SEQCNT_MUTEX_ZERO(name, lock) { 0 }
#define seqprop_sequence(counter) ((counter)->sequence)
#define seqcount_spinlock_init(counter, lock) ((void)((counter)->sequence = 0))
#define seqcount_mutex_init(counter, lock) ((void)((counter)->sequence = 0))

/* Words to people. What is said is read first, and may race. */
#define printk(...) __alone_print(__VA_ARGS__)
#define printk_once(...) __alone_print(__VA_ARGS__)
#define printk_deferred(...) __alone_print(__VA_ARGS__)
#define printk_deferred_once(...) __alone_print(__VA_ARGS__)
#define printk_ratelimited(...) __alone_print(__VA_ARGS__)
#define pr_emerg(...) __alone_print(__VA_ARGS__)
#define pr_alert(...) __alone_print(__VA_ARGS__)
#define pr_crit(...) __alone_print(__VA_ARGS__)
#define pr_err(...) __alone_print(__VA_ARGS__)
#define pr_err_once(...) __alone_print(__VA_ARGS__)
#define pr_err_ratelimited(...) __alone_print(__VA_ARGS__)
#define pr_warn(...) __alone_print(__VA_ARGS__)
#define pr_warn_once(...) __alone_print(__VA_ARGS__)
#define pr_warn_ratelimited(...) __alone_print(__VA_ARGS__)
#define pr_notice(...) __alone_print(__VA_ARGS__)
#define pr_notice_once(...) __alone_print(__VA_ARGS__)
#define pr_notice_ratelimited(...) __alone_print(__VA_ARGS__)
#define pr_info(...) __alone_print(__VA_ARGS__)
#define pr_info_once(...) __alone_print(__VA_ARGS__)
#define pr_info_ratelimited(...) __alone_print(__VA_ARGS__)
#define pr_cont(...) __alone_print(__VA_ARGS__)
#define dev_err(...) __alone_print(__VA_ARGS__)
#define dev_err_ratelimited(...) __alone_print(__VA_ARGS__)
#define dev_warn(...) __alone_print(__VA_ARGS__)
#define dev_warn_once(...) __alone_print(__VA_ARGS__)
#define dev_warn_ratelimited(...) __alone_print(__VA_ARGS__)
#define dev_notice(...) __alone_print(__VA_ARGS__)
#define dev_crit(...) __alone_print(__VA_ARGS__)
#define dev_info(...) __alone_print(__VA_ARGS__)
#define dev_info_ratelimited(...) __alone_print(__VA_ARGS__)
#define net_warn_ratelimited(...) __alone_print(__VA_ARGS__)
#define net_info_ratelimited(...) __alone_print(__VA_ARGS__)
#define WARN(condition, ...)                                                                                           \
	({                                                                                                             \
		bool __alone_warned = !!(condition);                                                                   \
		if (__alone_warned)                                                                                    \
			__alone_print(__VA_ARGS__);                                                                    \
		__alone_warned;                                                                                        \
	})
#define WARN_ONCE(condition, ...) WARN(condition, __VA_ARGS__)
#define WARN_RATELIMIT(condition, ...) WARN(condition, __VA_ARGS__)
#define tracepoint_string(string) string
#define pr_debug_ratelimited(...) ((void)0)
#define pr_debug_once(...) ((void)0)
#define dev_WARN_ONCE(device, condition, ...) (!!(condition))
#define audit_log(...) ((void)0)
#define audit_log_format(...) ((void)0)
#define SCHED_WARN_ON(condition) (!!(condition))
#define RCU_NOCB_LOCKDEP_WARN(condition, message) ((void)0)
#define DEBUG_LOCKS_WARN_ON(condition) (!!(condition))
#define WARN_ON_RATELIMIT(condition, state) (!!(condition))
#define VM_WARN(condition, ...) ((void)0)
#define VM_WARN_ONCE(condition, ...) ((void)0)
#define VM_BUG_ON_PAGE(condition, page) ((void)0)
#define VM_BUG_ON_MM(condition, mm) ((void)0)
#define CHECK_DATA_CORRUPTION(condition, ...) (!!(condition))
#define __builtin_trap() __alone_end()

/* What a compiler knows, and we need not. */
#define __is_constexpr(expression) 0
#define __same_type(a, b) 1
#define __builtin_types_compatible_p(a, b) 1
#define __builtin_choose_expr(condition, then, otherwise) ((condition) ? (then) : (otherwise))
#define typecheck(type, expression) 1
#define typecheck_fn(type, function) 1
#define __typecheck(a, b) 1
#define RELOC_HIDE(pointer, offset) ((typeof(pointer))((unsigned long)(pointer) + (offset)))
#define absolute_pointer(pointer) (pointer)
#define __builtin_object_size(pointer, type) (-1UL)
#define __builtin_dynamic_object_size(pointer, type) (-1UL)
#define __unqual_scalar_typeof(expression) typeof(expression)
#define array_index_nospec(index, size) (index)
#define barrier_nospec() ((void)0)
#define array_size(a, b) ((a) * (b))
#define size_mul(a, b) ((a) * (b))
#define size_add(a, b) ((a) + (b))
#define flex_array_size(pointer, member, count) ((count) * sizeof(*(pointer)->member))
#define __builtin_clz(n) (31 - (int)__fls((unsigned int)(n)))
#define __builtin_clzl(n) (63 - (int)__fls(n))
#define __builtin_clzll(n) (63 - (int)__fls(n))
#define __builtin_ctz(n) ((int)__ffs((unsigned int)(n)))
#define __builtin_ctzl(n) ((int)__ffs(n))
#define __builtin_ctzll(n) ((int)__ffs(n))
#define __builtin_ffs(n) ffs(n)
#define __jiffy_arch_data
#define rq_pin_lock(queue, flags) ((void)0)
#define rq_unpin_lock(queue, flags) ((void)0)
#define rq_repin_lock(queue, flags) ((void)0)
#define lockdep_pin_lock(lock) 0
#define lockdep_unpin_lock(lock, cookie) ((void)0)
#define lockdep_repin_lock(lock, cookie) ((void)0)
#define bits_per(n) \
	(1 + ((n) >> 1 != 0) + ((n) >> 2 != 0) + ((n) >> 3 != 0) + ((n) >> 4 != 0) + ((n) >> 5 != 0) + \
	 ((n) >> 6 != 0) + ((n) >> 7 != 0) + ((n) >> 8 != 0) + ((n) >> 9 != 0) + ((n) >> 10 != 0) + \
	 ((n) >> 11 != 0) + ((n) >> 12 != 0) + ((n) >> 13 != 0) + ((n) >> 14 != 0) + ((n) >> 15 != 0) + \
	 ((n) >> 16 != 0) + ((n) >> 17 != 0) + ((n) >> 18 != 0) + ((n) >> 19 != 0) + ((n) >> 20 != 0) + \
	 ((n) >> 21 != 0) + ((n) >> 22 != 0) + ((n) >> 23 != 0) + ((n) >> 24 != 0) + ((n) >> 25 != 0) + \
	 ((n) >> 26 != 0) + ((n) >> 27 != 0) + ((n) >> 28 != 0) + ((n) >> 29 != 0) + ((n) >> 30 != 0) + \
	 ((n) >> 31 != 0))
#define page_folio(page) ((struct folio *)_compound_head(page))
#define __alignof__(type) 8
#define _Alignof(type) 8
#define ARCH_SLAB_MINALIGN 8
#define ARCH_KMALLOC_MINALIGN 8
#define CRYPTO_MINALIGN 8
#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define HZ 250
#define NR_CPUS 64
#define nr_cpu_ids 64
#define nr_cpumask_bits 64
#define L1_CACHE_BYTES 64
#define SMP_CACHE_BYTES 64
#define THREAD_SIZE 16384
#define TASK_SIZE 0x7ffffffff000UL
#define MAX_NUMNODES 64

#endif
