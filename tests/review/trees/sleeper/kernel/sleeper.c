/* Either the sleeper sees the work, or who brings it sees the sleeper. */
#include <linux/sleeper.h>

int sleeper_may_sleep(struct sleeper *sleeper)
{
	WRITE_ONCE(sleeper->asleep, 1);
	/* Pairs with smp_mb() in sleeper_bring(). */
	smp_mb();
	return !READ_ONCE(sleeper->work);
}

int sleeper_bring(struct sleeper *sleeper)
{
	WRITE_ONCE(sleeper->work, 1);
	/* Pairs with smp_mb() in sleeper_may_sleep(). */
	smp_mb();
	return READ_ONCE(sleeper->asleep);
}
