/* The prelude has all that is known of <errno.h>. */
