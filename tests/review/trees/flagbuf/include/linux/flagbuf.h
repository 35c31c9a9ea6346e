/* One word and a flag that says whether it is there. */
#ifndef _LINUX_FLAGBUF_H
#define _LINUX_FLAGBUF_H

#include <linux/errno.h>
#include <linux/types.h>
#include <asm/barrier.h>

struct flagbuf {
	int word;
	int full;
	int length;
};

int flagbuf_post(struct flagbuf *buffer, int word);
int flagbuf_fetch(struct flagbuf *buffer, int *word);

#endif
