/*
 * One producer and one consumer. Each byte is the tag of its position in the stream, counted from 0. The counters
 * begin where they are about to wrap around.
 */

#include "ring.c"
#include <memmodel/contracts.h>

#define SIZE 2
#define START (-1U)

unsigned char area[SIZE];
struct byte_ring ring;

void init(void)
{
	ring.area = area;
	ring.mask = SIZE - 1;
	ring.in = START;
	ring.out = START;
}

#ifdef LOCKED
spinlock_t whole;
#define lock() spin_lock(&whole)
#define unlock() spin_unlock(&whole)
#else
#define lock()
#define unlock()
#endif

ghost unsigned int put_in, taken;

void P0(void)
{
	unsigned char bytes[SIZE];

	/* The ring is empty, so that both bytes of the first two go in; of the next two, as many as there is room for. */
	for (int call = 0; call < 2; call++) {
		for (int i = 0; i < SIZE; i++)
			bytes[i] = SLOT_TAG(SIZE * call + i);
		lock();
		put_in += put(&ring, bytes, SIZE);
		unlock();
	}
}

void P1(void)
{
	for (int call = 0; call < 2; call++) {
		unsigned char bytes[SIZE];

		lock();
		unsigned int count = take(&ring, bytes, SIZE);
		unlock();
		assert(count <= SIZE);
		for (unsigned int i = 0; i < count; i++)
			SLOT_IS(taken + i, bytes[i]);
		taken += count;
	}
}

void final(void)
{
	assert(ring.in == START + put_in && ring.out == START + taken);
	assert(taken <= put_in && put_in - taken <= SIZE);
}
