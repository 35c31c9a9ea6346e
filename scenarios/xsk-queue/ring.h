/*
 * A queue of descriptors with two indices that run freely and are reduced to a place only where they are used. Each
 * side keeps a copy of both indices of its own and looks at the other's shared one only when the copy says no.
 */

#ifndef SLOTS
#define SLOTS 2
#endif

struct descriptor {
	u64 address;
	u32 length;
};

struct shared {
	u32 producer; /* descriptors ever put; the producer writes it */
	u32 consumer; /* descriptors ever taken; the consumer writes it */
	struct descriptor place[SLOTS];
};

/* What a side knows; nobody else looks at it. */
struct side {
	struct shared *shared;
	u32 producer;
	u32 consumer;
};
