/*
 * Single bits of words, ordered as Documentation/atomic_bitops.txt says: set_bit() and its kind are unordered, those
 * that return what was there are fully ordered if they change it, a successful test_and_set_bit_lock() acquires and
 * clear_bit_unlock() releases. Names that begin with __ are plain accesses.
 */

#define BIT(number) (1UL << (number))
#define BIT_ULL(number) (1ULL << (number))
#define BIT_MASK(number) (1UL << ((unsigned long)(number) % BITS_PER_LONG))
#define BIT_WORD(number) ((unsigned long)(number) / BITS_PER_LONG)
/* The word that a bit is in. */
#define __mm_word(number, words) ((words) + BIT_WORD(number))
#define BITS_TO_LONGS(count) DIV_ROUND_UP(count, BITS_PER_LONG)
#define GENMASK(high, low) ((~0UL << (low)) & (~0UL >> (BITS_PER_LONG - 1 - (high))))
#define GENMASK_ULL(high, low) GENMASK(high, low)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

static inline bool test_bit(long number, unsigned long *words)
{
	return (READ_ONCE(*__mm_word(number, words)) & BIT_MASK(number)) != 0;
}

static inline bool test_bit_acquire(long number, unsigned long *words)
{
	return (smp_load_acquire(__mm_word(number, words)) & BIT_MASK(number)) != 0;
}

static inline void set_bit(long number, unsigned long *words)
{
	atomic_long_or(BIT_MASK(number), __mm_word(number, words));
}

static inline void clear_bit(long number, unsigned long *words)
{
	atomic_long_andnot(BIT_MASK(number), __mm_word(number, words));
}

static inline void change_bit(long number, unsigned long *words)
{
	atomic_long_xor(BIT_MASK(number), __mm_word(number, words));
}

static inline void assign_bit(long number, unsigned long *words, bool value)
{
	if (value)
		set_bit(number, words);
	else
		clear_bit(number, words);
}

static inline bool test_and_set_bit(long number, unsigned long *words)
{
	return (__bits_test_and_set(BIT_MASK(number), __mm_word(number, words)) & BIT_MASK(number)) != 0;
}

static inline bool test_and_clear_bit(long number, unsigned long *words)
{
	return (__bits_test_and_clear(BIT_MASK(number), __mm_word(number, words)) & BIT_MASK(number)) != 0;
}

static inline bool test_and_change_bit(long number, unsigned long *words)
{
	return (atomic_long_fetch_xor(BIT_MASK(number), __mm_word(number, words)) & BIT_MASK(number)) != 0;
}

static inline bool test_and_set_bit_lock(long number, unsigned long *words)
{
	return (__bits_test_and_set_lock(BIT_MASK(number), __mm_word(number, words)) & BIT_MASK(number)) != 0;
}

static inline void clear_bit_unlock(long number, unsigned long *words)
{
	atomic_long_fetch_andnot_release(BIT_MASK(number), __mm_word(number, words));
}

/* For a lock whose bit nobody else changes meanwhile: the store alone (include/asm-generic/bitops/lock.h). */
static inline void __clear_bit_unlock(long number, unsigned long *words)
{
	unsigned long old = READ_ONCE(*__mm_word(number, words));

	smp_store_release(__mm_word(number, words), old & ~BIT_MASK(number));
}

static inline bool clear_bit_unlock_is_negative_byte(long number, unsigned long *words)
{
	return (atomic_long_fetch_andnot_release(BIT_MASK(number), __mm_word(number, words)) & BIT(7)) != 0;
}

static inline void __set_bit(long number, unsigned long *words)
{
	*__mm_word(number, words) |= BIT_MASK(number);
}

static inline void __clear_bit(long number, unsigned long *words)
{
	*__mm_word(number, words) &= ~BIT_MASK(number);
}

static inline void __change_bit(long number, unsigned long *words)
{
	*__mm_word(number, words) ^= BIT_MASK(number);
}

static inline void __assign_bit(long number, unsigned long *words, bool value)
{
	if (value)
		__set_bit(number, words);
	else
		__clear_bit(number, words);
}

static inline bool __test_and_set_bit(long number, unsigned long *words)
{
	unsigned long old = *__mm_word(number, words);

	*__mm_word(number, words) = old | BIT_MASK(number);
	return (old & BIT_MASK(number)) != 0;
}

static inline bool __test_and_clear_bit(long number, unsigned long *words)
{
	unsigned long old = *__mm_word(number, words);

	*__mm_word(number, words) = old & ~BIT_MASK(number);
	return (old & BIT_MASK(number)) != 0;
}

static inline bool __test_and_change_bit(long number, unsigned long *words)
{
	unsigned long old = *__mm_word(number, words);

	*__mm_word(number, words) = old ^ BIT_MASK(number);
	return (old & BIT_MASK(number)) != 0;
}

/* A lock that is one bit (include/linux/bit_spinlock.h). */
static inline void bit_spin_lock(int number, unsigned long *words)
{
	while (test_and_set_bit_lock(number, words))
		cpu_relax();
}

static inline int bit_spin_trylock(int number, unsigned long *words)
{
	return !test_and_set_bit_lock(number, words);
}

static inline void bit_spin_unlock(int number, unsigned long *words)
{
	clear_bit_unlock(number, words);
}

static inline void __bit_spin_unlock(int number, unsigned long *words)
{
	__clear_bit_unlock(number, words);
}
