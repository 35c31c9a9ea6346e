/* A letter and its stamp: whoever sees the new stamp is meant to see the letter. */
#include <linux/types.h>
#include <asm/barrier.h>

struct mailbox {
	int letter;
	int stamp;
};

void mailbox_send(struct mailbox *box, int letter)
{
	WRITE_ONCE(box->letter, letter);
	WRITE_ONCE(box->stamp, 1);
}

int mailbox_look(struct mailbox *box)
{
	int stamp, letter;

	stamp = READ_ONCE(box->stamp);
	letter = READ_ONCE(box->letter);
	return stamp ? letter : -1;
}
