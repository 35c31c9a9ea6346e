/* Who uses the ring from other files. */
#include <linux/ptrslots.h>

int parcel_send(struct ptrslots *ring, struct parcel *parcel)
{
	return ptrslots_put(ring, parcel, 7);
}

int parcel_receive(struct ptrslots *ring)
{
	return ptrslots_take(ring);
}
