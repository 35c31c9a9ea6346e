/*
 * Three requests through two descriptors, the third in the one that comes back first. The indices begin where they are
 * about to wrap around. Nobody sleeps.
 */

#include "ring.c"
#include <memmodel/contracts.h>

#ifndef REQUESTS
#define REQUESTS 3
#endif

#define START 0xffff

struct ring ring = { .avail_index = START, .used_index = START };

FIFO(requests, 1, 1, REQUESTS)

void P0(void)
{
	struct driver driver = { .avail = START, .used = START, .quiet = true };
	struct used_entry entry;

	for (u32 i = 0; i < REQUESTS; i++) {
		u32 id = i;

		if (i >= SLOTS) {
			if (!take_used(&ring, &driver, &entry))
				break;
			id = entry.id & (SLOTS - 1);
			assert(entry.id == id);
			assert(entry.length == FIFO_TAG(requests, 0, i - SLOTS));
		}
		add(&ring, &driver, id, FIFO_TAG(requests, 0, i));
		FIFO_PUT(requests, 0, i, true);
	}
}

void P1(void)
{
	struct device device = { .avail = START, .used = START };
	u32 id;
	u64 address;

	for (int i = 0; i < REQUESTS; i++) {
		if (!take_avail(&ring, &device, &id, &address))
			continue;
		FIFO_TAKE(requests, 0, address);
		give_used(&ring, &device, id, address);
	}
}

void final(void)
{
	FIFO_FINAL(requests, (u16)(ring.avail_index - ring.used_index));
}
