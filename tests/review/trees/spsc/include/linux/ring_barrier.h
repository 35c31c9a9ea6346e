/* How a ring gives its positions away, and takes them. */
#ifndef _LINUX_RING_BARRIER_H
#define _LINUX_RING_BARRIER_H

#include <asm/barrier.h>

/* Everything that was done before is seen by who sees the value through ring_load_acquire(). */
#define ring_store_release(p, v)	smp_store_release(p, v)

/* Pairs with ring_store_release(). */
#define ring_load_acquire(p)		smp_load_acquire(p)

#endif
