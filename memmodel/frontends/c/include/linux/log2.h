/* The prelude has all that is known of <linux/log2.h>. */
