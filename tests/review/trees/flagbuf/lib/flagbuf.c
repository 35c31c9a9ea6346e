/* flagbuf_post() has one caller at a time, and so has flagbuf_fetch(). */
#include <linux/flagbuf.h>

int flagbuf_post(struct flagbuf *buffer, int word)
{
	int length;

	/* Pairs with smp_mb() in flagbuf_fetch(): the word was read before it is written anew. */
	if (smp_load_acquire(&buffer->full))
		return -EBUSY;

	WRITE_ONCE(buffer->word, word);
	length = word & 15;
	/* Pairs with smp_rmb() in flagbuf_fetch(): the word is written before the flag. */
	smp_wmb();
	WRITE_ONCE(buffer->full, 1);
	return length;
}

int flagbuf_fetch(struct flagbuf *buffer, int *word)
{
	if (!READ_ONCE(buffer->full))
		return -EAGAIN;

	/* Pairs with smp_wmb() in flagbuf_post(): the flag is read before the word. */
	smp_rmb();
	*word = READ_ONCE(buffer->word);
	/* Pairs with smp_load_acquire() in flagbuf_post(). */
	smp_mb();
	WRITE_ONCE(buffer->full, 0);
	return 0;
}
