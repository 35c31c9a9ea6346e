/* The prelude has all that is known of <assert.h>. */
