/* The prelude has all that is known of <string.h>. */
