/*
 * Reference counts, ordered as Documentation/core-api/refcount-vs-atomic.rst says: taking one is unordered, giving one
 * up is a release, and giving up the last an acquire too. A count that over- or underflows sticks at the value in the
 * middle of the negative numbers.
 */

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

struct kref {
	refcount_t refcount;
};

#define REFCOUNT_INIT(value) { .refs = ATOMIC_INIT(value) }
#define KREF_INIT(value) { .refcount = REFCOUNT_INIT(value) }
#define REFCOUNT_SATURATED (-0x40000000)

static inline void refcount_set(refcount_t *count, int value)
{
	atomic_set(&count->refs, value);
}

static inline unsigned int refcount_read(refcount_t *count)
{
	return atomic_read(&count->refs);
}

static inline void refcount_add(int value, refcount_t *count)
{
	int old = atomic_fetch_add_relaxed(value, &count->refs);

	if (old <= 0 || old + value < 0)
		atomic_set(&count->refs, REFCOUNT_SATURATED);
}

static inline void refcount_inc(refcount_t *count)
{
	refcount_add(1, count);
}

static inline bool refcount_add_not_zero(int value, refcount_t *count)
{
	int old = atomic_read(&count->refs);

	do {
		if (!old)
			return false;
	} while (!atomic_try_cmpxchg_relaxed(&count->refs, &old, old + value));

	if (old < 0 || old + value < 0)
		atomic_set(&count->refs, REFCOUNT_SATURATED);
	return true;
}

static inline bool refcount_inc_not_zero(refcount_t *count)
{
	return refcount_add_not_zero(1, count);
}

static inline bool refcount_sub_and_test(int value, refcount_t *count)
{
	int old = atomic_fetch_sub_release(value, &count->refs);

	if (old > 0 && old == value) {
		smp_acquire__after_ctrl_dep();
		return true;
	}
	if (old <= 0 || old - value < 0)
		atomic_set(&count->refs, REFCOUNT_SATURATED);
	return false;
}

static inline bool refcount_dec_and_test(refcount_t *count)
{
	return refcount_sub_and_test(1, count);
}

static inline void refcount_dec(refcount_t *count)
{
	if (atomic_fetch_sub_release(1, &count->refs) <= 1)
		atomic_set(&count->refs, REFCOUNT_SATURATED);
}

static inline void kref_init(struct kref *kref)
{
	refcount_set(&kref->refcount, 1);
}

static inline unsigned int kref_read(struct kref *kref)
{
	return refcount_read(&kref->refcount);
}

static inline void kref_get(struct kref *kref)
{
	refcount_inc(&kref->refcount);
}

static inline int kref_get_unless_zero(struct kref *kref)
{
	return refcount_inc_not_zero(&kref->refcount);
}

static inline int kref_put(struct kref *kref, void (*release)(struct kref *kref))
{
	if (refcount_dec_and_test(&kref->refcount)) {
		release(kref);
		return 1;
	}
	return 0;
}
