/* The prelude has all that is known of <stdint.h>. */
