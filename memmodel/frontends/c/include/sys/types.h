/* The prelude has all that is known of <sys/types.h>. */
