/* The prelude has all that is known of <stddef.h>. */
