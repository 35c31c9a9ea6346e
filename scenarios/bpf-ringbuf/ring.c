/* What the kernel's producers and the consumer in user space do to the ring. The macros are scenario.toml's variants. */

#include "ring.h"

#ifdef NO_LOCK
#define lock_ring(ring)
#define unlock_ring(ring)
#else
#define lock_ring(ring) spin_lock(&(ring)->lock)
#define unlock_ring(ring) spin_unlock(&(ring)->lock)
#endif

/* ── the kernel ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Skip the records that have been committed since somebody looked last. The lock is held. */
static u64 find_pending(struct kernel_ring *ring, u64 end)
{
	u64 pending = ring->pending_pos;

	while (end - pending > 0) {
		u32 word = READ_ONCE(record_at(ring, pending)->word);

		if (word & RECORD_BUSY)
			break;
		pending += record_size(word);
	}
	ring->pending_pos = pending;
	return pending;
}

/* A busy record with room for a sample of this length, or NULL. */
static struct record *reserve(struct kernel_ring *ring, u32 length)
{
	u64 consumed, pending, pos, end;
	struct record *record = NULL;

#ifdef RESERVE_READ_ONCE
	consumed = READ_ONCE(ring->consumer_pos);
#else
	consumed = smp_load_acquire(&ring->consumer_pos);
#endif
	lock_ring(ring);
	pos = ring->producer_pos;
	end = pos + record_size(length);
	pending = find_pending(ring, pos);

	if (end - consumed <= ring->mask + 1 && end - pending <= ring->mask + 1) {
		record = record_at(ring, pos);
		record->word = length | RECORD_BUSY;
#ifdef POSITION_RELAXED
		WRITE_ONCE(ring->producer_pos, end);
#else
		smp_store_release(&ring->producer_pos, end);
#endif
	}
	unlock_ring(ring);
	return record;
}

/* The record is written, or to be thrown away: whether the consumer stands in front of it and must be woken. */
static bool commit(struct kernel_ring *ring, struct record *record, bool discard)
{
	u32 word = record->word ^ RECORD_BUSY;
	u64 consumed;

	if (discard)
		word |= RECORD_DISCARDED;
#if defined(COMMIT_RELAXED)
	xchg_relaxed(&record->word, word);
#elif defined(COMMIT_RELEASE)
	xchg_release(&record->word, word);
#else
	xchg(&record->word, word);
#endif

#ifdef WAKE_READ_ONCE
	consumed = READ_ONCE(ring->consumer_pos);
#else
	consumed = smp_load_acquire(&ring->consumer_pos);
#endif
	return (consumed & ring->mask) == (char *)record - ring->area;
}

/* ── user space ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The oldest record, if there is one and it is committed. */
static struct record *committed(struct kernel_ring *ring, u64 pos, u32 *word)
{
	u64 end = smp_load_acquire(&ring->producer_pos);
	struct record *record;

	if (pos == end)
		return NULL;
	record = record_at(ring, pos);
#ifdef HEADER_READ_ONCE
	*word = READ_ONCE(record->word);
#else
	*word = smp_load_acquire(&record->word);
#endif
	return *word & RECORD_BUSY ? NULL : record;
}

/* Hand what is there, at most `limit` records, to `take`; where the consumer stands then. */
static u64 consume(struct kernel_ring *ring, void (*take)(void *sample, u32 length), int limit)
{
#ifdef OWN_POSITION_PLAIN
	u64 pos = ring->consumer_pos;
#else
	u64 pos = smp_load_acquire(&ring->consumer_pos);
#endif

	while (limit-- > 0) {
		u32 word;
		struct record *record = committed(ring, pos, &word);

		if (!record)
			break;
		if (!(word & RECORD_DISCARDED))
			take(record + 1, word);
		pos += record_size(word);
#ifdef CONSUMED_RELAXED
		WRITE_ONCE(ring->consumer_pos, pos);
#else
		smp_store_release(&ring->consumer_pos, pos);
#endif
	}
	return pos;
}

/* Whether to sleep until somebody wakes us: there is nothing at our position still. */
static bool nothing_to_do(struct kernel_ring *ring, u64 pos)
{
	u32 word;

#ifndef NO_BARRIER_BEFORE_SLEEP
	smp_mb();
#endif
	return !committed(ring, pos, &word);
}
