"""Takes one thing at a time out of headers, and sees to it that a law finds it: what the lists of mutations beside it share.

    store_mutations.py [--compiler g++] [--only WORDS] [--every N] [--jobs 2] [--look]

Each mutation is one line of a header, replaced: (what is left out, header, the line's old text, its new text, the place of the laws, found by
drawn histories too). A program is compiled with it and has to report a broken law; those marked True have to be found by drawn histories as
well. --every N tries only each Nth of the others. A mutation whose line is no longer there is an error: choose another. --look says only
whether all lines are there.
"""
import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
root = here.parents[2]


def look(mutation):
    name, header, old, _, _, _ = mutation
    count = (root / "include/gesta" / header).read_text().count(old)
    return None if count == 1 else f"ERROR  {name}: the text stands {count} times in {header}: {old}"


def attempt(mutation, program_source, compiler, further):
    name, header, old, new, place, drawn = mutation
    source = (root / "include/gesta" / header).read_text()
    with tempfile.TemporaryDirectory(prefix="gesta-mutation-") as folder:
        mutated = pathlib.Path(folder) / "gesta" / header
        mutated.parent.mkdir(parents=True)
        shutil.copytree(root / "include", folder, dirs_exist_ok=True)
        mutated.write_text(source.replace(old, new))
        program = pathlib.Path(folder) / "run"
        built = subprocess.run([compiler, "-std=c++20", f"-I{folder}", f"-DGESTA_PLACE={place}", "-o", program,
                                here / program_source, "-lsqlite3", *further], capture_output=True, text=True)
        if built.returncode != 0:
            return f"ERROR  {name}: does not compile\n{built.stderr[:600]}"
        said = []
        for what in ["laws"] + (["histories"] if drawn else []):
            try:
                ran = subprocess.run([program, what], capture_output=True, text=True, timeout=120, errors="replace")
                found = [line for line in ran.stdout.splitlines() if line.startswith("broken: ")]
                if ran.returncode == 77:
                    return f"{ran.stdout.strip()} (mutation: {name})"  # skipped: ...
                if ran.returncode == 0:
                    return f"ALIVE  {name}: no broken law ({what})"
                said.append(found[0][8:] if found else f"ended with {ran.returncode}")
            except subprocess.TimeoutExpired:
                said.append("never ended")
        return f"found  {name}: {'; and '.join(said)}"


def main(mutations, program_source, further=()):
    """Tries the mutations with a program of this folder, built with further flags, and ends with 0 when a law found each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    parser.add_argument("--only", default="")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--look", action="store_true")
    given = parser.parse_args()
    gone = list(filter(None, map(look, mutations)))
    if gone or given.look:
        print(*gone, f"{len(mutations) - len(gone)} of {len(mutations)} mutations have their line", sep="\n")
        sys.exit(1 if gone else 0)
    chosen = [m for i, m in enumerate(mutations) if given.only in m[0] and (m[5] or i % given.every == 0)]
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        results = list(pool.map(lambda m: attempt(m, program_source, given.compiler, further), chosen))
    for result in results:
        print(result)
    skipped = sum(r.startswith("skipped: ") for r in results)
    wrong = sum(not r.startswith("found") for r in results) - skipped
    drawn = sum(m[5] for m in chosen)
    print(f"{len(results) - wrong - skipped} of {len(results)} mutations found, {drawn} of them by drawn histories too")
    sys.exit(1 if wrong else 77 if skipped else 0)
