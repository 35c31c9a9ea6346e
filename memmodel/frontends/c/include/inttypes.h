/* The prelude has all that is known of <inttypes.h>. */
