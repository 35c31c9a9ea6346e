/* spsc_put() and spsc_take() as they stand in the tree. */
#include "include/linux/ring_barrier.h"
#include "include/linux/spsc.h"
#include "lib/spsc.c"
#include <memmodel/contracts.h>

struct spsc ring;

FIFO(numbers, 1, 1, 2)

void P0(void)
{
	for (int i = 0; i < 2; i++)
		FIFO_PUT(numbers, 0, i, spsc_put(&ring, FIFO_TAG(numbers, 0, i)));
}

void P1(void)
{
	u64 value;

	for (int i = 0; i < 2; i++)
		if (spsc_take(&ring, &value))
			FIFO_TAKE(numbers, 0, value);
}

void final(void)
{
	FIFO_FINAL(numbers, ring.head - ring.tail);
}
