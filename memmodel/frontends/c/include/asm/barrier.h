/* The prelude has all that is known of <asm/barrier.h>. */
