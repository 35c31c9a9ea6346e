/* How a driver hands a message over. publish_fence() is the architecture's, in assembly. */

struct channel {
	int message;
	int ready;
};

static void channel_send(struct channel *channel, int message)
{
	WRITE_ONCE(channel->message, message);
	publish_fence();
	WRITE_ONCE(channel->ready, 1);
}

#define channel_is_ready(channel) smp_load_acquire(&(channel)->ready)
