/* spsc_put() and spsc_count() as they stand in the tree. */
#include "include/linux/ring_barrier.h"
#include "include/linux/spsc.h"
#include "lib/spsc.c"

struct spsc ring;

void P0(void)
{
	spsc_put(&ring, 5);
	spsc_put(&ring, 6);
}

void P1(void)
{
	assert(spsc_count(&ring) <= 2);
}
