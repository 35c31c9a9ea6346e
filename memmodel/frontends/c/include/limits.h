/* The prelude has all that is known of <limits.h>. */
