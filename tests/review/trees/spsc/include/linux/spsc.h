/* A ring of numbers for one producer and one consumer. */
#ifndef _LINUX_SPSC_H
#define _LINUX_SPSC_H

#include <linux/ring_barrier.h>
#include <linux/types.h>

#define SPSC_SLOTS	8

struct spsc {
	/* Written by the producer. */
	u32 head;
	/* Written by the consumer. */
	u32 tail;
	u64 slots[SPSC_SLOTS];
	unsigned long refused;
};

bool spsc_put(struct spsc *ring, u64 value);
bool spsc_take(struct spsc *ring, u64 *value);
u32 spsc_count(struct spsc *ring);

#endif
