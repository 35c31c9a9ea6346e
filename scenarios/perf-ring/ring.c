/*
 * What the kernel and user space do to the ring. The macros are scenario.toml's variants; A to D are the four places
 * that the kernel's comment pairs: A with D, B with C.
 */

#include "ring.h"

#if defined(A_ACQUIRE)
#define look_at_tail(tail) smp_load_acquire(tail)
#else
#define look_at_tail(tail) READ_ONCE(*(tail))
#endif

#ifdef RECORDS_MARKED
#define fill(word, value) WRITE_ONCE(*(word), value)
#else
#define fill(word, value) (*(word) = (value))
#endif

#ifdef RESERVE_FULL
#define reserve(head, from, to) atomic_long_cmpxchg(head, from, to)
#else
#define reserve(head, from, to) local_cmpxchg(head, from, to)
#endif

#if defined(B_NONE)
#define publish(head, value) WRITE_ONCE(*(head), value)
#elif defined(B_RELEASE)
#define publish(head, value) smp_store_release(head, value)
#else
#define publish(head, value) ({ smp_wmb(); WRITE_ONCE(*(head), value); })
#endif

#if defined(C_NONE)
#define look_at_head(head) READ_ONCE(*(head))
#elif defined(C_ACQUIRE)
#define look_at_head(head) smp_load_acquire(head)
#else
#define look_at_head(head) ({ u64 seen = READ_ONCE(*(head)); smp_rmb(); seen; })
#endif

#if defined(D_NONE)
#define give_back(tail, value) WRITE_ONCE(*(tail), value)
#elif defined(D_RMB)
#define give_back(tail, value) ({ smp_rmb(); WRITE_ONCE(*(tail), value); })
#elif defined(D_RELEASE)
#define give_back(tail, value) smp_store_release(tail, value)
#else
#define give_back(tail, value) ({ smp_mb(); WRITE_ONCE(*(tail), value); })
#endif

/* ── the kernel ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* In an interrupt, which nothing interrupts here ... */
#define INTERRUPTED(place)
#define end interrupt_end
#define output interrupt_output
#include "kernel.c"
#undef INTERRUPTED
#undef end
#undef output

/* ... and in a task, where interrupt(place) is the harness's. */
#define INTERRUPTED(place) interrupt(place)
#include "kernel.c"

/* ── user space ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The number of the oldest record; 0 if there is none, or if its words are not of one record. */
static u32 take(struct cpu_ring *ring, bool *any)
{
	u64 head = look_at_head(&ring->page->data_head);
	u64 tail = ring->page->data_tail;

	*any = head != tail;
	if (!*any)
		return 0;

	u32 first = *word_at(ring, tail);
	u32 number = NUMBER(first);

	for (u32 done = WORD; done < BYTES(first); done += WORD)
		if (*word_at(ring, tail + done) != first)
			number = 0;
	give_back(&ring->page->data_tail, tail + BYTES(first));
	return number;
}
