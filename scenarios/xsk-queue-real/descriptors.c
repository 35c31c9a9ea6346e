/*
 * One producer and one consumer of a queue of descriptors, three descriptors through two places. The indices begin
 * where they are about to wrap around. USER_PRODUCER: the queue is one for transmission, and user space puts.
 * USER_CONSUMER: the queue is one for reception, and user space takes.
 */

#include "kernel.h"
#include <memmodel/contracts.h>

#define PUTS 3

/* xdp_rxtx_ring ends in an array of no size: its descriptors. */
struct {
	struct xdp_rxtx_ring ring;
	struct xdp_desc places[SLOTS];
} shared = { .ring.ptrs = { .producer = START, .consumer = START } };

/* Each side has one of its own. */
struct xsk_queue producer = { .ring_mask = SLOTS - 1, .nentries = SLOTS, .cached_prod = START, .cached_cons = START };
struct xsk_queue consumer = { .ring_mask = SLOTS - 1, .nentries = SLOTS, .cached_prod = START, .cached_cons = START };

FIFO(descriptors, 1, 1, PUTS)

void init(void)
{
	producer.ring = &shared.ring.ptrs;
	consumer.ring = &shared.ring.ptrs;
}

#ifdef USER_PRODUCER
/* As a library of user space does it. */
static int put(u64 addr, u32 len)
{
	if (producer.cached_prod - producer.cached_cons >= SLOTS) {
		producer.cached_cons = __atomic_load_n(&shared.ring.ptrs.consumer, __ATOMIC_ACQUIRE);
		if (producer.cached_prod - producer.cached_cons >= SLOTS)
			return -ENOBUFS;
	}

	struct xdp_desc *place = &shared.ring.desc[producer.cached_prod++ & (SLOTS - 1)];

	place->addr = addr;
	place->len = len;
	place->options = 0;
	return 0;
}

static void submit(void)
{
	__atomic_store_n(&shared.ring.ptrs.producer, producer.cached_prod, __ATOMIC_RELEASE);
}
#else
static int put(u64 addr, u32 len)
{
	return xskq_prod_reserve_desc(&producer, addr, len);
}

static void submit(void)
{
	xskq_prod_submit(&producer);
}
#endif

#ifdef USER_CONSUMER
static bool take(struct xdp_desc *desc)
{
	if (consumer.cached_prod == consumer.cached_cons)
		consumer.cached_prod = __atomic_load_n(&shared.ring.ptrs.producer, __ATOMIC_ACQUIRE);
	if (consumer.cached_prod == consumer.cached_cons)
		return false;
	*desc = shared.ring.desc[consumer.cached_cons & (SLOTS - 1)];
	return true;
}

static void give_back(void)
{
	__atomic_store_n(&shared.ring.ptrs.consumer, ++consumer.cached_cons, __ATOMIC_RELEASE);
}

#define finish()
#else
static bool take(struct xdp_desc *desc)
{
	return xskq_cons_peek_desc(&consumer, desc, &pool);
}

static void give_back(void)
{
	xskq_cons_release(&consumer);
}

/* As at the end of a poll. */
static void finish(void)
{
	__xskq_cons_release(&consumer);
}
#endif

void P0(void)
{
	for (int i = 0; i < PUTS; i++) {
		u32 tag = FIFO_TAG(descriptors, 0, i);

		FIFO_PUT(descriptors, 0, i, put(tag * FRAME, tag) == 0);
		submit();
	}
}

void P1(void)
{
	struct xdp_desc desc;

	for (int i = 0; i < PUTS; i++) {
		if (!take(&desc))
			continue;
		WHOLE(desc.addr, (u64)desc.len * FRAME);
		FIFO_TAKE(descriptors, 0, desc.len);
		give_back();
	}
	finish();
}

void final(void)
{
	FIFO_FINAL(descriptors, shared.ring.ptrs.producer - shared.ring.ptrs.consumer);
	assert(consumer.invalid_descs == 0);
}
