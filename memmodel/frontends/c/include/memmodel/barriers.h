/*
 * Barriers and waiting. Those that are a primitive by another name (mb, dma_rmb, virt_store_mb, cpu_relax …) are in the
 * table of primitives.
 */

/* A dependency is enough on all CPUs since the last one that needed these has gone (memory-barriers.txt, "ADDRESS
   DEPENDENCY BARRIERS (HISTORICAL)"). */
#define smp_read_barrier_depends() ((void)0)
#define read_barrier_depends() ((void)0)

/*
 * Wait until `condition`, in which VAL is what was read (include/asm-generic/barrier.h: equivalent to using READ_ONCE()
 * or smp_load_acquire() on the variable).
 */
#define smp_cond_load_relaxed(pointer, condition)                                                                      \
	({                                                                                                             \
		typeof(pointer) __mm_pointer = (pointer);                                                              \
		typeof(*__mm_pointer) VAL;                                                                             \
		for (;;) {                                                                                             \
			VAL = READ_ONCE(*__mm_pointer);                                                                \
			if (condition)                                                                                 \
				break;                                                                                 \
		}                                                                                                      \
		VAL;                                                                                                   \
	})
#define smp_cond_load_acquire(pointer, condition)                                                                      \
	({                                                                                                             \
		typeof(pointer) __mm_pointer = (pointer);                                                              \
		typeof(*__mm_pointer) VAL;                                                                             \
		for (;;) {                                                                                             \
			VAL = smp_load_acquire(__mm_pointer);                                                          \
			if (condition)                                                                                 \
				break;                                                                                 \
		}                                                                                                      \
		VAL;                                                                                                   \
	})

/* Migration, and interrupts on this CPU, are nothing that other CPUs see. */
#define migrate_disable() ((void)0)
#define migrate_enable() ((void)0)
#define local_irq_save(flags) ((void)((flags) = 0))
#define local_irq_restore(flags) ((void)(flags))
#define local_irq_disable() ((void)0)
#define local_irq_enable() ((void)0)
#define raw_local_irq_save(flags) local_irq_save(flags)
#define raw_local_irq_restore(flags) local_irq_restore(flags)
#define local_bh_disable() ((void)0)
#define local_bh_enable() ((void)0)
