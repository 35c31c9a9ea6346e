/*
 * A ring of results that the kernel fills, under a lock, and one thread of the application empties. Both positions only
 * ever grow, and wrap around at 32 bits.
 */

#ifndef SLOTS
#define SLOTS 2
#endif

struct result {
	u32 value;
};

struct complete_ring {
	u32 head; /* the application's */
	u32 tail; /* the kernel's */
	u32 mask; /* set when the ring is made */
	struct result results[SLOTS];

	/* The kernel's own. */
	spinlock_t lock;
	u32 kernel_tail; /* how far the kernel has written; tail tells the application */
	int waiting; /* the application sleeps in the kernel until there is a result */
};
