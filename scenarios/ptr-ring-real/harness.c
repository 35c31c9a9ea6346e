/*
 * The functions of include/linux/ptr_ring.h as they stand: three objects through two slots. What else there is to a
 * variant is scenario.toml's macros: LOOKER and RESIZE name the threads that do that.
 */

/* What the header takes from the rest of the kernel: memory is an array that is there already. */
#define SMP_CACHE_BYTES 64
#define KMALLOC_MAX_SIZE 4096
#define GFP_KERNEL 0
#define __GFP_ZERO 1

typedef unsigned int gfp_t;

void *two_slots[2];
void *three_slots[3];

static void *kvmalloc_array(size_t count, size_t size, gfp_t flags)
{
	return count == 2 ? two_slots : three_slots;
}

static void kvfree(const void *memory)
{
}

#include "include/linux/ptr_ring.h"
#include <memmodel/contracts.h>

#ifndef PRODUCE
#define PRODUCE ptr_ring_produce
#endif

#ifndef CONSUME
#define CONSUME ptr_ring_consume
#endif

#ifndef PUTS
#define PUTS 3
#endif

#ifndef TAKES
#define TAKES 3
#endif

#ifdef TWO_CONSUMERS
#define CONSUMERS 2
#else
#define CONSUMERS 1
#endif

/* Before and after ptr_ring_resize(). */
#ifndef SIZE
#define SIZE 2
#endif

#ifndef NEW_SIZE
#define NEW_SIZE 3
#endif

#ifdef RESIZE
#define MOST_SLOTS 3
#else
#define MOST_SLOTS SIZE
#endif

struct object {
	int tag;
};

struct object pool[PUTS];
struct ptr_ring ring;

FIFO(objects, 1, CONSUMERS, PUTS)

void init(void)
{
	ptr_ring_init(&ring, SIZE, GFP_KERNEL);
#ifdef BATCH
	/* Rings of less than 32 slots go without batches, unless told. */
	ring.batch = BATCH;
#endif
#ifdef AT_LAST_SLOT
	ring.producer = ring.consumer_head = ring.consumer_tail = SIZE - 1;
#endif
}

static void consume(int consumer, int takes)
{
#ifdef BATCHED
	void *taken[TAKES];
	int count = ptr_ring_consume_batched(&ring, taken, takes);

	for (int i = 0; i < count; i++)
		FIFO_TAKE(objects, consumer, ((struct object *)taken[i])->tag);
#else
	for (int i = 0; i < takes; i++) {
		struct object *object = CONSUME(&ring);

		if (object)
			FIFO_TAKE(objects, consumer, object->tag);
	}
#endif
}

#ifndef RESIZE_ONLY
void P0(void)
{
	for (int i = 0; i < PUTS; i++) {
		pool[i].tag = FIFO_TAG(objects, 0, i);
		FIFO_PUT(objects, 0, i, PRODUCE(&ring, &pool[i]) == 0);
	}
}

void P1(void)
{
	consume(0, TAKES);
}
#endif

#ifdef TWO_CONSUMERS
void P2(void)
{
	consume(1, 1);
}
#endif

#ifdef LOOKER
ghost bool empty;

void LOOKER(void)
{
	empty = __ptr_ring_empty(&ring);
}
#endif

#ifdef RESIZE
ghost int resized;

void RESIZE(void)
{
	resized = ptr_ring_resize(&ring, NEW_SIZE, GFP_KERNEL, NULL);
	assert(resized == 0);
}
#endif

void final(void)
{
	int full = 0;

	for (int i = 0; i < MOST_SLOTS; i++)
		if (i < ring.size)
			full += ring.queue[i] != NULL;
	FIFO_FINAL(objects, full - (ring.consumer_head - ring.consumer_tail));
}
