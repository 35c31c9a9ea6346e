/*
 * Contracts: what a ring must keep, said in one line each. Example, a whole harness:
 *
 *	#include "ring.c"
 *	#include <memmodel/contracts.h>
 *
 *	struct ring ring;
 *	FIFO(samples, 1, 1, 2)
 *
 *	void P0(void) { for (int i = 0; i < 2; i++) FIFO_PUT(samples, 0, i, ring_put(&ring, FIFO_TAG(samples, 0, i))); }
 *	void P1(void) { u64 v; for (int i = 0; i < 2; i++) if (ring_take(&ring, &v)) FIFO_TAKE(samples, 0, v); }
 *	void final(void) { FIFO_FINAL(samples, ring.head - ring.tail); }
 *
 * FIFO(name, producers, consumers, limit)	at file scope: producers and consumers are numbered from 0, and each
 *	producer makes at most `limit` attempts, also numbered from 0; at most 64 attempts in all.
 * FIFO_TAG(name, producer, attempt)	the sample to put: a small number, not 0, different for each attempt.
 * FIFO_PUT(name, producer, attempt, done)	does the expression `done`, and notes whether the sample is in. Its value
 *	is that of `done`.
 * FIFO_TAKE(name, consumer, sample)	a sample that was taken: it is one that there may be (not torn, not read early),
 *	and of each producer this consumer gets later ones only (none twice, none out of order).
 * FIFO_FINAL(name, left)	in final(): no sample went to two consumers, none was taken that was not put, and of those
 *	put, `left` are still there, which are the last of their producers (none lost).
 *
 * EXCLUSIVE(name)	at file scope: a section that one thread at a time may be in.
 * EXCLUSIVE_ENTER(name), EXCLUSIVE_LEAVE(name)	its ends. They touch a plain variable, so that two owners whom nothing
 *	orders are a data race, and find nobody inside.
 *
 * MONOTONE(name, threads)	at file scope: a position that never goes back; 32 bits or 64, and it may wrap around.
 * MONOTONE_SEEN(name, thread, value)	what the thread of that number (from 0, our own count) sees it to be.
 * MONOTONE_FINAL(name, value)	in final(): what it is at the end, which is no less than any thread saw.
 *
 * SLOT_TAG(position)	what to write into the slot of a position: a slot that is overwritten before it is read, or read
 *	before it is written, does not hold the tag of the position. If slots are plain, it is a data race too.
 * SLOT_IS(position, value)	what was read from that slot is its tag.
 *
 * WHOLE(first, second)	two words of one sample, written alike, are alike: it is not torn.
 *
 * What is noted is in ghost variables, in a part of its own for each thread, and never flows into what a thread writes:
 * no contract orders anything. The tag of an attempt is its number for that reason, not a count of successes, which
 * would rest on what the producer read. Likewise SLOT_TAG() is for positions on which the slot's address rests anyhow.
 */
#ifndef MEMMODEL_CONTRACTS_H
#define MEMMODEL_CONTRACTS_H

#define FIFO(name, producers, consumers, limit)                                                                        \
	enum { name##_producers = (producers), name##_consumers = (consumers), name##_limit = (limit) };               \
	ghost u64 name##_put[(producers) * (limit) <= 64 ? (producers) : -1];                                          \
	ghost u64 name##_taken[consumers];

#define FIFO_TAG(name, producer, attempt) ((producer) * name##_limit + (attempt) + 1)

#define FIFO_PUT(name, producer, attempt, done)                                                                        \
	({                                                                                                             \
		u64 __mm_done = !!(done);                                                                              \
		name##_put[producer] |= __mm_done << (FIFO_TAG(name, producer, attempt) - 1);                          \
		__mm_done;                                                                                             \
	})

/* Of the samples taken so far, none is this one or a later one of the same producer. */
#define FIFO_TAKE(name, consumer, sample)                                                                              \
	({                                                                                                             \
		u64 __mm_index = (u64)(sample) - 1;                                                                    \
		bool __mm_known = __mm_index < name##_producers * name##_limit;                                        \
		assert(__mm_known);                                                                                    \
		__mm_index = __mm_known ? __mm_index : 0;                                                              \
		u64 __mm_first = __mm_index - __mm_index % name##_limit;                                               \
		u64 __mm_own = (name##_taken[consumer] >> __mm_first) & __mm_ones(name##_limit);                       \
		assert(__mm_own >> (__mm_index - __mm_first) == 0);                                                    \
		name##_taken[consumer] |= 1UL << __mm_index;                                                           \
	})

#define FIFO_FINAL(name, left)                                                                                         \
	({                                                                                                             \
		u64 __mm_put = 0, __mm_taken = 0;                                                                      \
		for (int __mm_i = 0; __mm_i < name##_producers; __mm_i++)                                              \
			__mm_put |= name##_put[__mm_i];                                                                \
		for (int __mm_i = 0; __mm_i < name##_consumers; __mm_i++) {                                            \
			assert((__mm_taken & name##_taken[__mm_i]) == 0);                                              \
			__mm_taken |= name##_taken[__mm_i];                                                            \
		}                                                                                                      \
		assert((__mm_taken & ~__mm_put) == 0);                                                                 \
		assert(__mm_count(__mm_put & ~__mm_taken) == (u64)(left));                                             \
		for (int __mm_i = 0; __mm_i < name##_producers; __mm_i++)                                              \
			assert(__mm_is_tail(__mm_put & ~__mm_taken, __mm_taken,                                        \
					    __mm_ones(name##_limit) << __mm_i * name##_limit));                        \
	})

#define EXCLUSIVE(name) int name##_inside;

#define EXCLUSIVE_ENTER(name)                                                                                          \
	({                                                                                                             \
		assert(name##_inside == 0);                                                                            \
		name##_inside = 1;                                                                                     \
	})

#define EXCLUSIVE_LEAVE(name) ((void)(name##_inside = 0))

#define MONOTONE(name, threads)                                                                                        \
	enum { name##_threads = (threads) };                                                                           \
	ghost u64 name##_seen[threads];                                                                                \
	ghost bool name##_known[threads];

/* Before the first look anything may be seen. */
#define MONOTONE_SEEN(name, thread, value)                                                                             \
	({                                                                                                             \
		typeof(value) __mm_value = (value);                                                                    \
		assert(!name##_known[thread] | __mm_no_less(__mm_value, name##_seen[thread], sizeof(value)));          \
		name##_known[thread] = true;                                                                           \
		name##_seen[thread] = __mm_value;                                                                      \
	})

#define MONOTONE_FINAL(name, value)                                                                                    \
	({                                                                                                             \
		typeof(value) __mm_value = (value);                                                                    \
		for (int __mm_i = 0; __mm_i < name##_threads; __mm_i++)                                                \
			assert(!name##_known[__mm_i] |                                                                 \
			       __mm_no_less(__mm_value, name##_seen[__mm_i], sizeof(value)));                          \
	})

#define SLOT_TAG(position) ((position) + 1)
#define SLOT_IS(position, value) assert((value) == SLOT_TAG(position))

#define WHOLE(first, second) assert((first) == (second))

/* The lowest `count` bits; 1 to 64 of them. */
#define __mm_ones(count) (~0UL >> (64 - (count)))

/* Whether `later` is `earlier` or less than half the range after it, in positions of `size` bytes. */
static inline bool __mm_no_less(u64 later, u64 earlier, unsigned long size)
{
	return size == 8 ? (s64)(later - earlier) >= 0 : (s32)(u32)(later - earlier) >= 0;
}

/* How many bits are set: first in pairs, then in fours, in bytes, and in all. */
static inline u64 __mm_count(u64 bits)
{
	bits = (bits & 0x5555555555555555UL) + (bits >> 1 & 0x5555555555555555UL);
	bits = (bits & 0x3333333333333333UL) + (bits >> 2 & 0x3333333333333333UL);
	bits = (bits & 0x0f0f0f0f0f0f0f0fUL) + (bits >> 4 & 0x0f0f0f0f0f0f0f0fUL);
	bits += bits >> 8;
	bits += bits >> 16;
	bits += bits >> 32;
	return bits & 0xff;
}

/* Whether among the bits of `mask` all of `rest` are above all of `taken`. */
static inline bool __mm_is_tail(u64 rest, u64 taken, u64 mask)
{
	u64 lowest = rest & mask & -(rest & mask);

	return (lowest == 0) | ((taken & mask) < lowest);
}

#endif
