/*
 * The kernel's half as kernel/bpf/ringbuf.c has it: reserve, commit and discard by two producers, and a consumer as in
 * libbpf. What that file takes from the rest of the kernel is defined here, small enough for two samples.
 */

#define PAGE_SHIFT 6 /* objects lie 64 bytes apart here */
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))

/* Just above the lengths here: what a position may be is then one of few numbers. */
#define BPF_RINGBUF_BUSY_BIT (1U << 4)
#define BPF_RINGBUF_DISCARD_BIT (1U << 5)
#define BPF_RINGBUF_HDR_SZ 8
#define BPF_RB_NO_WAKEUP 1
#define BPF_RB_FORCE_WAKEUP 2

typedef struct {
	u64 contents[8];
} wait_queue_head_t;

struct irq_work {
	atomic_t flags;
};

struct bpf_map {
	int id;
};

#define in_nmi() 0

#include "kernel/bpf/ringbuf.c"

#define LENGTH 8
#define RECORD (LENGTH + BPF_RINGBUF_HDR_SZ)

/* This ring is never filled to the last byte: two records need room for four, since its size is a power of two. */
#ifndef RING_SIZE
#define RING_SIZE (4 * RECORD)
#endif

/* Where all positions begin: at the last record of the area, so that the next one wraps around. */
#define START (RING_SIZE - RECORD)

#ifndef DISCARD
#define DISCARD false
#endif

/* bpf_ringbuf ends in an array of no size: its data. */
struct {
	struct bpf_ringbuf rb;
	char data[RING_SIZE];
} ring;

static bool irq_work_queue(struct irq_work *work)
{
	return !(atomic_fetch_or(1, &work->flags) & 1);
}

static bool produce(u32 number, bool discard)
{
	u32 *sample = __bpf_ringbuf_reserve(&ring.rb, LENGTH);

	if (!sample)
		return false;
	*sample = number;
	bpf_ringbuf_commit(sample, 0, discard);
	return true;
}

/* Each place has been used in an earlier lap: the header there looks committed. */
void init(void)
{
	for (u64 place = 0; place < RING_SIZE; place += RECORD)
		*(u32 *)(ring.data + place) = LENGTH;
	ring.rb.mask = RING_SIZE - 1;
	ring.rb.consumer_pos = START;
	ring.rb.producer_pos = START;
	ring.rb.pending_pos = START;
#ifdef SLEEP
	produce(2, false);
	atomic_set(&ring.rb.work.flags, 0);
#endif
}

ghost bool first, second;

void P0(void)
{
	first = produce(1, DISCARD);
}

#ifndef SLEEP
void P2(void)
{
	second = produce(2, false);
}
#endif

ghost int ones, twos;
ghost u64 stopped_at;
ghost bool asleep;

/* The record at this position, if there is one and it is committed. */
static u32 *committed(u64 pos, u32 *word)
{
	struct bpf_ringbuf *rb = &ring.rb;
	u64 end = smp_load_acquire(&rb->producer_pos);
	u32 *hdr = (u32 *)(rb->data + (pos & rb->mask));

	if (pos == end)
		return NULL;
#ifdef HEADER_READ_ONCE
	*word = READ_ONCE(*hdr);
#else
	*word = smp_load_acquire(hdr);
#endif
	return *word & BPF_RINGBUF_BUSY_BIT ? NULL : hdr;
}

void P1(void)
{
	u64 pos = smp_load_acquire(&ring.rb.consumer_pos);
	u32 word;

	for (int i = 0; i < 2; i++) {
		u32 *hdr = committed(pos, &word);

		if (!hdr)
			break;
		if (!(word & BPF_RINGBUF_DISCARD_BIT)) {
			u32 number = hdr[2];

			assert(word == LENGTH);
			assert(number == 1 || number == 2);
			ones += number == 1;
			twos += number == 2;
		}
		pos += RECORD;
		smp_store_release(&ring.rb.consumer_pos, pos);
	}
	stopped_at = pos;
#ifdef SLEEP
#ifndef NO_BARRIER_BEFORE_SLEEP
	smp_mb();
#endif
	asleep = !committed(pos, &word);
#endif
}

/* No record is lost, none is there twice, and the positions say how many were put in and taken. */
void final(void)
{
#ifdef SLEEP
	int made = 1 + first;

	/* A consumer that sleeps in front of a committed record has been woken. */
	assert(!asleep || stopped_at == ring.rb.producer_pos || atomic_read(&ring.rb.work.flags));
#else
	int made = first + second;
#endif

	assert(ones <= 1 && twos <= 1);
	assert(ring.rb.producer_pos == START + RECORD * made);
	assert(ring.rb.consumer_pos == stopped_at);
	assert(DISCARD || stopped_at == START + RECORD * (ones + twos));
}
