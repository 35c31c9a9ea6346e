/*
 * The device uses two descriptors and interrupts the driver if it is to. The driver is awake at first; when it finds
 * nothing more, it asks for an interrupt (each time it takes an entry, with STAYS_ARMED), and sleeps until there is one.
 */

#include "ring.c"
#include <memmodel/contracts.h>

#ifndef REQUESTS
#define REQUESTS 2
#endif

#define START 0xffff

/* How often the driver goes through the ring. */
#ifndef ROUNDS
#define ROUNDS 3
#endif

struct ring ring = {
	.used_index = START,
#ifdef STAYS_ARMED
	.used_event = START,
#else
	.avail_flags = QUIET,
	.used_event = START - 1, /* past */
#endif
};
int interrupt;

#ifdef WAKE_RELAXED
#define wake(flag) WRITE_ONCE(*(flag), 1)
#define woken(flag) xchg_relaxed(flag, 0)
#else
#define wake(flag) smp_store_release(flag, 1)
#define woken(flag) xchg_acquire(flag, 0)
#endif

FIFO(entries, 1, 1, REQUESTS)

void P1(void)
{
	struct device device = { .used = START, .asked = START };

	for (u32 i = 0; i < REQUESTS; i++) {
		give_used(&ring, &device, i, FIFO_TAG(entries, 0, i));
		FIFO_PUT(entries, 0, i, true);
		if (must_interrupt(&ring, &device))
			wake(&interrupt);
	}
}

ghost bool asleep;
ghost int taken;

void P0(void)
{
	struct driver driver = { .used = START };
	struct used_entry entry;

	for (int round = 0; round < ROUNDS; round++) {
#ifndef STAYS_ARMED
		driver_quiet(&ring, &driver);
#endif
		while (taken < REQUESTS && take_used(&ring, &driver, &entry)) {
			assert(entry.id == entry.length - FIFO_TAG(entries, 0, 0));
			FIFO_TAKE(entries, 0, entry.length);
			taken++;
		}
#if !defined(STAYS_ARMED) || defined(ARMS_AGAIN)
		if (!driver_arm(&ring, &driver))
			continue;
#endif
		if (!woken(&interrupt)) {
			asleep = true;
			return;
		}
	}
}

/* It does not sleep for good with entries in the ring. */
void final(void)
{
	FIFO_FINAL(entries, REQUESTS - taken);
	assert(!asleep || interrupt || taken == REQUESTS);
}
