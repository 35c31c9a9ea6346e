/* The prelude has all that is known of <sched.h>. */
