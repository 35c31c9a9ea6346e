/* Arithmetic that the kernel has macros for. Arguments are evaluated once each, as there. */

#define min(x, y)                                                                                                      \
	({                                                                                                             \
		typeof(x) __mm_x = (x);                                                                                \
		typeof(y) __mm_y = (y);                                                                                \
		__mm_x < __mm_y ? __mm_x : __mm_y;                                                                     \
	})
#define max(x, y)                                                                                                      \
	({                                                                                                             \
		typeof(x) __mm_x = (x);                                                                                \
		typeof(y) __mm_y = (y);                                                                                \
		__mm_x > __mm_y ? __mm_x : __mm_y;                                                                     \
	})
#define min_t(type, x, y)                                                                                              \
	({                                                                                                             \
		type __mm_x = (x);                                                                                     \
		type __mm_y = (y);                                                                                     \
		__mm_x < __mm_y ? __mm_x : __mm_y;                                                                     \
	})
#define max_t(type, x, y)                                                                                              \
	({                                                                                                             \
		type __mm_x = (x);                                                                                     \
		type __mm_y = (y);                                                                                     \
		__mm_x > __mm_y ? __mm_x : __mm_y;                                                                     \
	})
#define min3(x, y, z) min(min(x, y), z)
#define max3(x, y, z) max(max(x, y), z)
#define umin(x, y) min_t(unsigned long, x, y)
#define umax(x, y) max_t(unsigned long, x, y)
#define clamp(value, low, high) min(max(value, low), high)
#define clamp_t(type, value, low, high) min_t(type, max_t(type, value, low), high)
#define clamp_val(value, low, high) clamp_t(typeof(value), value, low, high)
#define MIN(x, y) ((x) < (y) ? (x) : (y))
#define MAX(x, y) ((x) > (y) ? (x) : (y))

#define __mm_mask(x, size) ((typeof(x))(size) - 1)
#define ALIGN(x, size) (((x) + __mm_mask(x, size)) & ~__mm_mask(x, size))
#define ALIGN_DOWN(x, size) ((x) & ~__mm_mask(x, size))
#define IS_ALIGNED(x, size) (((x) & __mm_mask(x, size)) == 0)
#define PTR_ALIGN(pointer, size) ((typeof(pointer))ALIGN((unsigned long)(pointer), (size)))
#define round_up(x, size) ALIGN(x, size)
#define round_down(x, size) ALIGN_DOWN(x, size)
#define roundup(x, size)                                                                                               \
	({                                                                                                             \
		typeof(size) __mm_size = (size);                                                                       \
		((x) + (__mm_size - 1)) / __mm_size * __mm_size;                                                       \
	})
#define rounddown(x, size)                                                                                             \
	({                                                                                                             \
		typeof(x) __mm_x = (x);                                                                                \
		__mm_x - __mm_x % (size);                                                                              \
	})
#define DIV_ROUND_UP(x, divisor) (((x) + (divisor) - 1) / (divisor))
#define DIV_ROUND_UP_ULL(x, divisor) DIV_ROUND_UP((unsigned long)(x), (divisor))
#define PAGE_ALIGN(x) ALIGN(x, PAGE_SIZE)
#define PAGE_ALIGNED(x) IS_ALIGNED((unsigned long)(x), PAGE_SIZE)
#define lower_32_bits(x) ((u32)((x) & 0xffffffff))
#define upper_32_bits(x) ((u32)(((x) >> 16) >> 16))
#define abs(x)                                                                                                         \
	({                                                                                                             \
		typeof(x) __mm_x = (x);                                                                                \
		__mm_x < 0 ? -__mm_x : __mm_x;                                                                         \
	})

static inline bool is_power_of_2(unsigned long n)
{
	return (n != 0) & ((n & (n - 1)) == 0);
}

/*
 * One less than the power of two above n. Here and in fls64 no branch hangs on the number: to the processor these are
 * one or two instructions, and a branch would be a control dependency that is not there.
 */
static inline unsigned long __mm_smear(unsigned long n)
{
	n |= n >> 1;
	n |= n >> 2;
	n |= n >> 4;
	n |= n >> 8;
	n |= n >> 16;
	n |= n >> 32;
	return n;
}

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return __mm_smear(n - 1) + 1;
}

static inline unsigned long rounddown_pow_of_two(unsigned long n)
{
	unsigned long all = __mm_smear(n);

	return all - (all >> 1);
}

/* The number of the highest bit that is set, counted from 1; 0 where none is. */
static inline int fls64(u64 n)
{
	int bits = 0, step;

	step = (n > 0xffffffffUL) << 5;
	bits += step;
	n >>= step;
	step = (n > 0xffff) << 4;
	bits += step;
	n >>= step;
	step = (n > 0xff) << 3;
	bits += step;
	n >>= step;
	step = (n > 0xf) << 2;
	bits += step;
	n >>= step;
	step = (n > 3) << 1;
	bits += step;
	n >>= step;
	step = n > 1;
	bits += step;
	n >>= step;
	return bits + (int)n;
}

static inline int fls(unsigned int n)
{
	return fls64(n);
}

static inline int ilog2(u64 n)
{
	return fls64(n) - 1;
}

static inline int order_base_2(u64 n)
{
	return fls64(n - 1);
}

/* The number of the highest and of the lowest bit that is set, counted from 0. */
static inline unsigned long __fls(unsigned long n)
{
	return fls64(n) - 1;
}

static inline unsigned long __ffs(unsigned long n)
{
	return fls64(n & -n) - 1;
}

static inline int ffs(int n)
{
	return fls64((u32)n & -(u32)n);
}
