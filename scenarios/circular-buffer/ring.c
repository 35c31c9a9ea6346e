/* What a producer and a consumer do to the ring. The macros are scenario.toml's variants. */

#include "ring.h"

#ifdef NO_LOCKS
#define lock(it)
#define unlock(it)
#else
#define lock(it) spin_lock(it)
#define unlock(it) spin_unlock(it)
#endif

#ifdef ITEM_MARKED
#define fill(field, value) WRITE_ONCE(field, value)
#else
#define fill(field, value) ((field) = (value))
#endif

#if defined(HEAD_ONCE)
#define publish(index, value) WRITE_ONCE(*(index), value)
#elif defined(HEAD_WMB)
#define publish(index, value) ({ smp_wmb(); WRITE_ONCE(*(index), value); })
#else
#define publish(index, value) smp_store_release(index, value)
#endif

#if defined(TAIL_ONCE)
#define give_back(index, value) WRITE_ONCE(*(index), value)
#elif defined(TAIL_WMB)
#define give_back(index, value) ({ smp_wmb(); WRITE_ONCE(*(index), value); })
#elif defined(TAIL_MB)
#define give_back(index, value) ({ smp_mb(); WRITE_ONCE(*(index), value); })
#else
#define give_back(index, value) smp_store_release(index, value)
#endif

#ifdef OWN_ONCE
#define look_at_own(index) READ_ONCE(*(index))
#else
#define look_at_own(index) (*(index))
#endif

#ifdef SPACE_ONCE
#define look_at_tail(index) READ_ONCE(*(index))
#else
#define look_at_tail(index) smp_load_acquire(index)
#endif

#if defined(COUNT_ONCE)
#define look_at_head(index) READ_ONCE(*(index))
#elif defined(COUNT_RMB)
#define look_at_head(index) ({ unsigned long seen = READ_ONCE(*(index)); smp_rmb(); seen; })
#else
#define look_at_head(index) smp_load_acquire(index)
#endif

/* Whether there was room for the item. */
static bool put(struct ring *ring, int number)
{
	bool room;

	lock(&ring->put_lock);
	unsigned long head = look_at_own(&ring->head);
	unsigned long tail = look_at_tail(&ring->tail);

	room = CIRC_SPACE(head, tail, SIZE) >= 1;
	if (room) {
		struct item *item = &ring->items[head];
		unsigned long next = (head + 1) & (SIZE - 1);

#ifdef HEAD_FIRST
		publish(&ring->head, next);
#endif
		fill(item->number, number);
		fill(item->same, number);
#ifndef HEAD_FIRST
		publish(&ring->head, next);
#endif
	}
	unlock(&ring->put_lock);
	return room;
}

/* Whether there was an item. */
static bool take(struct ring *ring, struct item *taken)
{
	bool any;

	lock(&ring->take_lock);
	unsigned long head = look_at_head(&ring->head);
	unsigned long tail = ring->tail;

	any = CIRC_CNT(head, tail, SIZE) >= 1;
	if (any) {
		*taken = ring->items[tail];
		give_back(&ring->tail, (tail + 1) & (SIZE - 1));
	}
	unlock(&ring->take_lock);
	return any;
}
