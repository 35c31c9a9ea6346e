/*
 * RCU, beyond the primitives: what include/linux/rcupdate.h makes of them. The conditions are lockdep's, and are not
 * evaluated there either. Callbacks (call_rcu, kfree_rcu) are not here: the model has none.
 */

#define rcu_dereference_check(pointer, condition) rcu_dereference(pointer)
#define rcu_dereference_bh_check(pointer, condition) rcu_dereference(pointer)
#define rcu_dereference_sched_check(pointer, condition) rcu_dereference(pointer)
#define srcu_dereference(pointer, domain) rcu_dereference(pointer)
#define srcu_dereference_check(pointer, domain, condition) rcu_dereference(pointer)

/* For who keeps all writers out: a plain read. */
#define rcu_dereference_protected(pointer, condition) (pointer)
#define rcu_replace_pointer(pointer, value, condition)                                                                 \
	({                                                                                                             \
		typeof(pointer) __mm_old = rcu_dereference_protected(pointer, condition);                              \
		rcu_assign_pointer(pointer, value);                                                                    \
		__mm_old;                                                                                              \
	})

#define rcu_pointer_handoff(pointer) (pointer)
#define unrcu_pointer(pointer) (pointer)
#define RCU_INITIALIZER(value) (value)
#define RCU_LOCKDEP_WARN(condition, message) ((void)0)
#define rcu_read_lock_held() 1
#define rcu_read_lock_bh_held() 1
#define rcu_read_lock_sched_held() 1
#define rcu_read_lock_any_held() 1
#define rcu_sleep_check() ((void)0)
