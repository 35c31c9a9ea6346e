/* Names of types, and the limits of integers, as on 64-bit little-endian machines. */

typedef unsigned int uint;
typedef unsigned long ulong;
typedef unsigned short ushort;
typedef unsigned char uchar;
typedef unsigned int gfp_t;
typedef unsigned int fmode_t;
typedef unsigned int umode_t;
typedef unsigned int __poll_t;
typedef int pid_t;
typedef long off_t;
typedef long loff_t;
typedef unsigned long sector_t;
typedef unsigned long phys_addr_t;
typedef unsigned long resource_size_t;
typedef unsigned long dma_addr_t;
typedef long ktime_t;
typedef long time64_t;
typedef long time_t;
typedef int irqreturn_t;

typedef u16 __le16;
typedef u32 __le32;
typedef u64 __le64;
typedef u16 __be16;
typedef u32 __be32;
typedef u64 __be64;
typedef u32 __wsum;

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

struct callback_head {
	struct callback_head *next;
	void (*func)(struct callback_head *head);
};

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

#define CHAR_BIT 8
#define BITS_PER_BYTE 8
#define BITS_PER_LONG 64
#define BITS_PER_LONG_LONG 64
#define BITS_PER_TYPE(type) (sizeof(type) * BITS_PER_BYTE)

#define U8_MAX ((u8)~0U)
#define S8_MAX ((s8)(U8_MAX >> 1))
#define S8_MIN ((s8)(-S8_MAX - 1))
#define U16_MAX ((u16)~0U)
#define S16_MAX ((s16)(U16_MAX >> 1))
#define S16_MIN ((s16)(-S16_MAX - 1))
#define U32_MAX 0xffffffffU
#define S32_MAX 0x7fffffff
#define S32_MIN (-S32_MAX - 1)
#define U64_MAX 0xffffffffffffffffUL
#define S64_MAX 0x7fffffffffffffffL
#define S64_MIN (-S64_MAX - 1)

#define UCHAR_MAX 255
#define CHAR_MAX 127
#define SCHAR_MAX 127
#define USHRT_MAX 65535
#define SHRT_MAX 32767
#define INT_MAX 0x7fffffff
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX 0xffffffffU
#define LONG_MAX 0x7fffffffffffffffL
#define LONG_MIN (-LONG_MAX - 1)
#define ULONG_MAX 0xffffffffffffffffUL
#define LLONG_MAX LONG_MAX
#define LLONG_MIN LONG_MIN
#define ULLONG_MAX ULONG_MAX
#define SIZE_MAX ULONG_MAX
#define SSIZE_MAX LONG_MAX
#define UINTPTR_MAX ULONG_MAX
#define UINT8_MAX 255
#define UINT16_MAX 65535
#define UINT32_MAX 0xffffffffU
#define UINT64_MAX ULONG_MAX
#define INT8_MAX 127
#define INT16_MAX 32767
#define INT32_MAX INT_MAX
#define INT64_MAX LONG_MAX

#define cpu_to_le16(x) ((__le16)(x))
#define cpu_to_le32(x) ((__le32)(x))
#define cpu_to_le64(x) ((__le64)(x))
#define le16_to_cpu(x) ((u16)(x))
#define le32_to_cpu(x) ((u32)(x))
#define le64_to_cpu(x) ((u64)(x))
#define le16_to_cpup(x) ((u16)*(x))
#define le32_to_cpup(x) ((u32)*(x))
#define le64_to_cpup(x) ((u64)*(x))
