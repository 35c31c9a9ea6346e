/* The prelude has all that is known of <linux/build_bug.h>. */
