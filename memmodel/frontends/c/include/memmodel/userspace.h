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

#define pthread_mutex_init(mutex, attributes) (spin_lock_init(mutex), 0)
#define pthread_mutex_destroy(mutex) 0
#define pthread_mutex_lock(mutex) (spin_lock(mutex), 0)
#define pthread_mutex_trylock(mutex) (spin_trylock(mutex) ? 0 : EBUSY)
#define pthread_mutex_unlock(mutex) (spin_unlock(mutex), 0)
#define pthread_spin_init(lock, shared) (spin_lock_init(lock), 0)
#define pthread_spin_destroy(lock) 0
#define pthread_spin_lock(lock) (spin_lock(lock), 0)
#define pthread_spin_trylock(lock) (spin_trylock(lock) ? 0 : EBUSY)
#define pthread_spin_unlock(lock) (spin_unlock(lock), 0)
#define sched_yield() 0

/* __VERIFIER_nondet_int() may be any number, which cannot be tried out: a harness says which of them to try. */
#define __VERIFIER_assume(condition) assume(condition)
#define __VERIFIER_assert(condition) assert(condition)
#define __VERIFIER_nondet_bool() choose(0, 1)
#define __VERIFIER_nondet__Bool() choose(0, 1)
#define __VERIFIER_spin_start() ((void)0)
#define __VERIFIER_spin_end(...) ((void)0)
#define reach_error() assert(0)
