/* bytering_push() and bytering_pop() as they stand in the tree. */
#include "include/linux/ring_barrier.h"
#include "lib/bytering.c"
#include <memmodel/contracts.h>

struct bytering ring;

FIFO(numbers, 1, 1, 2)

void P0(void)
{
	for (int i = 0; i < 2; i++)
		FIFO_PUT(numbers, 0, i, bytering_push(&ring, FIFO_TAG(numbers, 0, i)));
}

void P1(void)
{
	u8 byte;

	for (int i = 0; i < 2; i++)
		if (bytering_pop(&ring, &byte))
			FIFO_TAKE(numbers, 0, byte);
}

void final(void)
{
	FIFO_FINAL(numbers, ring.in - ring.out);
}
