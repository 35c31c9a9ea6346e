// Result: Never
#include "ring.c"
#include <memmodel/contracts.h>

struct ring ring;
FIFO(numbers, 1, 2, 1)

/* One number is put in, and two tasks come for it. */
void P0(void)
{
	FIFO_PUT(numbers, 0, 0, ring_put(&ring, FIFO_TAG(numbers, 0, 0)));
}

void P1(void)
{
	int number;

	if (ring_take(&ring, &number))
		FIFO_TAKE(numbers, 0, number);
}

void P2(void)
{
	int number;

	if (ring_take(&ring, &number))
		FIFO_TAKE(numbers, 1, number);
}

void final(void)
{
	FIFO_FINAL(numbers, ring.head - ring.tail);
}
