/*
 * What a producer and a consumer do to the queue. scenario.toml's variants say how each looks at the other's index
 * (A: CONSUMER_SEEN, C: PRODUCER_SEEN) and moves its own (B: PRODUCER_MOVED, D: CONSUMER_MOVED).
 */

#include "ring.h"

#define once(index) READ_ONCE(*(index))
#define once_rmb(index) ({ u32 seen = READ_ONCE(*(index)); smp_rmb(); seen; })
#define acquire(index) smp_load_acquire(index)

#define set_once(index, value) WRITE_ONCE(*(index), value)
#define wmb_set_once(index, value) ({ smp_wmb(); WRITE_ONCE(*(index), value); })
#define mb_set_once(index, value) ({ smp_mb(); WRITE_ONCE(*(index), value); })
#define release(index, value) smp_store_release(index, value)

#ifndef CONSUMER_SEEN
#define CONSUMER_SEEN acquire
#endif
#ifndef PRODUCER_MOVED
#define PRODUCER_MOVED release
#endif
#ifndef PRODUCER_SEEN
#define PRODUCER_SEEN acquire
#endif
#ifndef CONSUMER_MOVED
#define CONSUMER_MOVED release
#endif

#ifdef FILLED_ONCE
#define fill(field, value) WRITE_ONCE(field, value)
#else
#define fill(field, value) ((field) = (value))
#endif

/* ── the producer ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void publish(struct side *side)
{
	PRODUCER_MOVED(&side->shared->producer, side->producer);
}

/* A. */
static bool has_room(struct side *side)
{
	if (side->producer - side->consumer < SLOTS)
		return true;
	side->consumer = CONSUMER_SEEN(&side->shared->consumer);
	return side->producer - side->consumer < SLOTS;
}

/* Whether there was room for the descriptor; it is seen when it is published. */
static bool put(struct side *side, u64 address, u32 length)
{
#ifndef ROOM_NOT_CHECKED
	if (!has_room(side))
		return false;
#endif
	struct descriptor *place = &side->shared->place[side->producer++ & (SLOTS - 1)];

#ifdef PUBLISHED_FIRST
	publish(side);
#endif
	fill(place->address, address);
	fill(place->length, length);
	return true;
}

/* ── the consumer ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void give_back(struct side *side)
{
	CONSUMER_MOVED(&side->shared->consumer, side->consumer);
}

/* The oldest descriptor, if there is one. What has been taken before is given back first if it has to look. */
static bool take(struct side *side, struct descriptor *taken)
{
	if (side->producer == side->consumer) {
#ifdef LOOK_BEFORE_GIVING_BACK
		side->producer = PRODUCER_SEEN(&side->shared->producer);
		give_back(side);
#else
		give_back(side);
		side->producer = PRODUCER_SEEN(&side->shared->producer);
#endif
	}
	if (side->producer == side->consumer)
		return false;

	u32 at = side->consumer++ & (SLOTS - 1);

#ifdef GIVEN_BACK_FIRST
	give_back(side);
#endif
	*taken = side->shared->place[at];
	return true;
}
