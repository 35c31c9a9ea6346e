/*
 * Three objects through two slots, one attempt each to put and to take. TWO_TAKERS, TWO_PUTTERS: another thread does
 * the same on that side; LOOKER: another thread only asks whether the ring is empty.
 */

#include "ring.c"
#include <memmodel/contracts.h>

#ifndef BATCH
#define BATCH 2
#endif

#ifdef TWO_PUTTERS
#define PUTTERS 2
#define PUTS 1
#else
#define PUTTERS 1
#define PUTS 3
#endif

#ifdef TWO_TAKERS
#define TAKERS 2
#define TAKES 2
#define OTHER_TAKES 1
#else
#define TAKERS 1
#define TAKES 3
#endif

struct object {
	int tag;
};

void *slots[SLOTS];
struct slot_ring ring = { .slots = slots, .size = SLOTS, .batch = BATCH };

FIFO(objects, PUTTERS, TAKERS, PUTS)

#ifdef REUSE
/* An object for each slot, which is filled in again as soon as its slot is free. */
struct object pool[SLOTS];

static bool prepare_and_put(int putter, int attempt)
{
	if (look_at(&slots[ring.put_at]))
		return false;
	pool[ring.put_at].tag = FIFO_TAG(objects, putter, attempt);
	return put(&ring, &pool[ring.put_at]);
}
#else
struct object pool[PUTTERS * PUTS];

static bool prepare_and_put(int putter, int attempt)
{
	struct object *object = &pool[putter * PUTS + attempt];

	object->tag = FIFO_TAG(objects, putter, attempt);
	return put(&ring, object);
}
#endif

static void do_puts(int putter)
{
	for (int i = 0; i < PUTS; i++)
		FIFO_PUT(objects, putter, i, prepare_and_put(putter, i));
}

static void do_takes(int taker, int takes)
{
	int taken = 0;

	for (int i = 0; i < takes; i++) {
#ifdef TAKE_LATE
		struct object *object = look(&ring);
#else
		struct object *object = take(&ring);
#endif

		if (object) {
#ifdef CONTROL_ONLY
			/* Objects are put in the order of the pool: no need for the pointer, it would seem. */
			object = &pool[taken++];
#endif
			FIFO_TAKE(objects, taker, object->tag);
#ifdef TAKE_LATE
			take(&ring);
#endif
		}
	}
}

void P0(void)
{
	do_puts(0);
}

void P1(void)
{
	do_takes(0, TAKES);
}

#if defined(TWO_PUTTERS)
void P2(void)
{
	do_puts(1);
}
#elif defined(TWO_TAKERS)
void P2(void)
{
	do_takes(1, OTHER_TAKES);
}
#elif defined(LOOKER)
ghost bool empty;

void P2(void)
{
	empty = seems_empty(&ring);
}
#endif

void final(void)
{
	int full = 0;

	for (int i = 0; i < SLOTS; i++)
		full += slots[i] != NULL;
	FIFO_FINAL(objects, full - (ring.take_at - ring.dirty_from));
}
