/* What the two sides do to the ring. The macros are scenario.toml's variants. */

#include "ring.h"

#ifdef NO_PUT_LOCK
#define lock_put(ring)
#define unlock_put(ring)
#else
#define lock_put(ring) spin_lock(&(ring)->put_lock)
#define unlock_put(ring) spin_unlock(&(ring)->put_lock)
#endif

#ifdef NO_TAKE_LOCK
#define lock_take(ring)
#define unlock_take(ring)
#else
#define lock_take(ring) spin_lock(&(ring)->take_lock)
#define unlock_take(ring) spin_unlock(&(ring)->take_lock)
#endif

/* What is in the slot, when all that counts is whether it is NULL. */
static void *look_at(void **slot)
{
#if defined(PLAIN_SLOTS)
	return *slot;
#elif defined(ORDERED_SLOTS)
	return smp_load_acquire(slot);
#else
	return READ_ONCE(*slot);
#endif
}

static void make_empty(void **slot)
{
#if defined(PLAIN_SLOTS)
	*slot = NULL;
#elif defined(ORDERED_SLOTS) || defined(RELEASED_SLOTS)
	smp_store_release(slot, NULL);
#else
	WRITE_ONCE(*slot, NULL);
#endif
}

/* Whether there was a free slot for the object, which the caller has filled in. */
static bool put(struct slot_ring *ring, void *object)
{
	bool room;
	int at;

	lock_put(ring);
	at = ring->put_at;
	room = !look_at(&ring->slots[at]);
	if (room) {
#if defined(PUBLISH_RELEASE)
		smp_store_release(&ring->slots[at], object);
#elif defined(WMB_LATE)
		WRITE_ONCE(ring->slots[at], object);
		smp_wmb();
#elif defined(NO_WMB)
		WRITE_ONCE(ring->slots[at], object);
#else
		smp_wmb();
		WRITE_ONCE(ring->slots[at], object);
#endif
		at++;
		ring->put_at = at < ring->size ? at : 0;
	}
	unlock_put(ring);
	return room;
}

/* The slot at take_at has been taken: go on to the next, and empty slots if it is time to. */
static void step(struct slot_ring *ring)
{
	int next = ring->take_at + 1;

	if (next - ring->dirty_from >= ring->batch || next >= ring->size) {
		/* Backwards: the slot that the other side waits for comes last. */
		for (int at = next - 1; at >= ring->dirty_from; at--)
			make_empty(&ring->slots[at]);
		ring->dirty_from = next;
	}
#ifdef STEP_TWICE
	WRITE_ONCE(ring->take_at, next);
#endif
	if (next >= ring->size) {
		next = 0;
		ring->dirty_from = 0;
	}
	WRITE_ONCE(ring->take_at, next);
}

/* The oldest object, or NULL: it stays in the ring. */
static void *look(struct slot_ring *ring)
{
#ifdef TAKE_ACQUIRE
	return smp_load_acquire(&ring->slots[ring->take_at]);
#else
	return READ_ONCE(ring->slots[ring->take_at]);
#endif
}

/* The oldest object, or NULL. */
static void *take(struct slot_ring *ring)
{
	void *object;

	lock_take(ring);
	object = look(ring);
	if (object)
		step(ring);
	unlock_take(ring);
	return object;
}

/* Whether there seems to be nothing to take; asked without the lock. */
static bool seems_empty(struct slot_ring *ring)
{
	return !READ_ONCE(ring->slots[READ_ONCE(ring->take_at)]);
}
