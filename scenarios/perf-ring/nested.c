/*
 * The kernel (P0) writes a record, and where it may be interrupted (PLACE) another. Nothing is used again: what is asked
 * here is who shows the records to user space (P1), and when. An interrupt is a call at that place and orders nothing.
 */

static void interrupt(int place);

#include "ring.c"
#include <memmodel/contracts.h>

#ifndef LOOKS
#define LOOKS 2
#endif

/* Room for three records. */
#define SIZE (4 * WORD)

char area[SIZE] __attribute__((aligned(8)));
struct control_page page;
struct cpu_ring ring;

/* Producer 0 is the task, producer 1 the interrupt. */
FIFO(records, 2, 1, 1)

ghost bool interrupted, made, made_interrupted;

static void interrupt(int place)
{
	if (place != PLACE || interrupted || choose(false, true))
		return;
	interrupted = true;
	made_interrupted = FIFO_PUT(records, 1, 0, interrupt_output(&ring, FIFO_TAG(records, 1, 0), WORD));
#ifdef NONE_DROPPED
	assert(made_interrupted);
#endif
}

void init(void)
{
	ring.page = &page;
	ring.area = area;
	ring.size = SIZE;
}

void P0(void)
{
	made = FIFO_PUT(records, 0, 0, output(&ring, FIFO_TAG(records, 0, 0), WORD));
}

void P1(void)
{
	bool any;

	for (int i = 0; i < LOOKS; i++) {
		u32 number = take(&ring, &any);

		if (any)
			FIFO_TAKE(records, 0, number);
	}
}

void final(void)
{
	assert(page.data_head == (made + made_interrupted) * WORD && ring.nest == 0);
	FIFO_FINAL(records, (page.data_head - page.data_tail) / WORD);
}
