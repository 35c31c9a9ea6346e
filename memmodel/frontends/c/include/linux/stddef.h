/* The prelude has all that is known of <linux/stddef.h>. */
