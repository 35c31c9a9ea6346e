/*
 * What every harness includes without saying so: the kernel's and user space's small macros and functions, said in
 * terms of the primitives that the model knows. A definition in the harness comes before one here.
 *
 * Functions wherever C allows, so that a harness can put its own in their place. What is defined nowhere here is for
 * the harness to stub: nothing is guessed.
 */
#ifndef MEMMODEL_PRELUDE_H
#define MEMMODEL_PRELUDE_H

#include "memmodel/types.h"
#include "memmodel/errno.h"
#include "memmodel/compiler.h"
#include "memmodel/arithmetic.h"
#include "memmodel/barriers.h"
#include "memmodel/atomic.h"
#include "memmodel/refcount.h"
#include "memmodel/bits.h"
#include "memmodel/locks.h"
#include "memmodel/rcu.h"
#include "memmodel/userspace.h"

#endif
