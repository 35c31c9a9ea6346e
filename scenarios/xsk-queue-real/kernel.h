/* What net/xdp/xsk_queue.h takes from the rest of the kernel, and two places for descriptors behind its ring. */

#define SLOTS 2
#define START (-1U)

struct xdp_desc {
	u64 addr;
	u32 len;
	u32 options;
};

struct xsk_buff_pool {
	u64 addrs_cnt;
	u64 chunk_mask;
};

#include "net/xdp/xsk_queue.h"

static u64 xp_aligned_extract_addr(struct xsk_buff_pool *pool, u64 addr)
{
	return addr & pool->chunk_mask;
}

/* Frames are aligned here. */
static bool xp_validate_desc(struct xsk_buff_pool *pool, struct xdp_desc *desc)
{
	return xp_aligned_validate_desc(pool, desc);
}

#define FRAME 16
struct xsk_buff_pool pool = { .addrs_cnt = 64 * FRAME, .chunk_mask = ~(u64)(FRAME - 1) };
