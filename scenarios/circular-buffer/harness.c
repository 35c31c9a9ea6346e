/* One producer and one consumer, and so many items that a place is used again; or two producers, an item each. */

#include "ring.c"
#include <memmodel/contracts.h>

struct ring ring;

#ifndef TWO_PRODUCERS

#ifndef ITEMS
#define ITEMS 3
#endif

/* Where there is no room or no item, each waits: assume() leaves the last look, the only one that matters. */
void P0(void)
{
	for (int i = 0; i < ITEMS; i++)
		assume(put(&ring, SLOT_TAG(i)));
}

void P1(void)
{
	struct item item;

	for (int i = 0; i < ITEMS; i++) {
		assume(take(&ring, &item));
		WHOLE(item.number, item.same);
		SLOT_IS(i, item.number);
	}
}

void final(void)
{
	assert(ring.head == ITEMS % SIZE && ring.tail == ITEMS % SIZE);
}

#else

FIFO(items, 2, 1, 1)

void P0(void)
{
	FIFO_PUT(items, 0, 0, put(&ring, FIFO_TAG(items, 0, 0)));
}

void P1(void)
{
	struct item item;

	for (int i = 0; i < 2; i++) {
		if (!take(&ring, &item))
			continue;
		WHOLE(item.number, item.same);
		FIFO_TAKE(items, 0, item.number);
	}
}

void P2(void)
{
	FIFO_PUT(items, 1, 0, put(&ring, FIFO_TAG(items, 1, 0)));
}

void final(void)
{
	FIFO_FINAL(items, CIRC_CNT(ring.head, ring.tail, SIZE));
}

#endif
