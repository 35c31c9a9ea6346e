/* Atomic variables: their initial values, and waiting for one. Their operations are primitives. */

#define ATOMIC_INIT(value) { (value) }
#define ATOMIC64_INIT(value) { (value) }
#define ATOMIC_LONG_INIT(value) { (value) }
#define LOCAL_INIT(value) { (value) }

/* Documentation/core-api/local_ops.rst: a long that one CPU owns. */
typedef atomic_long_t local_t;
typedef atomic64_t local64_t;

/* Not atomic even on the CPU itself (include/asm-generic/local.h): a marked read and a marked write. */
#define __local_inc(variable) __local_add(1, variable)
#define __local_dec(variable) __local_sub(1, variable)
#define __local_add(value, variable) local_set(variable, local_read(variable) + (value))
#define __local_sub(value, variable) local_set(variable, local_read(variable) - (value))

/* include/linux/atomic.h: as smp_cond_load_*() on what is in the variable. */
#define __mm_cond_read(read, variable, condition)                                                                      \
	({                                                                                                             \
		typeof(variable) __mm_variable = (variable);                                                           \
		typeof(read(__mm_variable)) VAL;                                                                       \
		for (;;) {                                                                                             \
			VAL = read(__mm_variable);                                                                     \
			if (condition)                                                                                 \
				break;                                                                                 \
		}                                                                                                      \
		VAL;                                                                                                   \
	})
#define atomic_cond_read_relaxed(variable, condition) __mm_cond_read(atomic_read, variable, condition)
#define atomic_cond_read_acquire(variable, condition) __mm_cond_read(atomic_read_acquire, variable, condition)
#define atomic_long_cond_read_relaxed(variable, condition) __mm_cond_read(atomic_long_read, variable, condition)
#define atomic_long_cond_read_acquire(variable, condition) __mm_cond_read(atomic_long_read_acquire, variable, condition)
#define atomic64_cond_read_relaxed(variable, condition) __mm_cond_read(atomic64_read, variable, condition)
#define atomic64_cond_read_acquire(variable, condition) __mm_cond_read(atomic64_read_acquire, variable, condition)
