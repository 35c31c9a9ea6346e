/* The prelude has all that is known of <stdbool.h>. */
