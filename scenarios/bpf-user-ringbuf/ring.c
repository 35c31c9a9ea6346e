/* What the user-space producer and the kernel's drain do to the ring. The macros are the questions of scenario.toml. */

#include "ring.h"

/* ── user space ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Room for a sample of this length, or NULL. There is one producer. */
static struct record *produce_begin(struct user_ring *ring, u32 length)
{
	u64 given_back = smp_load_acquire(&ring->consumer_pos);
	u64 pos = ring->producer_pos;
	struct record *record;

	if (pos - given_back + record_size(length) > ring->mask + 1)
		return NULL;

	record = (struct record *)(ring->area + (pos & ring->mask));
#ifndef HEADER_FILLED_FIRST
	record->word = length | RECORD_BUSY;
	smp_store_release(&ring->producer_pos, pos + record_size(length));
#endif
	return record;
}

/* The sample behind the header is written: let the kernel have it. */
static void produce_end(struct user_ring *ring, struct record *record, u32 length)
{
#ifdef HEADER_FILLED_FIRST
	record->word = length;
	smp_store_release(&ring->producer_pos, ring->producer_pos + record_size(length));
#else
	xchg(&record->word, length);
#endif
}

/* ── the kernel ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static u32 read_header(struct record *record)
{
#if defined(HEADER_READ_PLAIN)
	return record->word;
#elif defined(HEADER_READ_ONCE)
	return READ_ONCE(record->word);
#else
	return smp_load_acquire(&record->word);
#endif
}

/* Find the oldest sample: 0, or why there is none to be had. */
static int find_sample(struct user_ring *ring, void **sample, u32 *length)
{
	u64 end, pos, whole;
	u32 word;
	struct record *record;

	end = smp_load_acquire(&ring->producer_pos);
	pos = smp_load_acquire(&ring->consumer_pos);
	if (pos >= end)
		return -ENODATA;

#ifdef SETUP_READ_ONCE
	record = (struct record *)(READ_ONCE(ring->area) + (pos & READ_ONCE(ring->mask)));
#else
	record = (struct record *)(ring->area + (pos & ring->mask));
#endif
	word = read_header(record);
	whole = record_size(word & ~RECORD_FLAGS);

	/* User space may write anything there. */
	if (whole > end - pos)
		return -EINVAL;
	if (word & RECORD_DISCARDED) {
		smp_store_release(&ring->consumer_pos, pos + whole);
		return -EAGAIN;
	}
	if (word & RECORD_BUSY)
		return -ENODATA;

	*sample = record + 1;
	*length = word & ~RECORD_FLAGS;
	return 0;
}

/* Give the sample's place back. The position is the caller's while it holds busy, so a plain read will do. */
static void give_back(struct user_ring *ring, u32 length)
{
#ifdef POSITION_READ_ACQUIRE
	u64 pos = smp_load_acquire(&ring->consumer_pos);
#else
	u64 pos = ring->consumer_pos;
#endif

	smp_store_release(&ring->consumer_pos, pos + record_size(length));
}

static bool take_turn(struct user_ring *ring)
{
	int nobody = 0;

#if defined(CLAIM_ACQUIRE)
	return atomic_try_cmpxchg_acquire(&ring->busy, &nobody, 1);
#elif defined(CLAIM_RELAXED)
	return atomic_try_cmpxchg_relaxed(&ring->busy, &nobody, 1);
#else
	return atomic_try_cmpxchg(&ring->busy, &nobody, 1);
#endif
}

static void end_turn(struct user_ring *ring)
{
#if defined(CLEAR_PLAIN)
	atomic_set(&ring->busy, 0);
#elif defined(CLEAR_BEFORE_ATOMIC)
	smp_mb__before_atomic();
	atomic_set(&ring->busy, 0);
#elif defined(CLEAR_WMB)
	smp_wmb();
	atomic_set(&ring->busy, 0);
#elif defined(CLEAR_MB)
	smp_mb();
	atomic_set(&ring->busy, 0);
#elif defined(CLEAR_XCHG)
	atomic_xchg(&ring->busy, 0);
#else
	atomic_set_release(&ring->busy, 0);
#endif
}

/* The way out after an error. */
static void end_failed_turn(struct user_ring *ring, bool stored)
{
#if defined(ERROR_PLAIN)
	atomic_set(&ring->busy, 0);
#elif defined(ERROR_PLAIN_IF_NOTHING_STORED)
	if (stored)
		end_turn(ring);
	else
		atomic_set(&ring->busy, 0);
#else
	end_turn(ring);
#endif
}

static void tell_producer(struct user_ring *ring)
{
#ifdef WORK_RELAXED
	atomic_set(&ring->work, 1);
#else
	atomic_fetch_or(1, &ring->work);
#endif
}

/* Hand at most `limit` samples to `take`; how many it was, or an error. */
static int drain(struct user_ring *ring, void (*take)(void *sample, u32 length), int limit)
{
	int taken = 0;
	bool stored = false;

	if (!take_turn(ring))
		return -EBUSY;

	for (int looks = 0; looks < limit; looks++) {
		void *sample;
		u32 length;
		int error = find_sample(ring, &sample, &length);

		if (error == -EAGAIN) {
			stored = true;
			continue;
		}
		if (error) {
			end_failed_turn(ring, stored);
			if (taken)
				tell_producer(ring);
			return taken ? taken : error;
		}
		take(sample, length);
		give_back(ring, length);
		stored = true;
		taken++;
	}
	end_turn(ring);
	if (taken)
		tell_producer(ring);
	return taken;
}
