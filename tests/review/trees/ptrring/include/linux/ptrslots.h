/* A ring of pointers in which an empty slot is NULL, so that neither side reads the other's position. */
#ifndef _LINUX_PTRSLOTS_H
#define _LINUX_PTRSLOTS_H

#include <linux/errno.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define PTRSLOTS	4

struct parcel {
	int weight;
};

struct ptrslots {
	int producer;
	spinlock_t producer_lock;
	int consumer;
	spinlock_t consumer_lock;
	struct parcel *slots[PTRSLOTS];
};

/* To be called with ->producer_lock held. */
static inline int __ptrslots_put(struct ptrslots *ring, struct parcel *parcel, int weight)
{
	if (READ_ONCE(ring->slots[ring->producer]))
		return -ENOSPC;

	parcel->weight = weight;
	/*
	 * The parcel is filled before it can be seen. Pairs with the address dependency in __ptrslots_take(), from the
	 * slot to the parcel.
	 */
	smp_wmb();
	WRITE_ONCE(ring->slots[ring->producer], parcel);
	if (++ring->producer == PTRSLOTS)
		ring->producer = 0;
	return 0;
}

static inline int ptrslots_put(struct ptrslots *ring, struct parcel *parcel, int weight)
{
	int result;

	spin_lock(&ring->producer_lock);
	result = __ptrslots_put(ring, parcel, weight);
	spin_unlock(&ring->producer_lock);
	return result;
}

/* To be called with ->consumer_lock held. */
static inline int __ptrslots_take(struct ptrslots *ring)
{
	struct parcel *parcel;
	int weight;

	parcel = READ_ONCE(ring->slots[ring->consumer]);
	if (!parcel)
		return -ENODATA;

	weight = parcel->weight;
	WRITE_ONCE(ring->slots[ring->consumer], NULL);
	if (++ring->consumer == PTRSLOTS)
		ring->consumer = 0;
	return weight;
}

static inline int ptrslots_take(struct ptrslots *ring)
{
	int weight;

	spin_lock(&ring->consumer_lock);
	weight = __ptrslots_take(ring);
	spin_unlock(&ring->consumer_lock);
	return weight;
}

#endif
