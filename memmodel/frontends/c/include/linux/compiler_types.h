/* The prelude has all that is known of <linux/compiler_types.h>. */
