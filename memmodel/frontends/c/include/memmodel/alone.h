/*
 * What a function is lowered with when it is lowered on its own, besides the prelude: the variables of one CPU are one
 * variable, and words to tracing and debugging are not evaluated.
 */
