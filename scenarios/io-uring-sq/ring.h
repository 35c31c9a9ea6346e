/*
 * A ring of requests that the application fills and a thread of the kernel empties. An array of numbers goes round; the
 * requests lie where the numbers say. Both positions only ever grow, and wrap around at 32 bits.
 */

#ifndef SLOTS
#define SLOTS 2
#endif

#define NEEDS_WAKEUP 1

struct request {
	u32 value;
};

struct submit_ring {
	u32 head; /* the kernel's */
	u32 tail; /* the application's */
	u32 mask; /* set when the ring is made */
	atomic_t flags; /* the kernel's */
	u32 numbers[SLOTS];
	struct request requests[SLOTS];
	u32 kernel_head; /* how far the kernel has read; head tells the application */
};
