/* The same for bytes, written with the macros of ring_barrier.h. The bytes themselves are plain. */
#include <linux/ring_barrier.h>
#include <linux/types.h>

#define BYTES	16

struct bytering {
	u32 in;
	u32 out;
	u8 bytes[BYTES];
};

static bool bytering_push(struct bytering *ring, u8 byte)
{
	u32 in = ring->in;

	if (in - ring_load_acquire(&ring->out) == BYTES)
		return false;
	ring->bytes[in % BYTES] = byte;
	ring_store_release(&ring->in, in + 1);
	return true;
}

static bool bytering_pop(struct bytering *ring, u8 *byte)
{
	u32 out = ring->out;

	if (ring_load_acquire(&ring->in) == out)
		return false;
	*byte = ring->bytes[out % BYTES];
	ring_store_release(&ring->out, out + 1);
	return true;
}
