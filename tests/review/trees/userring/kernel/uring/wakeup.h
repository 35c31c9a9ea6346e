/* How the producer of a ring is woken up. */
struct userring;

void userring_wake_producer(struct userring *ring);
