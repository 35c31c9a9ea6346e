/*
 * One producer, one consumer, and more descriptors than places. The indices begin where they are about to wrap around.
 */

#include "ring.c"
#include <memmodel/contracts.h>

#ifndef PUTS
#define PUTS 3
#endif

#define START (-1U)

struct shared shared = { .producer = START, .consumer = START };
struct side producer = { .shared = &shared, .producer = START, .consumer = START };
struct side consumer = { .shared = &shared, .producer = START, .consumer = START };

FIFO(descriptors, 1, 1, PUTS)

/* How many descriptors are published at a time. */
#ifndef BATCH
#define BATCH 1
#endif

void P0(void)
{
	for (int i = 0; i < PUTS; i++) {
		u32 tag = FIFO_TAG(descriptors, 0, i);

		FIFO_PUT(descriptors, 0, i, put(&producer, tag, tag));
		if (i % BATCH == BATCH - 1)
			publish(&producer);
	}
}

void P1(void)
{
	struct descriptor taken;

	for (int i = 0; i < PUTS; i++) {
		if (!take(&consumer, &taken))
			continue;
		WHOLE(taken.address, (u64)taken.length);
		FIFO_TAKE(descriptors, 0, taken.address);
	}
	give_back(&consumer);
}

void final(void)
{
	FIFO_FINAL(descriptors, shared.producer - shared.consumer);
}
