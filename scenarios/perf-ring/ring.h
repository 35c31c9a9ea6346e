/*
 * A ring of bytes that one CPU of the kernel fills, from tasks and from interrupts that come in between, and user space
 * drains. Positions only ever grow; a position's place in the area is its low bits. One byte always stays empty.
 */

#include <linux/circ_buf.h>

/* The page that both sides have mapped. */
struct control_page {
	u64 data_head; /* all before it is there; the kernel writes it */
	u64 data_tail; /* all before it has been read; user space writes it */
};

struct cpu_ring {
	local_t head; /* reserved up to here; only this CPU uses it, like nest */
	unsigned int nest; /* how many records are being written, the interrupted ones included */
	struct control_page *page;
	char *area;
	u64 size; /* of the area, a power of two */
};

/* A record is one or more words, all alike: how many bytes they are, and which record it is. */
#define WORD 4
#define CONTENTS(bytes, number) ((bytes) << 16 | (number))
#define BYTES(word) ((word) >> 16)
#define NUMBER(word) ((word) & 0xffff)

static inline u32 *word_at(struct cpu_ring *ring, u64 position)
{
	return (u32 *)(ring->area + (position & (ring->size - 1)));
}
