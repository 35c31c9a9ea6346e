/* The prelude has all that is known of <pthread.h>. */
