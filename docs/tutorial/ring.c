/*
 * A ring of two slots. One producer puts numbers in; any task may take the oldest one out, one task at a time: who sets
 * busy may look at the slots and move tail.
 */

#define SLOTS 2

struct ring {
	atomic_t busy;
	unsigned int head; /* numbers put in; the producer writes it */
	unsigned int tail; /* numbers taken out; the task that set busy writes it */
	int slot[SLOTS];
};

/* Whether there was room. */
static bool ring_put(struct ring *ring, int number)
{
	unsigned int head = READ_ONCE(ring->head);

	/* Pairs with the store-release of tail in ring_take(). */
	if (head - smp_load_acquire(&ring->tail) == SLOTS)
		return false;
	ring->slot[head % SLOTS] = number;
	/* Pairs with the load-acquire of head in ring_take(). */
	smp_store_release(&ring->head, head + 1);
	return true;
}

/* Whether there was a number, and nobody else at it. */
static bool ring_take(struct ring *ring, int *number)
{
	unsigned int tail;
	bool any;

	if (atomic_cmpxchg(&ring->busy, 0, 1) != 0)
		return false;
	tail = smp_load_acquire(&ring->tail);
	/* Pairs with the store-release of head in ring_put(). */
	any = smp_load_acquire(&ring->head) != tail;
	if (any) {
		*number = ring->slot[tail % SLOTS];
		/* Pairs with the load-acquire of tail in ring_put(). */
		smp_store_release(&ring->tail, tail + 1);
	}
	atomic_set(&ring->busy, 0);
	return any;
}
