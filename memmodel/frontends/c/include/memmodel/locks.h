/*
 * Locks. The variants of spin_lock() are primitives, but for those that assign the interrupt flags. A mutex orders as a
 * spinlock does (memory-barriers.txt, "LOCK ACQUISITION FUNCTIONS": all types of locks are alike); who sleeps is of no
 * concern. Locks for readers and writers are not here: the model has none.
 */

#define DEFINE_SPINLOCK(name) spinlock_t name
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name
#define __SPIN_LOCK_UNLOCKED(name) 0
#define __RAW_SPIN_LOCK_UNLOCKED(name) 0
#define spin_lock_init(lock) ((void)(*(lock) = 0))
#define raw_spin_lock_init(lock) ((void)(*(lock) = 0))

#define spin_lock_irqsave(lock, flags) ((void)((flags) = 0), spin_lock(lock))
#define spin_lock_irqsave_nested(lock, flags, subclass) spin_lock_irqsave(lock, flags)
#define spin_trylock_irqsave(lock, flags) ((void)((flags) = 0), spin_trylock(lock))
#define raw_spin_lock_irqsave(lock, flags) ((void)((flags) = 0), raw_spin_lock(lock))
#define raw_spin_lock_irqsave_nested(lock, flags, subclass) raw_spin_lock_irqsave(lock, flags)
#define raw_spin_trylock_irqsave(lock, flags) ((void)((flags) = 0), raw_spin_trylock(lock))

#define lockdep_assert(condition) ((void)0)
#define lockdep_assert_once(condition) ((void)0)
#define lockdep_assert_held(lock) ((void)0)
#define lockdep_assert_held_once(lock) ((void)0)
#define lockdep_assert_held_write(lock) ((void)0)
#define lockdep_assert_held_read(lock) ((void)0)
#define lockdep_assert_not_held(lock) ((void)0)
#define lockdep_assert_none_held_once() ((void)0)
#define lockdep_assert_irqs_enabled() ((void)0)
#define lockdep_assert_irqs_disabled() ((void)0)
#define lockdep_assert_in_irq() ((void)0)
#define lockdep_assert_in_softirq() ((void)0)
#define lockdep_assert_preemption_enabled() ((void)0)
#define lockdep_assert_preemption_disabled() ((void)0)
#define lockdep_set_class(...) ((void)0)
#define lockdep_set_class_and_name(...) ((void)0)
#define lockdep_set_novalidate_class(lock) ((void)0)
#define lockdep_init_map(...) ((void)0)
#define assert_spin_locked(lock) ((void)0)
#define assert_raw_spin_locked(lock) ((void)0)

struct mutex {
	spinlock_t lock;
};

#define DEFINE_MUTEX(name) struct mutex name
#define mutex_init(mutex) spin_lock_init(&(mutex)->lock)
#define mutex_destroy(mutex) ((void)0)
#define mutex_lock_nested(mutex, subclass) mutex_lock(mutex)

static inline void mutex_lock(struct mutex *mutex)
{
	spin_lock(&mutex->lock);
}

static inline int mutex_trylock(struct mutex *mutex)
{
	return spin_trylock(&mutex->lock);
}

static inline void mutex_unlock(struct mutex *mutex)
{
	spin_unlock(&mutex->lock);
}

static inline bool mutex_is_locked(struct mutex *mutex)
{
	return spin_is_locked(&mutex->lock);
}
