/*
 * A ring of bytes that user space fills and the kernel drains.
 *
 * Both positions only ever grow; a position's place in the area is its low bits. Records lie head to tail: a header
 * of eight bytes, then the sample, rounded up to eight bytes.
 */

#define RECORD_BUSY 0x80000000u
#define RECORD_DISCARDED 0x40000000u
#define RECORD_FLAGS (RECORD_BUSY | RECORD_DISCARDED)

struct record {
	u32 word; /* flags and the sample's length */
	u32 unused;
};

struct user_ring {
	char *area; /* set when the ring is made, like mask */
	u64 mask;
	atomic_t busy; /* whose turn it is to drain */
	atomic_t work; /* "there is room again" */
	u64 consumer_pos;
	u64 producer_pos;
};

static inline u64 record_size(u32 length)
{
	return round_up(length + sizeof(struct record), 8);
}
