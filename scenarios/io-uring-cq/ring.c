/* What the kernel and the application do to the ring. The macros are scenario.toml's variants. */

#include "ring.h"

#ifdef NO_LOCK
#define lock_ring(ring)
#define unlock_ring(ring)
#else
#define lock_ring(ring) spin_lock(&(ring)->lock)
#define unlock_ring(ring) spin_unlock(&(ring)->lock)
#endif

/* ── the kernel ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The next place to fill, or NULL. */
static struct result *next_place(struct complete_ring *ring)
{
	u32 tail = ring->kernel_tail;
#ifdef HEAD_ACQUIRE
	u32 used = tail - smp_load_acquire(&ring->head);
#else
	u32 used = tail - READ_ONCE(ring->head);
#endif

	/* The application may write anything to head. */
	if (used > ring->mask)
		return NULL;
	ring->kernel_tail = tail + 1;
	return &ring->results[tail & ring->mask];
}

/* Whether there was room for the result. */
static bool post(struct complete_ring *ring, u32 value)
{
	struct result *result;

	lock_ring(ring);
	result = next_place(ring);
	if (result) {
#ifdef FILL_PLAIN
		result->value = value;
#else
		WRITE_ONCE(result->value, value);
#endif
	}
#ifdef TAIL_RELAXED
	WRITE_ONCE(ring->tail, ring->kernel_tail);
#else
	smp_store_release(&ring->tail, ring->kernel_tail);
#endif
	unlock_ring(ring);
	return result != NULL;
}

/* After post(): whether the application sleeps, and must be woken. */
static bool must_wake(struct complete_ring *ring)
{
#ifndef NO_BARRIER_BEFORE_WAITING
	smp_mb();
#endif
	return READ_ONCE(ring->waiting);
}

/* On behalf of the application: whether it goes to sleep, since there is nothing at this position. */
static bool goes_to_sleep(struct complete_ring *ring, u32 head)
{
#ifdef LOOK_FIRST
	bool nothing = READ_ONCE(ring->tail) == head;

	WRITE_ONCE(ring->waiting, 1);
	smp_mb();
	return nothing;
#else
	WRITE_ONCE(ring->waiting, 1);
#ifndef NO_BARRIER_BEFORE_SLEEP
	smp_mb();
#endif
	return READ_ONCE(ring->tail) == head;
#endif
}

/* ── the application ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* Whether there was a result. */
static bool take(struct complete_ring *ring, u32 *value)
{
	u32 head = ring->head;
#if defined(TAIL_READ_ONCE) || defined(TAIL_READ_RMB)
	u32 tail = READ_ONCE(ring->tail);
#else
	u32 tail = smp_load_acquire(&ring->tail);
#endif

	if (head == tail)
		return false;
#ifdef TAIL_READ_RMB
	smp_rmb();
#endif
	*value = ring->results[head & ring->mask].value;

#if defined(HEAD_MB)
	smp_mb();
	WRITE_ONCE(ring->head, head + 1);
#elif defined(HEAD_RMB)
	smp_rmb();
	WRITE_ONCE(ring->head, head + 1);
#elif defined(HEAD_WMB)
	smp_wmb();
	WRITE_ONCE(ring->head, head + 1);
#elif defined(HEAD_RELAXED)
	WRITE_ONCE(ring->head, head + 1);
#else
	smp_store_release(&ring->head, head + 1);
#endif
	return true;
}
