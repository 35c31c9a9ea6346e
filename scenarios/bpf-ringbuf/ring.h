/*
 * A ring of bytes that the kernel fills, from any CPU, and one thread of user space drains.
 *
 * All positions only ever grow; a position's place in the area is its low bits. Records lie head to tail: a header of
 * eight bytes, then the sample, rounded up to eight bytes. Records are committed in any order.
 */

#define RECORD_BUSY 0x80000000u
#define RECORD_DISCARDED 0x40000000u
#define RECORD_FLAGS (RECORD_BUSY | RECORD_DISCARDED)

struct record {
	u32 word; /* flags and the sample's length */
	u32 unused;
};

struct kernel_ring {
	char *area; /* set when the ring is made, like mask */
	u64 mask;
	spinlock_t lock; /* held to reserve a record */
	u64 consumer_pos;
	u64 producer_pos;
	u64 pending_pos; /* the oldest record that is perhaps not committed yet */
};

static inline u64 record_size(u32 length)
{
	return round_up((length & ~RECORD_FLAGS) + sizeof(struct record), 8);
}

static inline struct record *record_at(struct kernel_ring *ring, u64 pos)
{
	return (struct record *)(ring->area + (pos & ring->mask));
}
