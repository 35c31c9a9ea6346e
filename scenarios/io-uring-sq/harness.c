/*
 * The application submits requests one by one, and looks each time whether it must wake the kernel's thread. That takes
 * what there is and goes to sleep; if it finds something while on its way there, it goes round once more.
 */

#include "ring.c"
#include <memmodel/contracts.h>

#ifndef REQUESTS
#define REQUESTS 3
#endif

#ifndef ROUNDS
#define ROUNDS 2
#endif

/* Where all positions begin: the next one is 0 again. */
#define START 0xffffffffu

struct submit_ring ring = { .head = START, .tail = START, .mask = SLOTS - 1, .kernel_head = START };

FIFO(requests, 1, 1, REQUESTS)

ghost bool woke, asleep;

static void take(u32 value)
{
	FIFO_TAKE(requests, 0, value);
}

void P0(void)
{
	for (int i = 0; i < REQUESTS; i++) {
#ifdef FLAGS_FIRST
		/* Before the request can be seen. */
		woke |= must_wake(&ring);
		FIFO_PUT(requests, 0, i, submit(&ring, FIFO_TAG(requests, 0, i)));
#else
		if (FIFO_PUT(requests, 0, i, submit(&ring, FIFO_TAG(requests, 0, i))))
			woke |= must_wake(&ring);
#endif
	}
}

void P1(void)
{
	for (int round = 0; round < ROUNDS && !asleep; round++) {
		take_all(&ring, take);
		asleep = goes_to_sleep(&ring);
		if (!asleep)
			lower_flag(&ring);
	}
}

void final(void)
{
	FIFO_FINAL(requests, ring.tail - ring.head);

	/* Nothing waits for a thread that sleeps and that nobody wakes. */
	assert(!asleep || ring.tail == ring.head || woke);
}
