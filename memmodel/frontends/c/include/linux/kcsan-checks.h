/* The prelude has all that is known of <linux/kcsan-checks.h>. */
