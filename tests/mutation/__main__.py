"""`python -m tests.mutation`: take each part out of the kernel's model in turn, or with `--model` out of an
architecture's, and name a program that notices.

Exits 1 if nothing notices the absence of some part that is not known to be without effect, or something does
notice the absence of one that is.
"""

from __future__ import annotations

import argparse
import sys

from tests.machines.strength.tables import TABLES
from tests.mutation import equivalent_machines, machines
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.parts import FILES, REQUIRED, Part, parts
from tests.mutation.run import Program, killer, mutated, programs, whole


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("words", nargs="*", help="only parts whose name holds one of these")
    parser.add_argument("--all", action="store_true", help="conditions, filters and optional steps too")
    parser.add_argument("--model", default="lkmm", choices=("lkmm", *TABLES), help="whose parts (the kernel's)")
    arguments = parser.parse_args()
    of = arguments.model
    chosen = {
        name: part
        for name, part in parts(FILES if of == "lkmm" else machines.files(of)).items()
        if (arguments.all or part.kind in REQUIRED)
        and (not arguments.words or any(word in name for word in arguments.words))
    }
    return int(hunt(chosen, of, programs() if of == "lkmm" else machines.programs(of)))


def hunt(chosen: dict[str, Part], of: str = "lkmm", candidates: tuple[Program, ...] | None = None) -> bool:
    """Print what becomes of each part of a model; whether something is amiss."""
    survivors = wrong = 0
    equivalent = EQUIVALENT if of == "lkmm" else equivalent_machines.EQUIVALENT[of]
    # Those that noticed something before come first: they are the ones that have something to say.
    order: list[Program] = list(programs() if candidates is None else candidates)
    for name, part in chosen.items():
        model = mutated(part, of)
        found = None if model.checks == whole(of).checks else killer(model, order, of)
        if found is not None:
            order.remove(found)
            order.insert(0, found)
            wrong += name in equivalent
            print(f"{'NOT SAME' if name in equivalent else 'killed  '} {name}\n         by {found.name}")
        elif name in equivalent:
            print(f"same     {name}\n         {equivalent[name]}")
        else:
            survivors += 1
            print(f"SURVIVED {name}")
        sys.stdout.flush()
    print(f"{len(chosen)} parts: {survivors} survived, {wrong} wrongly listed as without effect")
    return survivors + wrong > 0


if __name__ == "__main__":
    sys.exit(main())
