"""Every kind of bad input, through the real command: a clear error, exit 2, and no other file affected."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import MP, MP_ORDERED, Ran, memmodel

GARBAGE = b"(* " + b"x" * (10 << 20)

FILES: dict[str, tuple[bytes, str]] = {
    # name: (content, what the error says)
    "unknown": (MP.replace("WRITE_ONCE(*x", "WRITE_ONC(*x").encode(), "WRITE_ONC"),
    "comma": (MP.replace("(*x, 1)", "(*x 1)").encode(), ":11:"),
    "brace": (MP.replace("}\n\nP1", "\n\nP1").encode(), ":"),
    "number": (MP.replace("P1(", "P2(").encode(), "P"),
    "twice": (MP.replace("P1(", "P0(").encode(), "P0"),
    "conditions": (MP.encode() + b"exists (1:r0=0)\n", ":"),
    "empty": (b"", "empty"),
    "blank": (b"\n \n", ""),
    "binary": (bytes(range(256)) * 8, "text"),
    "large": (GARBAGE, "larger"),
    "deep": (MP.replace("exists (", "exists (" + "(" * 50_000).encode(), ""),
    "nested": (MP.replace("1);\n}", "1);" + "if (1) {" * 20_000 + "}" * 20_000 + "\n}").encode(), ""),
    "language": (b"X86 SB\n{}\n P0 | P1 ;\n MOV [x],$1 | MOV [y],$1 ;\nexists (x=1)\n", ""),
    "verdict": (MP.replace("Sometimes", "Perhaps").encode(), "Perhaps"),
    "null": (MP.replace("READ_ONCE(*x)", "READ_ONCE(*(int *)0)").encode(), "NULL"),
    "division": (MP.replace("READ_ONCE(*x)", "1 / READ_ONCE(*x)").encode(), "zero"),
    "bounds": (
        b"C bounds\n{ int a[2]; }\nP0(int *a, int *i)\n{\n\tint r1 = READ_ONCE(*i);\n\tint r0 = READ_ONCE(a[r1 + 2]);\n"
        b"}\nP1(int *i)\n{\n\tWRITE_ONCE(*i, 1);\n}\nexists (0:r0=0)\n",
        "outside",
    ),
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Every bad file, written."""
    paths = {}
    for name, (content, _) in FILES.items():
        paths[name] = tmp_path / f"{name}.litmus"
        paths[name].write_bytes(content)
    return paths


@pytest.mark.parametrize("name", FILES)
def test_bad_text_is_a_clear_error_and_exit_2(name: str, files: dict[str, Path]) -> None:
    ran = memmodel("check", str(files[name]))
    said = " ".join(ran.out.split())
    assert ran.status == 2, said
    assert said.startswith("error")
    assert str(files[name]) in said
    assert FILES[name][1] in said
    assert "internal error" not in said
    assert len(ran.out) < 2000


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_good_files_among_bad_ones_are_decided(jobs: str, files: dict[str, Path], tmp_path: Path) -> None:
    good = tmp_path / "good.litmus"
    good.write_text(MP_ORDERED)
    paths = [str(path) for bad in files.values() for path in (bad, good)]
    ran = memmodel("check", "-f", "json", "-j", jobs, *paths)
    assert ran.status == 2
    entries = ran.results()
    assert [entry["file"] for entry in entries] == paths
    assert {entry["outcome"] for entry in entries[1::2]} == {"pass"}
    assert {entry["outcome"] for entry in entries[::2]} == {"error"}
    assert all(entry["reason"] for entry in entries[::2])


def test_overlapping_accesses_of_different_size_are_unsupported(tmp_path: Path) -> None:
    file = tmp_path / "mixed.litmus"
    file.write_text("C mixed\n{}\nP0(u8 *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\nP1(u64 *x)\n{\n\tu64 r0 = READ_ONCE(*x);\n}\n"
                    "exists (1:r0=1)\n")  # fmt: skip
    (entry,) = (ran := memmodel("check", "-f", "json", str(file))).results()
    assert (entry["outcome"], entry["observation"], ran.status) == ("unsupported", None, 3)
    assert str(file) in str(entry["reason"])


def test_a_fault_on_one_path_is_reported_and_the_rest_decided(tmp_path: Path) -> None:
    file = tmp_path / "null.litmus"
    file.write_text(FILES["division"][0].decode())
    (entry,) = memmodel("check", "-f", "json", str(file)).results()
    assert entry["observation"] is not None
    assert f"{file}:18:" in str(entry["reason"])


@pytest.mark.parametrize("warned", ["parameter", "register"])
def test_what_herd7_takes_as_zero_is_a_warning(warned: str, tmp_path: Path) -> None:
    file = tmp_path / "warned.litmus"
    if warned == "parameter":
        file.write_text(MP.replace("P1(int *x, int *y)", "P1(int *x)").replace("READ_ONCE(*y)", "y"))
    else:
        file.write_text(MP.replace("1:r0=1", "1:r7=0"))
    ran = memmodel("check", str(file))
    assert ran.status in (0, 1)
    assert "warning:" in ran.out
    quiet = memmodel("check", "-f", "json", str(file))
    assert "warning:" in quiet.err
    assert quiet.results()[0]["observation"] is not None


def missing(said: Ran, path: str) -> None:
    assert said.status == 2
    assert path in said.out


def test_paths_that_give_no_test_are_errors(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    missing(memmodel("check", str(tmp_path / "absent.litmus")), "absent.litmus")
    missing(memmodel("check", str(tmp_path / "empty")), "holds no *.litmus file")
    missing(memmodel("check", "x" * 5000), "no such file")
    missing(memmodel("check", "/dev/zero"), "larger")


def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    """A link to itself: nobody can read it, not even root."""
    file = tmp_path / "loop.litmus"
    file.symlink_to(file)
    missing(memmodel("check", str(file)), "cannot be read")


MODELS = {
    "cycle": 'include "cycle.cat"\n',
    "type": '"t"\nacyclic [po] as a\n',
    "syntax": '"t"\nlet x = po |\n',
    "name": '"t"\nacyclic pp as a\n',
    "absent": None,
    "binary": "\x00\x01\x02",
    "deep": '"t"\nacyclic ' + "(" * 50_000,
}


@pytest.mark.parametrize("name", MODELS)
def test_a_bad_model_is_a_clear_error_and_exit_2(name: str, tmp_path: Path) -> None:
    test, model = tmp_path / "MP.litmus", tmp_path / f"{name}.cat"
    test.write_text(MP)
    if (text := MODELS[name]) is not None:
        model.write_text(text)
    ran = memmodel("check", "--model", str(model), str(test))
    assert ran.status == 2
    assert "error:" in ran.err
    assert f"{name}.cat" in ran.err
    assert "internal error" not in ran.err
    entries = memmodel("check", "-f", "json", "--model", str(model), str(test)).results()
    assert [(entry["file"], entry["outcome"]) for entry in entries] == [(str(test), "error")]
