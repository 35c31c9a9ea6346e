"""Parts of the architectures' models without which they are the same models, each with the reason.

They stay because the published definitions have them.

Violations of coherence, when all writes of a location are ordered by co, have five shapes: a write after one that is
co-after it (CoWW), a read before the write that it returns (CoRW1) or before one that is co-before that (CoRW2), a read
of what is co-before the thread's own write (CoWR) or before what the thread read already (CoRR). A step of co is needed
in CoWW and CoRW2 only: in CoWR the step of fr alone leads to the thread's own write.

Of POWER's four relations only steps from reads, by ii to reads and by ic to writes, get into hb, and hb is transitive:
a path that passes a read need not be in one relation where both of its pieces are. A step that ends in a write is in
dp, po-loc, ctrl, addr ; po or ci, each of which is in cc. One that starts at a write is in rfi, ci or po-loc.
"""

COHERENCE = "machine.cat: coherence: without co in po-loc | rf | co | fr"
RULES = " in (r1 | r2 | r3 | r4 | r5 | r6 | r7 | r8 | r9 | r10 | r11 | r12 | r13)"
II = " in dp | rdw | rfi | ci | (ic ; ci) | (ii ; ii)"
IC = " in ii | cc | (ic ; cc) | (ii ; ic)"
CI = " in ctrlisync | detour | (ci ; ii) | (cc ; ci)"
CC = " in dp | po-loc | ctrl | addr ; po | ci | (ci ; ic) | (cc ; cc)"

EQUIVALENT: dict[str, dict[str, str]] = {
    "x86": {
        COHERENCE: "co is in ghb, and so is program order that ends in a write: CoWW and CoRW2 are cycles of ghb.",
    },
    "arm64": {
        "arm64.cat: aob: without rmw in rmw | [range(rmw)] ; rfi ; [A | Q]": (
            "Whatever is ordered before the read of a read-modify-write is ordered before its write already. Another "
            "thread's write that it reads is co-before its write. Steps of bob that end in a read go on to all that "
            "follows it, but for [L] ; po ; [A], which an acquire ends. addr ends in the write, too, by addr ; po ; "
            "[W]; dep ; rfi ends in a read of a write that dep ; coi leads on from; aob in an acquire."
        ),
    },
    "power": {
        f"power.cat: ii: without (ic ; ci){II}": (
            "ic is a path of ii, then of cc. cc ; ci is in ci, and so in ii: what is left are steps of ii ; ii."
        ),
        f"power.cat: ci: without (cc ; ci){CI}": "cc is in ic, ic ; ci in ii, and ii in ic: no step of hb is lost.",
        f"power.cat: ci: without (ci ; ii){CI}": (
            "ci is in ii, so that ci ; ii is in ii ; ii; to a write it is in ii, hence in ic. From a write before it, "
            "cc ; ci leads to where ii begins."
        ),
        f"power.cat: ic: without ii{IC}": (
            "To a write, the last step of a path of ii is in dp or ci, and so in cc. Before it is a read, which ends a "
            "step of hb, or a write, from which the step is in ci, and what leads to that write in cc."
        ),
        f"power.cat: ic: without (ic ; cc){IC}": (
            "Where ic is in cc, cc ; cc is in cc. Where it ends in a step of ii, that is to a read, which ends a step "
            "of hb, or to a write, by dp or ci, which are in cc."
        ),
        f"power.cat: ic: without (ii ; ic){IC}": (
            "Where ii ends in a read, hb is transitive. Where it ends in a write, it does so by dp or ci, which are in "
            "cc, and go on by (ic ; cc)."
        ),
        f"power.cat: cc: without ci{CC}": "ci is in ii, and so in ic, which has (ic ; cc); ci ; ci is in ci ; ii.",
        f"power.cat: cc: without (ci ; ic){CC}": (
            "ci ; ii is in ci, which is in cc; what follows in ic is of cc: cc ; cc. Used before ci it is ic ; ci."
        ),
        f"power.cat: cc: without (cc ; cc){CC}": "In ic, (ic ; cc) says it step by step; in ci, (cc ; ci) does.",
        "power.cat: fence: without ffence in ffence | lwfence": (
            "A full fence and hb* after it are `everywhere`: a cycle of hb with one is a cycle of prop, and so is one "
            "of fre ; prop ; hb*, since `everywhere` may begin with fre. A prop-base with a full fence in it is "
            "`everywhere`, where com* is rfe; so are several, up to the last that has one."
        ),
    },
    "riscv": {
        COHERENCE: "co is in the global memory order, and so is rule 1: CoWW and CoRW2 are cycles of that.",
        f"riscv.cat: ppo: without r1{RULES}": (
            "By coherence, program order from an access to a write of the same location is in fr or co, which the "
            "global memory order has. Between the halves of one operation it says nothing."
        ),
        f"riscv.cat: ppo: without r2{RULES}": (
            "Where the second read returns another write, by coherence that is co-after the first one, and another "
            "thread's: else it would stand between the two, or the first read would return it. So fr ; rfe leads there."
        ),
        f"riscv.cat: ppo: without r8{RULES}": "From the read of a pair to its write, fr leads, too.",
    },
}
