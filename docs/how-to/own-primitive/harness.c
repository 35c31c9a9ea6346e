// Result: Never
#include "channel.c"

struct channel channel;

void P0(void)
{
	channel_send(&channel, 7);
}

void P1(void)
{
	if (channel_is_ready(&channel))
		assert(READ_ONCE(channel.message) == 7);
}
