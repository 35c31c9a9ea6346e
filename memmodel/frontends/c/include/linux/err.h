/* The prelude has all that is known of <linux/err.h>. */
