/* User space: threads' locks, GCC's atomic builtins on pointers to values, and the words of other checkers' suites. */

#define __ATOMIC_RELAXED 0
#define __ATOMIC_CONSUME 1
#define __ATOMIC_ACQUIRE 2
#define __ATOMIC_RELEASE 3
#define __ATOMIC_ACQ_REL 4
#define __ATOMIC_SEQ_CST 5

#define __atomic_load(place, result, order) ((void)(*(result) = __atomic_load_n(place, order)))
#define __atomic_store(place, value, order) __atomic_store_n(place, *(value), order)
#define __atomic_exchange(place, value, result, order)                                                                 \
	((void)(*(result) = __atomic_exchange_n(place, *(value), order)))
#define __atomic_compare_exchange(place, expected, value, weak, success, failure)                                      \
	__atomic_compare_exchange_n(place, expected, *(value), weak, success, failure)
#define __sync_bool_compare_and_swap(place, expected, value)                                                           \
	({                                                                                                             \
		typeof(*(place)) __mm_expected = (expected);                                                           \
		__sync_val_compare_and_swap(place, __mm_expected, value) == __mm_expected;                             \
	})

/*
 * pthread_create() and pthread_join() belong to the harness. POSIX asks of its locks what an acquire and a release give;
 * as a spinlock of the kernel's a mutex also orders one critical section before the next one of the same thread.
 */
typedef unsigned long pthread_t;
typedef int pthread_attr_t;
typedef int pthread_mutexattr_t;
typedef spinlock_t pthread_mutex_t;
typedef spinlock_t pthread_spinlock_t;

#define PTHREAD_MUTEX_INITIALIZER 0
#define PTHREAD_PROCESS_PRIVATE 0
#define PTHREAD_PROCESS_SHARED 1

static inline int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
	spin_lock_init(mutex);
	return 0;
}

static inline int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
	return 0;
}

static inline int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	spin_lock(mutex);
	return 0;
}

static inline int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	return spin_trylock(mutex) ? 0 : EBUSY;
}

static inline int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	spin_unlock(mutex);
	return 0;
}

static inline int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
	spin_lock_init(lock);
	return 0;
}

static inline int pthread_spin_destroy(pthread_spinlock_t *lock)
{
	return 0;
}

static inline int pthread_spin_lock(pthread_spinlock_t *lock)
{
	spin_lock(lock);
	return 0;
}

static inline int pthread_spin_trylock(pthread_spinlock_t *lock)
{
	return spin_trylock(lock) ? 0 : EBUSY;
}

static inline int pthread_spin_unlock(pthread_spinlock_t *lock)
{
	spin_unlock(lock);
	return 0;
}

static inline int sched_yield(void)
{
	return 0;
}

/* __VERIFIER_nondet_int() may be any number, which cannot be tried out: a harness says which of them to try. */
#define __VERIFIER_assume(condition) assume(condition)
#define __VERIFIER_assert(condition) assert(condition)
#define __VERIFIER_nondet_bool() choose(0, 1)
#define __VERIFIER_nondet__Bool() choose(0, 1)
#define __VERIFIER_spin_start() ((void)0)
#define __VERIFIER_spin_end(...) ((void)0)
#define reach_error() assert(0)
