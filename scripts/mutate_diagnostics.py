#!/usr/bin/env python3
"""Takes each static check out of the library in turn: exactly the rejected files that expect its sentence must then fail.

usage: mutate_diagnostics.py [--clang | --compiler CXX] [--jobs N] [Ennn...]

Each sentence of include/gesta/model/diagnostic.hpp is the static_assert of one struct. For each, a copy of the headers gets that one
static_assert neutralised and all rejected files are compiled with it. A file that still passes without its check proves nothing; a
file that fails without another's check depends on more than its name says. With numbers: only these checks are taken out.
"""
import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "rejected"))
import check

ASSERTION = re.compile(r'static_assert\(Ok, ("\[gesta (E\d+)\])')


def without(text, number):
    """The text of diagnostic.hpp with the check of that number always true."""
    if sum(m[2] == number for m in ASSERTION.finditer(text)) != 1:
        raise SystemExit(f"{number} is not in exactly one static_assert")
    return ASSERTION.sub(lambda m: f"static_assert(Ok || true, {m[1]}" if m[2] == number else m[0], text)


def precompile(include, compiler):
    """Halves the time on GCC, which takes NAME.gch for an include of NAME; a header that does not compile is left to the files."""
    for header in ("gesta/model/model.hpp", "gesta/gesta.hpp"):
        made = include / (header + ".gch")
        made.unlink(missing_ok=True)
        subprocess.run([compiler, "-std=c++20", *check.WARNINGS, f"-I{include}", "-x", "c++-header", str(include / header), "-o", str(made)],
                       capture_output=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--compiler", default="g++")
    options.add_argument("--clang", action="store_const", const="clang++-19", dest="compiler")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("numbers", nargs="*", metavar="Ennn")
    chosen = options.parse_args()

    original = (ROOT / check.DIAGNOSTICS).read_text()
    numbers = chosen.numbers or [m[2] for m in ASSERTION.finditer(original)]
    if len(ASSERTION.findall(original)) != original.count("[gesta E") or not numbers:
        raise SystemExit(f"not every sentence of {check.DIAGNOSTICS} is in a static_assert of the expected form")
    rejected = [f for f in check.files() if f.parent.name == "rejected"]
    expecting = {f: set(check.SENTENCE.match(s)[1] for s in check.expected(check.source_of(f))) for f in rejected}
    limit = check.LINES[check.family(chosen.compiler)]
    wrong, start = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(chosen.jobs) as pool:
        include = Path(folder) / "include"
        shutil.copytree(ROOT / "include", include)
        # Nothing taken out: the copy must behave as the original, or what follows means nothing.
        for number in [None, *numbers]:
            mutated = without(original, number) if number else original
            (Path(folder) / check.DIAGNOSTICS).write_text(mutated)
            if check.family(chosen.compiler) == "gcc":
                precompile(include, chosen.compiler)
            answers = pool.map(lambda f: check.check(f, chosen.compiler, include, limit)[0], rejected)
            failing = {f for f, complaints in zip(rejected, answers) if complaints}
            wanted = {f for f in rejected if number in expecting[f]}
            for file in sorted(wanted - failing):
                print(f"without {number}: {file.name} passes, though its check is gone")
            for file in sorted(failing - wanted):
                print(f"without {number or 'any change'}: {file.name} fails, though its check is there")
            if number and not wanted:
                print(f"without {number}: no rejected file expects it")
            good = failing == wanted and (wanted or not number)
            wrong += not good
            print(f"{number or 'all  '} {'ok' if good else 'WRONG'} {len(failing)} of {len(rejected)} fail", flush=True)
            if not number and not good:
                return 1
    print(f"{chosen.compiler}: {len(numbers)} checks taken out, {wrong} wrong, {time.monotonic() - start:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
