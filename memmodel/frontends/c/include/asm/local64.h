/* The prelude has all that is known of <asm/local64.h>. */
