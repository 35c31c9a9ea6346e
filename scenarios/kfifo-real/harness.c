/*
 * One producer and one consumer of lib/kfifo.c's functions as they stand. Each byte is the tag of its position in the
 * stream, counted from 0. The counters begin where they are about to wrap around.
 */

#ifdef NO_WMB
#define smp_wmb() ((void)0)
#endif

#include "include/linux/kfifo.h"
#include "lib/kfifo.c"
#include <memmodel/contracts.h>

#define SIZE 2
#define START (-1U)

unsigned char area[SIZE];
struct __kfifo ring;

/* The number of bytes is known only when the program runs. */
static void memcpy(void *to, const void *from, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
}

void init(void)
{
	ring.data = area;
	ring.mask = SIZE - 1;
	ring.esize = 1;
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
		put_in += __kfifo_in(&ring, bytes, SIZE);
		unlock();
	}
}

void P1(void)
{
	for (int call = 0; call < 2; call++) {
		unsigned char bytes[SIZE];

		lock();
		unsigned int count = __kfifo_out(&ring, bytes, SIZE);
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
