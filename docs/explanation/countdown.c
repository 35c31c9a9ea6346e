int work;

void P0(void)
{
	for (int done = 0; done < READ_ONCE(work); done++)
		assert(done < 2);
}

void P1(void)
{
	WRITE_ONCE(work, 3);
}
