/* A ring of samples that user space fills and the kernel empties. */
#ifndef _LINUX_USERRING_H
#define _LINUX_USERRING_H

#include <linux/atomic.h>
#include <linux/types.h>

#define USERRING_HEADER		8
#define USERRING_UNFINISHED	(1U << 31)
#define USERRING_SKIP		(1U << 30)

#define USERRING_WAKE		1
#define USERRING_NO_WAKE	2

struct userring {
	u64 mask;
	/* Nonzero while a task takes samples out. */
	atomic_t busy;
	/* How far the kernel has read; only the task that made ->busy nonzero moves it. */
	u64 consumer_pos;
	/* How far user space has written. */
	u64 producer_pos;
	u32 data[1024];
};

typedef int (*userring_use_t)(void *sample, u32 size, void *context);

u64 userring_query(struct userring *ring, int what);
void userring_wake(struct userring *ring, u64 flags);

#endif
