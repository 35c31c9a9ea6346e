/* Counting in a ring of a power-of-two size with one item always free (Documentation/core-api/circular-buffers.rst). */
#ifndef MEMMODEL_LINUX_CIRC_BUF_H
#define MEMMODEL_LINUX_CIRC_BUF_H

struct circ_buf {
	char *buf;
	int head;
	int tail;
};

/* Items that there are, and that there is room for. */
#define CIRC_CNT(head, tail, size) (((head) - (tail)) & ((size) - 1))
#define CIRC_SPACE(head, tail, size) CIRC_CNT((tail), (head) + 1, (size))

/* The same as far as the end of the array. Each index is read once, so that another CPU may move its own. */
#define CIRC_CNT_TO_END(head, tail, size)                                                                              \
	({                                                                                                             \
		int __mm_end = (size) - (tail);                                                                        \
		int __mm_items = ((head) + __mm_end) & ((size) - 1);                                                   \
		__mm_items < __mm_end ? __mm_items : __mm_end;                                                         \
	})
#define CIRC_SPACE_TO_END(head, tail, size)                                                                            \
	({                                                                                                             \
		int __mm_end = (size) - 1 - (head);                                                                    \
		int __mm_items = (__mm_end + (tail)) & ((size) - 1);                                                   \
		__mm_items <= __mm_end ? __mm_items : __mm_end + 1;                                                    \
	})

#endif
