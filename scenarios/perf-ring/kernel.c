/* The kernel's side. ring.c includes this twice; INTERRUPTED() is where an interrupt may come. */

/* Show user space all records, unless one that was interrupted is not finished: whoever began it will do so. */
static void end(struct cpu_ring *ring)
{
	unsigned int nest = READ_ONCE(ring->nest);
	long head;

#ifndef NESTED_PUBLISHES
	if (nest > 1) {
		WRITE_ONCE(ring->nest, nest - 1);
		return;
	}
#endif
again:
	head = local_read(&ring->head);
	INTERRUPTED(3);
#ifndef NEST_FIRST
	publish(&ring->page->data_head, head);
	INTERRUPTED(4);
#endif
	WRITE_ONCE(ring->nest, 0);
	INTERRUPTED(5);
#ifdef NEST_FIRST
	publish(&ring->page->data_head, head);
#endif
#ifndef NO_SECOND_LOOK
	if (head != local_read(&ring->head)) {
		WRITE_ONCE(ring->nest, 1);
		goto again;
	}
#endif
}

/* Write a record of this many bytes, if there is room for it; whether there was. */
static bool output(struct cpu_ring *ring, u32 number, u32 bytes)
{
	bool room;
	long head;

	WRITE_ONCE(ring->nest, READ_ONCE(ring->nest) + 1);
	do {
		u64 tail = look_at_tail(&ring->page->data_tail);

		head = local_read(&ring->head);
		room = CIRC_SPACE((u64)head, tail, ring->size) >= bytes;
		if (!room)
			break;
		INTERRUPTED(1);
	} while (reserve(&ring->head, head, head + bytes) != head);

	if (room) {
		INTERRUPTED(2);
		for (u32 done = 0; done < bytes; done += WORD)
			fill(word_at(ring, head + done), CONTENTS(bytes, number));
	}
	end(ring);
	return room;
}
