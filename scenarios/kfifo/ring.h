/*
 * A ring of bytes with two counters that run freely: each is reduced to a place only when it is used, so that no place
 * stays empty. The size is a power of two.
 */

struct byte_ring {
	unsigned int in; /* bytes ever put in; the producer writes it */
	unsigned int out; /* bytes ever taken out; the consumer writes it */
	unsigned int mask; /* size - 1; set when the ring is made, like area */
	unsigned char *area;
};
