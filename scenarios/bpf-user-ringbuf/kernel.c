/*
 * The same question put to kernel/bpf/ringbuf.c itself: bpf_user_ringbuf_drain() by two drains, and a producer as in
 * libbpf. What that file takes from the rest of the kernel is defined here, small enough for two samples.
 */

#define PAGE_SHIFT 6 /* objects lie 64 bytes apart here */
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))

#define BPF_RINGBUF_BUSY_BIT (1U << 31)
#define BPF_RINGBUF_DISCARD_BIT (1U << 30)
#define BPF_RINGBUF_HDR_SZ 8
#define BPF_RB_NO_WAKEUP 1
#define BPF_RB_FORCE_WAKEUP 2
#ifndef BPF_MAX_USER_RINGBUF_SAMPLES
#define BPF_MAX_USER_RINGBUF_SAMPLES 2
#endif
#define BPF_DYNPTR_TYPE_LOCAL 1

#define BPF_CALL_4(name, type1, arg1, type2, arg2, type3, arg3, type4, arg4)                                           \
	u64 name(type1 arg1, type2 arg2, type3 arg3, type4 arg4)

typedef u64 (*bpf_callback_t)(u64, u64, u64, u64, u64);
typedef struct {
	int sleepers;
} wait_queue_head_t;

struct irq_work {
	atomic_t flags;
};

struct bpf_map {
	int id;
};

struct bpf_dynptr_kern {
	void *data;
	u32 size;
};

#include "kernel/bpf/ringbuf.c"

static int bpf_dynptr_check_size(u32 size)
{
	return size > 0xffffff ? -E2BIG : 0;
}

static void bpf_dynptr_init(struct bpf_dynptr_kern *ptr, void *data, int type, u32 offset, u32 size)
{
	ptr->data = data;
	ptr->size = size;
}

static bool irq_work_queue(struct irq_work *work)
{
	return !(atomic_fetch_or(1, &work->flags) & 1);
}

#define LENGTH 8
#define RECORD (LENGTH + BPF_RINGBUF_HDR_SZ)

#ifndef RING_SIZE
#define RING_SIZE RECORD
#endif

#define START (RING_SIZE - RECORD)

/* bpf_ringbuf ends in an array of no size: its data. */
struct {
	struct bpf_ringbuf rb;
	char data[RING_SIZE];
} ring;

struct bpf_ringbuf_map map;

/* Each place has been used in an earlier lap: there is a header, and it is not busy. */
void init(void)
{
	for (u64 place = 0; place < RING_SIZE; place += RECORD)
		*(u32 *)(ring.data + place) = LENGTH;
	ring.rb.mask = RING_SIZE - 1;
	ring.rb.consumer_pos = START;
	ring.rb.producer_pos = START;
	map.rb = &ring.rb;
}

static void produce(u32 number)
{
	struct bpf_ringbuf *rb = &ring.rb;
	u64 cons_pos = smp_load_acquire(&rb->consumer_pos);
	u64 prod_pos = rb->producer_pos;
	u32 *hdr;

	if (prod_pos - cons_pos + RECORD > RING_SIZE)
		return;
	hdr = (u32 *)(rb->data + (prod_pos & rb->mask));
	*hdr = LENGTH | BPF_RINGBUF_BUSY_BIT;
	smp_store_release(&rb->producer_pos, prod_pos + RECORD);
	hdr[2] = number;
	xchg(hdr, LENGTH);
}

void P0(void)
{
	produce(1);
	produce(2);
}

/* A drain: how often it took each sample, which must be a number that was put in. */
#define DRAIN(thread)                                                                                                  \
	ghost int first_##thread, second_##thread;                                                                     \
                                                                                                                       \
	static u64 take_##thread(u64 dynptr, u64 context, u64 r3, u64 r4, u64 r5)                                      \
	{                                                                                                              \
		struct bpf_dynptr_kern *sample = (struct bpf_dynptr_kern *)(uintptr_t)dynptr;                          \
		u32 number = *(u32 *)sample->data;                                                                     \
                                                                                                                       \
		assert(sample->size == LENGTH);                                                                        \
		assert(number == 1 || number == 2);                                                                    \
		first_##thread += number == 1;                                                                         \
		second_##thread += number == 2;                                                                        \
		return 0;                                                                                              \
	}                                                                                                              \
                                                                                                                       \
	void thread(void)                                                                                              \
	{                                                                                                              \
		bpf_user_ringbuf_drain(&map.map, take_##thread, NULL, 0);                                              \
	}

DRAIN(P1)
DRAIN(P2)

/* No sample twice, none skipped, and the position says how many. */
void final(void)
{
	int first = first_P1 + first_P2;
	int second = second_P1 + second_P2;

	assert(first <= 1);
	assert(second <= first);
	assert(ring.rb.consumer_pos == START + RECORD * (first + second));
}
