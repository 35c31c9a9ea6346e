/* A task that sleeps until there is work. */
#ifndef _LINUX_SLEEPER_H
#define _LINUX_SLEEPER_H

#include <asm/barrier.h>

struct sleeper {
	int asleep;
	int work;
};

#endif
