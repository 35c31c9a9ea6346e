struct ring {
	int slot[8];
	unsigned int head;
	unsigned int tail;
	atomic_t busy;
};

void ring_put(struct ring *r, int value)
{
	unsigned int head = r->head;

	if (head - READ_ONCE(r->tail) == 8)
		return;
	WRITE_ONCE(r->slot[head % 8], value);
	WRITE_ONCE(r->head, head + 1);
}

int ring_get(struct ring *r)
{
	unsigned int tail = r->tail;
	int value;

	if (smp_load_acquire(&r->head) == tail)
		return -1;
	value = r->slot[tail % 8];
	smp_mb();
	WRITE_ONCE(r->tail, tail + 1);
	return value;
}

void ring_idle(struct ring *r)
{
	smp_mb__before_atomic();
	atomic_set(&r->busy, 0);
}
