/*
 * What driver and device do to the ring. scenario.toml's variants say how each index is moved (AVAIL_MOVED, USED_MOVED)
 * and looked at (AVAIL_SEEN, USED_SEEN), and what stands between an index and a look at whether the other side is to be
 * woken (BEFORE_KICK, BEFORE_INTERRUPT) and between "wake me" and the last look at the other's index (DEVICE_ARMED,
 * DRIVER_ARMED, and TAKE_ARMED for the driver that says so each time it takes an entry).
 */

#include "ring.h"

#define once(index) READ_ONCE(*(index))
#define once_rmb(index) ({ u16 seen = READ_ONCE(*(index)); smp_rmb(); seen; })
#define acquire(index) smp_load_acquire(index)

#define set_once(index, value) WRITE_ONCE(*(index), value)
#define mb_set_once(index, value) ({ smp_mb(); WRITE_ONCE(*(index), value); })
#define wmb_release(index, value) ({ smp_wmb(); smp_store_release(index, value); })
#define wmb_set_once(index, value) ({ smp_wmb(); WRITE_ONCE(*(index), value); })
#define release(index, value) smp_store_release(index, value)
#define wmb_set_plain(index, value) ({ smp_wmb(); *(index) = (value); })

#ifndef AVAIL_MOVED
#define AVAIL_MOVED release
#endif
#ifndef AVAIL_SEEN
#define AVAIL_SEEN acquire
#endif
#ifndef USED_MOVED
#define USED_MOVED release
#endif
#ifndef USED_SEEN
#define USED_SEEN acquire
#endif

#ifndef BEFORE_KICK
#define BEFORE_KICK smp_mb
#endif
#ifndef DEVICE_ARMED
#define DEVICE_ARMED smp_mb
#endif
#ifndef BEFORE_INTERRUPT
#define BEFORE_INTERRUPT smp_mb
#endif
#ifndef DRIVER_ARMED
#define DRIVER_ARMED smp_mb
#endif
#ifndef TAKE_ARMED
#define TAKE_ARMED smp_mb
#endif
#define nothing()

#ifdef DEVICE_MARKED
#define get(place) READ_ONCE(place)
#define set(place, value) WRITE_ONCE(place, value)
#else
#define get(place) (place)
#define set(place, value) ((place) = (value))
#endif

/* How the driver looks at whether to kick. */
#if defined(EVENT_PLAIN)
#define look(place) (*(place))
#elif defined(EVENT_ACQUIRE)
#define look(place) smp_load_acquire(place)
#else
#define look(place) READ_ONCE(*(place))
#endif

/* ── the driver ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add(struct ring *ring, struct driver *driver, u32 id, u64 address)
{
	u16 next = driver->avail + 1;

	ring->table[id].address = address;
#ifdef INDEX_FIRST
	AVAIL_MOVED(&ring->avail_index, next);
#endif
	ring->avail[driver->avail & (SLOTS - 1)] = id;
#ifndef INDEX_FIRST
	AVAIL_MOVED(&ring->avail_index, next);
#endif
	driver->avail = next;
}

/* Whether the device wants to know of what has been added since this was last asked. */
static bool must_kick(struct ring *ring, struct driver *driver)
{
	u16 old = driver->asked;

	driver->asked = driver->avail;
	BEFORE_KICK();
#ifdef WAKE_BY_FLAGS
	return !(look(&ring->used_flags) & QUIET);
#else
	return moved_past(look(&ring->avail_event), old, driver->avail);
#endif
}

/* The oldest used entry, if there is one. */
static bool take_used(struct ring *ring, struct driver *driver, struct used_entry *entry)
{
	if (USED_SEEN(&ring->used_index) == driver->used)
		return false;
	*entry = ring->used[driver->used & (SLOTS - 1)];
	driver->used++;
#ifndef WAKE_BY_FLAGS
	if (!driver->quiet) {
		WRITE_ONCE(ring->used_event, driver->used);
		TAKE_ARMED();
	}
#endif
	return true;
}

/* No interrupts, please. An event that is past already will do for that. */
static void driver_quiet(struct ring *ring, struct driver *driver)
{
	driver->quiet = true;
#ifdef WAKE_BY_FLAGS
	WRITE_ONCE(ring->avail_flags, QUIET);
#endif
}

/* An interrupt for the next used entry, please. Whether there is none yet. */
static bool driver_arm(struct ring *ring, struct driver *driver)
{
	driver->quiet = false;
#ifdef WAKE_BY_FLAGS
	WRITE_ONCE(ring->avail_flags, 0);
#else
	WRITE_ONCE(ring->used_event, driver->used);
#endif
	DRIVER_ARMED();
#ifdef DRIVER_LOOKS_NO_MORE
	return true;
#else
	return READ_ONCE(ring->used_index) == driver->used;
#endif
}

/* ── the device ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The oldest available descriptor, if there is one. */
static bool take_avail(struct ring *ring, struct device *device, u32 *id, u64 *address)
{
	if (AVAIL_SEEN(&ring->avail_index) == device->avail)
		return false;
	*id = get(ring->avail[device->avail & (SLOTS - 1)]);
	*address = get(ring->table[*id].address);
	device->avail++;
	return true;
}

static void give_used(struct ring *ring, struct device *device, u32 id, u32 length)
{
	struct used_entry *entry = &ring->used[device->used & (SLOTS - 1)];

	set(entry->id, id);
	set(entry->length, length);
	device->used++;
	USED_MOVED(&ring->used_index, device->used);
}

/* Whether the driver wants to know of what has been used since this was last asked. */
static bool must_interrupt(struct ring *ring, struct device *device)
{
	u16 old = device->asked;

	device->asked = device->used;
	BEFORE_INTERRUPT();
#ifdef WAKE_BY_FLAGS
	return !(READ_ONCE(ring->avail_flags) & QUIET);
#else
	return moved_past(READ_ONCE(ring->used_event), old, device->used);
#endif
}

/* No kicks, please. */
static void device_quiet(struct ring *ring)
{
#ifdef WAKE_BY_FLAGS
	WRITE_ONCE(ring->used_flags, QUIET);
#endif
}

/* A kick for the next descriptor, please. Whether there is none yet. */
static bool device_arm(struct ring *ring, struct device *device)
{
#ifdef LOOKS_BEFORE_ARMING
	u16 seen = READ_ONCE(ring->avail_index);
#endif

#ifdef WAKE_BY_FLAGS
	WRITE_ONCE(ring->used_flags, 0);
#else
	WRITE_ONCE(ring->avail_event, device->avail);
#endif
	DEVICE_ARMED();
#ifdef LOOKS_BEFORE_ARMING
	return seen == device->avail;
#elif defined(LOOKS_BY_ACQUIRE)
	return smp_load_acquire(&ring->avail_index) == device->avail;
#else
	return READ_ONCE(ring->avail_index) == device->avail;
#endif
}
