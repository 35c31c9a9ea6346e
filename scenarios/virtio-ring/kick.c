/*
 * The driver adds two requests and kicks the device if it is to. The device is awake at first; when it finds nothing
 * more, it asks for a kick, and sleeps until there is one.
 */

#include "ring.c"
#include <memmodel/contracts.h>

#ifndef REQUESTS
#define REQUESTS 2
#endif

#define START 0xffff

/* How often the device goes through the ring. */
#ifndef ROUNDS
#define ROUNDS 3
#endif

struct ring ring = {
	.avail_index = START,
	.used_flags = QUIET,
	.avail_event = START - 1, /* past */
};
int kick;

#ifdef WAKE_RELAXED
#define wake(flag) WRITE_ONCE(*(flag), 1)
#define woken(flag) xchg_relaxed(flag, 0)
#else
#define wake(flag) smp_store_release(flag, 1)
#define woken(flag) xchg_acquire(flag, 0)
#endif

FIFO(requests, 1, 1, REQUESTS)

void P0(void)
{
	struct driver driver = { .avail = START, .asked = START };

	for (u32 i = 0; i < REQUESTS; i++) {
		add(&ring, &driver, i, FIFO_TAG(requests, 0, i));
		FIFO_PUT(requests, 0, i, true);
#ifdef KICK_ONCE
		if (i < REQUESTS - 1)
			continue;
#endif
		if (must_kick(&ring, &driver))
			wake(&kick);
	}
}

ghost bool asleep;
ghost int taken;

void P1(void)
{
	struct device device = { .avail = START };
	u32 id;
	u64 address;

	for (int round = 0; round < ROUNDS; round++) {
		while (taken < REQUESTS && take_avail(&ring, &device, &id, &address)) {
			FIFO_TAKE(requests, 0, address);
			taken++;
		}
		if (!device_arm(&ring, &device)) {
			device_quiet(&ring);
			continue;
		}
		if (!woken(&kick)) {
			asleep = true;
			return;
		}
		device_quiet(&ring);
	}
}

/* It does not sleep for good with requests in the ring. */
void final(void)
{
	FIFO_FINAL(requests, REQUESTS - taken);
	assert(!asleep || kick || taken == REQUESTS);
}
