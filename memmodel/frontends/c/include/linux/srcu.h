/* The prelude has all that is known of <linux/srcu.h>. */
