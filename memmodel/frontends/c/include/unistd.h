/* The prelude has all that is known of <unistd.h>. */
