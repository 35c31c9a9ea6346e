"""Parts of the model without which it is the same model, each with the reason.

They stay because the model is easier to read, or safer to change, with them. In what follows hb, pb, rb are those of
the whole model, and "marked" means: between marked events, as hb and cumul-fence are by definition.

A lemma used below: cumul-fence ⊆ hb*, and a strong fence between marked events is in (hb | rb)*. Within a
thread both are in `fence & int`, which is in ppo (po-unlock-lock-po by its own arm of cumul-fence, see the
first entry). Across threads: the rfe before a strong fence or a release is in hb; po-unlock-lock-po across
threads is po-rel (the UL), rfe (to the LKR), acq-po, and so is smp_mb__after_unlock_lock; rcu-fence is in rb,
with prop the identity. Of rmw-sequence, rfe is in hb, and rfi ; rmw leads from a write to a later one of the
same location and thread, hence in co & int by coherence, as rmw itself is in fr & int: both in to-w.
"""

EQUIVALENT: dict[str, str] = {
    "lkmm.cat: ppo: without po-unlock-lock-po & int in to-w | to-r | fence & int | po-unlock-lock-po & int": (
        "cumul-fence holds po-unlock-lock-po between marked events, so prop does, and po-unlock-lock-po within a "
        "thread leads from an event to a later one: it is in (prop \\ id) & int, and so in hb. ppo is used for hb"
        " alone."
    ),
    "lkmm.cat: cumul-fence: without strong-fence in (strong-fence | po-rel)": (
        "A prop that passes a strong fence is prop' ; strong-fence ; the rest, where prop' is a prop and the rest"
        " is in hb* (cumul-fence and rfe are): it is in pb. Then hb, pb, rcu-link and rb made from it are in pb, "
        "pb, pb* and pb* ; rb, whose cycles the axioms on pb and rb forbid already, and xbstar gains nothing. In "
        "vis, what follows the fence is in xbstar, so that the whole is in its case of a strong fence."
    ),
    "lkmm.cat: ww-nonrace: without Marked * W in (Marked * W | rw-xbstar)": (
        "Where the first write is marked, ww-vis is in rw-xbstar: `ordered` is there as such, and w-post-bounded,"
        " vis and strong fences from a marked event are in xbstar by the lemma, with w-pre-bounded at the end of "
        "both."
    ),
    "lock.cat: lock-atomic: without the check": (
        "The kernel's model says it of all read-modify-writes (atomic). It is here for models that do not."
    ),
}
