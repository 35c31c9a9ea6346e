/* One producer calls spsc_put(), one consumer spsc_take(); neither waits for the other. */
#include <linux/export.h>
#include <linux/spsc.h>

bool spsc_put(struct spsc *ring, u64 value)
{
	u32 head, tail;

	head = ring->head;
	/* Pairs with the store-release in spsc_take(): the slot is read before it is written anew. */
	tail = smp_load_acquire(&ring->tail);
	if (head - tail == SPSC_SLOTS) {
		ring->refused++;
		return false;
	}
	WRITE_ONCE(ring->slots[head % SPSC_SLOTS], value);
	/* Pairs with the load-acquire in spsc_take(): the slot is written before it is read. */
	smp_store_release(&ring->head, head + 1);
	return true;
}
EXPORT_SYMBOL(spsc_put);

bool spsc_take(struct spsc *ring, u64 *value)
{
	u32 head, tail;

	tail = ring->tail;
	/* Pairs with the store-release in spsc_put(). */
	head = smp_load_acquire(&ring->head);
	if (head == tail)
		return false;
	*value = READ_ONCE(ring->slots[tail % SPSC_SLOTS]);
	/* Pairs with the load-acquire in spsc_put(). */
	smp_store_release(&ring->tail, tail + 1);
	return true;
}
EXPORT_SYMBOL(spsc_take);

u32 spsc_count(struct spsc *ring)
{
	return READ_ONCE(ring->head) - READ_ONCE(ring->tail);
}
EXPORT_SYMBOL(spsc_count);
