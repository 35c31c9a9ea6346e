/*
 * C11's atomic types and orderings. The functions are primitives, chosen by the ordering; an access to an atomic variable
 * without one, which C11 makes seq_cst, is a plain access here: it orders nothing and may race.
 */
#ifndef MEMMODEL_STDATOMIC_H
#define MEMMODEL_STDATOMIC_H

/* That this header is included tells C11's functions from the kernel's of the same names. */
enum { __memmodel_stdatomic = 1 };

typedef enum {
	memory_order_relaxed = 0,
	memory_order_consume = 1,
	memory_order_acquire = 2,
	memory_order_release = 3,
	memory_order_acq_rel = 4,
	memory_order_seq_cst = 5
} memory_order;

typedef bool atomic_bool;
typedef char atomic_char;
typedef signed char atomic_schar;
typedef unsigned char atomic_uchar;
typedef short atomic_short;
typedef unsigned short atomic_ushort;
typedef int atomic_int;
typedef unsigned int atomic_uint;
typedef long atomic_long;
typedef unsigned long atomic_ulong;
typedef long atomic_llong;
typedef unsigned long atomic_ullong;
typedef s8 atomic_int_least8_t;
typedef u8 atomic_uint_least8_t;
typedef s16 atomic_int_least16_t;
typedef u16 atomic_uint_least16_t;
typedef s32 atomic_int_least32_t;
typedef u32 atomic_uint_least32_t;
typedef s64 atomic_int_least64_t;
typedef u64 atomic_uint_least64_t;
typedef long atomic_intptr_t;
typedef unsigned long atomic_uintptr_t;
typedef unsigned long atomic_size_t;
typedef long atomic_ptrdiff_t;
typedef unsigned char atomic_flag;

#define ATOMIC_VAR_INIT(value) (value)
#define ATOMIC_FLAG_INIT 0
#define kill_dependency(value) (value)

#endif
