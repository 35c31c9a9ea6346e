/* The prelude has all that is known of <linux/math.h>. */
