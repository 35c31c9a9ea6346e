/*
 * A ring of pointers: an empty slot holds NULL. Neither side looks at the other's position; what is in a slot says
 * whether it may be filled or taken. Each side has a lock of its own.
 */

#ifndef SLOTS
#define SLOTS 2
#endif

struct slot_ring {
	void **slots; /* set when the ring is made, like size and batch */
	int size;
	int batch; /* how many slots are emptied at a time */

	spinlock_t put_lock;
	int put_at; /* the next slot to fill */

	spinlock_t take_lock;
	int take_at; /* the next slot to take */
	int dirty_from; /* the first of those taken but not empty yet */
};
