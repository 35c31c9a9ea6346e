/*
 * Two producers, one record each, and a consumer that goes to sleep when it finds nothing. P0 puts in a 1, P1 a 2.
 */

#include "ring.c"

#define LENGTH 8
#define RECORD (LENGTH + 8)

#ifndef RING_SIZE
#define RING_SIZE (2 * RECORD)
#endif

/* Where all positions begin: at the last record of the area, so that the next one wraps around. */
#define START (RING_SIZE - RECORD)

#ifndef DISCARD
#define DISCARD false
#endif

char area[RING_SIZE] __attribute__((aligned(8)));
struct kernel_ring ring;

/* Each place has been used in an earlier lap: the header there looks committed. */
void init(void)
{
	for (u64 place = 0; place < RING_SIZE; place += RECORD)
		((struct record *)(area + place))->word = LENGTH;
	ring.area = area;
	ring.mask = RING_SIZE - 1;
	ring.consumer_pos = START;
	ring.producer_pos = START;
	ring.pending_pos = START;
}

#define PRODUCER(thread, number, discard)                                                                              \
	ghost bool made_##thread, woke_##thread;                                                                       \
	ghost u64 place_##thread;                                                                                      \
                                                                                                                       \
	void thread(void)                                                                                              \
	{                                                                                                              \
		struct record *record = reserve(&ring, LENGTH);                                                        \
                                                                                                                       \
		if (record) {                                                                                          \
			made_##thread = true;                                                                          \
			place_##thread = (char *)record - area;                                                        \
			*(u32 *)(record + 1) = number;                                                                 \
			woke_##thread = commit(&ring, record, discard);                                                \
		}                                                                                                      \
	}

PRODUCER(P0, 1, DISCARD)
PRODUCER(P1, 2, false)

ghost int ones, twos;
ghost u64 stopped_at;
ghost bool asleep;

static void take(void *sample, u32 length)
{
	u32 number = *(u32 *)sample;

	assert(length == LENGTH);
	assert(number == 1 || number == 2);
	ones += number == 1;
	twos += number == 2;
}

void P2(void)
{
	stopped_at = consume(&ring, take, 2);
	asleep = nothing_to_do(&ring, stopped_at);
}

void final(void)
{
	u64 made = made_P0 + made_P1;

	/* No record is lost, none is there twice, and the positions say how many were put in and taken. */
	assert(ones <= made_P0 && twos <= made_P1);
	assert(ring.producer_pos == START + RECORD * made);
	assert(ring.consumer_pos == stopped_at);
	assert(DISCARD || stopped_at == START + RECORD * (ones + twos));

	/* A consumer that sleeps in front of a record is woken by whoever committed it. */
	if (asleep && stopped_at != ring.producer_pos) {
		u64 place = stopped_at & ring.mask;

		assert((made_P0 && place_P0 == place && woke_P0) || (made_P1 && place_P1 == place && woke_P1));
	}
}
