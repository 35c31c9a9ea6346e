/* The prelude has all that is known of <linux/align.h>. */
