/*
 * A split ring: a table of descriptors, a ring by which the driver makes them available to the device, and one by which
 * the device says that it has used them. The indices run freely and are reduced to a place only where they are used.
 *
 * Each side tells the other when to wake it: by a flag (WAKE_BY_FLAGS), or by the index from which on it wants to know.
 */

#ifndef SLOTS
#define SLOTS 2
#endif

#define QUIET 1 /* in either flags: do not wake me */

struct descriptor {
	u64 address;
};

struct used_entry {
	u32 id;
	u32 length;
};

struct ring {
	struct descriptor table[SLOTS];

	/* the driver writes these */
	u16 avail_flags;
	u16 avail_index;
	u16 avail[SLOTS]; /* places in the table */
	u16 used_event; /* wake me when used_index moves past this */

	/* the device writes these */
	u16 used_flags;
	u16 used_index;
	struct used_entry used[SLOTS];
	u16 avail_event; /* wake me when avail_index moves past this */
};

/* What the driver knows; nobody else looks at it. */
struct driver {
	u16 avail; /* as avail_index */
	u16 asked; /* as it was when the driver last asked whether to kick */
	u16 used; /* used entries taken */
	bool quiet; /* does not want to be woken */
};

/* What the device knows. */
struct device {
	u16 avail; /* available entries taken */
	u16 used; /* as used_index */
	u16 asked; /* as it was when the device last asked whether to interrupt */
};

/* Whether an index that has gone from `old` to `new` has moved past the event. */
static inline bool moved_past(u16 event, u16 old, u16 new)
{
	return (u16)(new - event - 1) < (u16)(new - old);
}
