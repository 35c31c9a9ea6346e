/* The prelude has all that is known of <linux/container_of.h>. */
