/* The prelude has all that is known of <linux/lockdep.h>. */
