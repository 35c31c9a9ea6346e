/*
 * What a producer and a consumer do to the ring. scenario.toml's variants say how each sees the other's counter
 * (IN_SEEN, OUT_SEEN) and moves its own (IN_MOVED, OUT_MOVED).
 */

#include "ring.h"

#define plain(counter) (*(counter))
#define once(counter) READ_ONCE(*(counter))
#define once_rmb(counter) ({ unsigned int seen = READ_ONCE(*(counter)); smp_rmb(); seen; })
#define acquire(counter) smp_load_acquire(counter)

#define set_plain(counter, value) (*(counter) = (value))
#define set_once(counter, value) WRITE_ONCE(*(counter), value)
#define wmb_set_plain(counter, value) ({ smp_wmb(); *(counter) = (value); })
#define wmb_set_once(counter, value) ({ smp_wmb(); WRITE_ONCE(*(counter), value); })
#define mb_set_once(counter, value) ({ smp_mb(); WRITE_ONCE(*(counter), value); })
#define release(counter, value) smp_store_release(counter, value)
#define wmb_release(counter, value) ({ smp_wmb(); smp_store_release(counter, value); })

#ifndef IN_SEEN
#define IN_SEEN acquire
#endif
#ifndef OUT_SEEN
#define OUT_SEEN acquire
#endif
#ifndef IN_MOVED
#define IN_MOVED release
#endif
#ifndef OUT_MOVED
#define OUT_MOVED release
#endif

static void copy(unsigned char *to, const unsigned char *from, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		to[i] = from[i];
}

/* As many of the bytes as there is room for; how many. */
static unsigned int put(struct byte_ring *ring, const unsigned char *from, unsigned int count)
{
	unsigned int size = ring->mask + 1;
	unsigned int room = size - (ring->in - OUT_SEEN(&ring->out));
	unsigned int place = ring->in & ring->mask;

	count = min(count, room);
#ifdef IN_FIRST
	IN_MOVED(&ring->in, ring->in + count);
#endif
	unsigned int first = min(count, size - place);

	copy(ring->area + place, from, first);
	copy(ring->area, from + first, count - first);
#ifndef IN_FIRST
	IN_MOVED(&ring->in, ring->in + count);
#endif
	return count;
}

/* As many bytes as there are, at most `count`; how many. */
static unsigned int take(struct byte_ring *ring, unsigned char *to, unsigned int count)
{
	unsigned int size = ring->mask + 1;
	unsigned int there = IN_SEEN(&ring->in) - ring->out;
	unsigned int place = ring->out & ring->mask;

	count = min(count, there);
	unsigned int first = min(count, size - place);

	copy(to, ring->area + place, first);
	copy(to + first, ring->area, count - first);
	OUT_MOVED(&ring->out, ring->out + count);
	return count;
}
