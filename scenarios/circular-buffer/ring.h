/*
 * A ring of items with an index for each end, both kept below the size, a power of two. One place stays empty: a ring
 * whose indices are equal has nothing in it.
 */

#include <linux/circ_buf.h>

#ifndef SIZE
#define SIZE 2
#endif

struct item {
	int number;
	int same; /* as the number, so that half an item shows */
};

struct ring {
	spinlock_t put_lock; /* producers among each other */
	spinlock_t take_lock; /* consumers among each other */
	unsigned long head; /* where the next item goes; producers write it */
	unsigned long tail; /* where the oldest is; consumers write it */
	struct item items[SIZE];
};
