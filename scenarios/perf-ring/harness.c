/*
 * Four words of room. Some records are there already; the kernel (P0) writes two more, of which the last comes into
 * places used before, while user space (P1) takes all.
 */

static void interrupt(int place)
{
}

#include "ring.c"
#include <memmodel/contracts.h>

#ifndef SIZE
#define SIZE (4 * WORD)
#endif

#ifdef EVEN
/* One of two words is there; the last one takes just its place. */
#define RECORDS 3
#define THERE 1
#define LENGTH(record) (2 * WORD)
#else
/* One word and two words are there; one word more, then two in the place of the first two words. */
#define RECORDS 4
#define THERE 2
#define LENGTH(record) (((record) % 2 ? 2 : 1) * WORD)
#endif

char area[SIZE] __attribute__((aligned(8)));
struct control_page page;
struct cpu_ring ring;

void init(void)
{
	ring.page = &page;
	ring.area = area;
	ring.size = SIZE;
	for (int i = 0; i < THERE; i++)
		output(&ring, SLOT_TAG(i), LENGTH(i));
}

/* Only what happens if each record finds room: the kernel would drop it otherwise. */
void P0(void)
{
	for (int i = THERE; i < RECORDS; i++)
		assume(output(&ring, SLOT_TAG(i), LENGTH(i)));
}

/* Where there is no record, user space waits; the last look is the only one that matters. */
void P1(void)
{
	bool any;

	for (int i = 0; i < RECORDS; i++) {
		u32 number = take(&ring, &any);

		assume(any);
		SLOT_IS(i, number);
	}
}

void final(void)
{
	assert(page.data_tail == page.data_head && local_read(&ring.head) == page.data_head && ring.nest == 0);
}
