/*
 * The kernel posts three results through two slots, or, with TWO_POSTERS, two CPUs post one each through one slot. The
 * application takes what there is; when it has found nothing it goes to sleep, and takes part no more.
 */

#ifdef TWO_POSTERS
#define SLOTS 1
#define POSTERS 2
#define POSTS 1
#else
#define POSTERS 1
#define POSTS 3
#endif

#include "ring.c"
#include <memmodel/contracts.h>

/* Where all positions begin: the next one is 0 again. */
#define START 0xffffffffu

struct complete_ring ring = { .head = START, .tail = START, .mask = SLOTS - 1, .kernel_tail = START };

FIFO(results, POSTERS, 1, POSTS)

#define POSTER(thread, number)                                                                                         \
	ghost bool woke_##thread;                                                                                      \
                                                                                                                       \
	void thread(void)                                                                                              \
	{                                                                                                              \
		for (int i = 0; i < POSTS; i++) {                                                                      \
			FIFO_PUT(results, number, i, post(&ring, FIFO_TAG(results, number, i)));                       \
			woke_##thread |= must_wake(&ring);                                                             \
		}                                                                                                      \
	}

POSTER(P0, 0)

ghost bool asleep;

void P1(void)
{
	for (int i = 0; i < POSTERS * POSTS; i++) {
		u32 value;

		if (!take(&ring, &value)) {
			asleep = goes_to_sleep(&ring, ring.head);
			break;
		}
		FIFO_TAKE(results, 0, value);
	}
}

#ifdef TWO_POSTERS
POSTER(P2, 1)
#else
ghost bool woke_P2;
#endif

void final(void)
{
	FIFO_FINAL(results, ring.tail - ring.head);

	/* Nothing waits for an application that sleeps and that nobody wakes. */
	assert(!asleep || ring.tail == ring.head || woke_P0 || woke_P2);
}
