/* The prelude has all that is known of <stdlib.h>. */
