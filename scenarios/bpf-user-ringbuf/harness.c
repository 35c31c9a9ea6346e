/*
 * One producer in user space and two drains in the kernel; or, with DRAINS_ONLY, three drains of a ring that holds one
 * sample. The samples are numbered from 1.
 */

#include "ring.c"

#define LENGTH 8
#define RECORD (LENGTH + 8)

#ifndef RING_SIZE
#define RING_SIZE RECORD
#endif

/* How many samples a drain may take. */
#ifdef DRAINS_ONLY
#define LOOKS 1
#else
#define LOOKS 2
#endif

/* Where both positions begin: at the last record of the area, so that the next one wraps around. */
#define START (RING_SIZE - RECORD)

char area[RING_SIZE] __attribute__((aligned(8)));
struct user_ring ring;

static void produce(u32 number)
{
	struct record *record = produce_begin(&ring, LENGTH);

	if (record) {
		*(u32 *)(record + 1) = number;
		produce_end(&ring, record, LENGTH);
	}
}

/* Each place has been used in an earlier lap: there is a header, and it is not busy. */
void init(void)
{
	for (u64 place = 0; place < RING_SIZE; place += RECORD)
		((struct record *)(area + place))->word = LENGTH;
	ring.area = area;
	ring.mask = RING_SIZE - 1;
	ring.consumer_pos = START;
	ring.producer_pos = START;
#ifdef DRAINS_ONLY
	produce(1);
#endif
}

/* A drain: how often it took each sample, which must be a number that was put in. */
#define DRAIN(thread)                                                                                                  \
	ghost int first_##thread, second_##thread;                                                                     \
                                                                                                                       \
	static void take_##thread(void *sample, u32 length)                                                            \
	{                                                                                                              \
		u32 number = *(u32 *)sample;                                                                           \
                                                                                                                       \
		assert(length == LENGTH);                                                                              \
		assert(number == 1 || number == 2);                                                                    \
		first_##thread += number == 1;                                                                         \
		second_##thread += number == 2;                                                                        \
	}                                                                                                              \
                                                                                                                       \
	void thread(void)                                                                                              \
	{                                                                                                              \
		drain(&ring, take_##thread, LOOKS);                                                                    \
	}

#ifdef DRAINS_ONLY
DRAIN(P0)
#else
ghost int first_P0, second_P0;

void P0(void)
{
	produce(1);
	produce(2);
#ifdef PRODUCER_LOOKS_AT_WORK
	/* Woken: there is room. */
	if (atomic_read_acquire(&ring.work))
		assert(smp_load_acquire(&ring.consumer_pos) != START);
#endif
}
#endif

DRAIN(P1)
DRAIN(P2)

/* No sample twice, none skipped, and the position says how many. */
void final(void)
{
	int first = first_P0 + first_P1 + first_P2;
	int second = second_P0 + second_P1 + second_P2;

	assert(first <= 1);
	assert(second <= first);
	assert(ring.consumer_pos == START + RECORD * (first + second));
}
