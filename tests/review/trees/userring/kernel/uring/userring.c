/*
 * Samples from user space: each is a header, of which the first word is its length, and then its bytes. The producer is
 * a program in user space that writes producer_pos, the consumer a task in the kernel that writes consumer_pos.
 */
#include <linux/errno.h>
#include <linux/userring.h>
#include <linux/wait.h>

#include "wakeup.h"

static u64 userring_size(struct userring *ring)
{
	return ring->mask + 1;
}

static u32 userring_whole(u32 length)
{
	return (length + USERRING_HEADER + 7) & ~7U;
}

/* Look at the oldest sample. To be called by the task that holds ->busy. */
static int userring_peek(struct userring *ring, void **sample, u32 *size)
{
	u32 header, length, whole;
	u64 taken, filled;

	/* Pairs with the store-release of the producer in user space. */
	filled = smp_load_acquire(&ring->producer_pos);
	if (filled % 8)
		return -EINVAL;

	/* Pairs with the store-release in userring_sample_done(). */
	taken = smp_load_acquire(&ring->consumer_pos);
	if (taken >= filled)
		return -ENODATA;

	/* Pairs with the store-release of the length in user space. */
	header = smp_load_acquire(&ring->data[(taken & ring->mask) / 4]);
	length = header & ~(USERRING_UNFINISHED | USERRING_SKIP);
	whole = userring_whole(length);

	if (whole > filled - taken)
		return -EINVAL;
	if (whole > userring_size(ring))
		return -E2BIG;

	if (header & USERRING_SKIP) {
		/* Pairs with the load-acquire of the producer in user space. */
		smp_store_release(&ring->consumer_pos, taken + whole);
		return -EAGAIN;
	}
	if (header & USERRING_UNFINISHED)
		return -ENODATA;

	*sample = &ring->data[((taken + USERRING_HEADER) & ring->mask) / 4];
	*size = length;
	return 0;
}

/* Give the room of a sample back. To be called by the task that holds ->busy. */
static void userring_sample_done(struct userring *ring, u32 size)
{
	u64 taken;

	/* Nobody else moves the position meanwhile. */
	taken = ring->consumer_pos;

	/* Pairs with the load-acquire of the producer in user space, and with that in userring_peek(). */
	smp_store_release(&ring->consumer_pos, taken + userring_whole(size));
}

u64 userring_query(struct userring *ring, int what)
{
	switch (what) {
	case 0:
		/* Pairs with the store-release of the producer in user space. */
		return smp_load_acquire(&ring->producer_pos);
	case 1:
		/* Pairs with the store-release in userring_sample_done(). */
		return smp_load_acquire(&ring->consumer_pos);
	default:
		return userring_size(ring);
	}
}

void userring_wake(struct userring *ring, u64 flags)
{
	if (!(flags & USERRING_NO_WAKE))
		userring_wake_producer(ring);
}
