/* The same of a queue of addresses: three through two places. */

#include "kernel.h"
#include <memmodel/contracts.h>

#define PUTS 3

/* xdp_umem_ring ends in an array of no size: its addresses. */
struct {
	struct xdp_umem_ring ring;
	u64 places[SLOTS];
} shared = { .ring.ptrs = { .producer = START, .consumer = START } };

/* Each side has one of its own. */
struct xsk_queue producer = { .ring_mask = SLOTS - 1, .nentries = SLOTS, .cached_prod = START, .cached_cons = START };
struct xsk_queue consumer = { .ring_mask = SLOTS - 1, .nentries = SLOTS, .cached_prod = START, .cached_cons = START };

FIFO(addresses, 1, 1, PUTS)

void init(void)
{
	producer.ring = &shared.ring.ptrs;
	consumer.ring = &shared.ring.ptrs;
}

void P0(void)
{
	for (int i = 0; i < PUTS; i++) {
		FIFO_PUT(addresses, 0, i, xskq_prod_reserve_addr(&producer, FIFO_TAG(addresses, 0, i)) == 0);
		xskq_prod_submit(&producer);
	}
}

void P1(void)
{
	u64 addr;

	for (int i = 0; i < PUTS; i++) {
		if (!xskq_cons_peek_addr_unchecked(&consumer, &addr))
			continue;
		FIFO_TAKE(addresses, 0, addr);
		xskq_cons_release(&consumer);
	}
	__xskq_cons_release(&consumer);
}

void final(void)
{
	FIFO_FINAL(addresses, shared.ring.ptrs.producer - shared.ring.ptrs.consumer);
}
