/* The prelude has all that is known of <linux/bit_spinlock.h>. */
