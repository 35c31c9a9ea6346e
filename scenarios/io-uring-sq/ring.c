/* What the application and the kernel's thread do to the ring. The macros are scenario.toml's variants. */

#include "ring.h"

/* ── the application ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* Whether there was room for the request. The kernel sees it once tail has moved on. */
static bool submit(struct submit_ring *ring, u32 value)
{
	u32 tail = ring->tail;
	u32 at = tail & ring->mask;
#if defined(HEAD_READ_ONCE)
	u32 head = READ_ONCE(ring->head);
#else
	u32 head = smp_load_acquire(&ring->head);
#endif

	if (tail - head > ring->mask)
		return false;
#ifdef ENTRIES_MARKED
	WRITE_ONCE(ring->requests[at].value, value);
	WRITE_ONCE(ring->numbers[at], at);
#else
	ring->requests[at].value = value;
	ring->numbers[at] = at;
#endif

#if defined(TAIL_RELAXED)
	WRITE_ONCE(ring->tail, tail + 1);
#elif defined(TAIL_WMB)
	smp_wmb();
	WRITE_ONCE(ring->tail, tail + 1);
#else
	smp_store_release(&ring->tail, tail + 1);
#endif
	return true;
}

/* After submit(): whether the kernel's thread must be woken by a system call. */
static bool must_wake(struct submit_ring *ring)
{
#if defined(NO_BARRIER_BEFORE_FLAGS)
#elif defined(RMB_BEFORE_FLAGS)
	smp_rmb();
#else
	smp_mb();
#endif
#ifdef FLAGS_ACQUIRE
	return atomic_read_acquire(&ring->flags) & NEEDS_WAKEUP;
#else
	return atomic_read(&ring->flags) & NEEDS_WAKEUP;
#endif
}

/* ── the kernel ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static u32 count(struct submit_ring *ring)
{
#ifdef TAIL_READ_ONCE
	return READ_ONCE(ring->tail) - ring->kernel_head;
#else
	return smp_load_acquire(&ring->tail) - ring->kernel_head;
#endif
}

/* Hand all requests that are there to `take`, then give their places back. */
static void take_all(struct submit_ring *ring, void (*take)(u32 value))
{
	u32 left = count(ring);

	if (!left)
		return;
	while (left--) {
		u32 number = READ_ONCE(ring->numbers[ring->kernel_head++ & ring->mask]);

		/* The application may write anything there. */
		if (number > ring->mask)
			break;
		take(READ_ONCE(ring->requests[number].value));
	}
#ifdef HEAD_RELAXED
	WRITE_ONCE(ring->head, ring->kernel_head);
#else
	smp_store_release(&ring->head, ring->kernel_head);
#endif
}

static void raise_flag(struct submit_ring *ring)
{
#if defined(FLAG_SET)
	atomic_set(&ring->flags, NEEDS_WAKEUP);
	smp_mb__after_atomic();
#elif defined(FLAG_FETCH_OR)
	atomic_fetch_or(NEEDS_WAKEUP, &ring->flags);
#elif defined(FLAG_NO_BARRIER)
	atomic_or(NEEDS_WAKEUP, &ring->flags);
#else
	atomic_or(NEEDS_WAKEUP, &ring->flags);
	smp_mb__after_atomic();
#endif
}

/* Whether the thread goes to sleep: it says so first, and looks once more then. */
static bool goes_to_sleep(struct submit_ring *ring)
{
#if defined(LOOK_FIRST)
	bool nothing = !count(ring);

	raise_flag(ring);
	return nothing;
#else
	raise_flag(ring);
#ifdef LOOK_ONCE
	return READ_ONCE(ring->tail) == ring->kernel_head;
#else
	return !count(ring);
#endif
#endif
}

/* There was something after all, or somebody has woken the thread. */
static void lower_flag(struct submit_ring *ring)
{
	atomic_andnot(NEEDS_WAKEUP, &ring->flags);
}
