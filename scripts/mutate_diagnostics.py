#!/usr/bin/env python3
"""Takes each static check out of the library in turn: exactly the rejected files that expect its sentence must then fail.

usage: mutate_diagnostics.py [--all | --others N] [--seed S] [--compiler CXX]... [--jobs N] [--files PREFIX]... [Ennn...]

Each sentence of include/gesta/model/diagnostic.hpp is the static_assert of one struct. For each, a copy of the headers gets that one
static_assert neutralised, and rejected files are compiled with it, by every compiler (GCC and Clang unless said). Then
  - a file that expects the sentence fails, and fails because nobody says it: it is not in the output, and the file's other sentences
    are, once each. A file that passes without its check proves nothing;
  - every other file passes. One that fails without another's check depends on more than its name says.
First nothing is taken out, and every file passes: it gives its own sentences and no other error. With numbers: only these checks are
taken out; with --files: only the rejected files whose names begin so are compiled, and by default only what they expect is taken out.

That first run decides the second point: a file in which the check of a number holds is, for the compiler, the same program with and
without it. So with each check taken out the files that expect it are compiled, and of the others N that are drawn (4 unless said). --all
compiles every file for each check, which takes an hour on two cores.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "rejected"))
import check

ASSERTION = re.compile(r'static_assert\(Ok, ("\[gesta (E\d+)\])')
COMPILERS = ["g++", "clang++-19"]


def without(text, number):
    """The text of diagnostic.hpp with the check of that number always true."""
    if sum(m[2] == number for m in ASSERTION.finditer(text)) != 1:
        raise SystemExit(f"{number} is not in exactly one static_assert")
    return ASSERTION.sub(lambda m: f"static_assert(Ok || true, {m[1]}" if m[2] == number else m[0], text)


def includes_of(source):
    """What a file includes of the library, as one text. It stands before everything else, so precompiled it means the same."""
    found = [line for line in source.splitlines() if line.startswith("#include <")]
    return "".join(line + "\n" for line in found)


class precompiled:
    """What many files include, compiled once for each change of the headers."""

    def __init__(self, compiler, include, folder, sources):
        self.compiler, self.include, self.folder = compiler, include, folder
        self.family = check.family(compiler)
        often = Counter(map(includes_of, sources))
        self.names = {text: folder / f"{self.family}{i}.hpp" for i, (text, count) in enumerate(sorted(often.items())) if count > 1 and text}
        for text, name in self.names.items():
            name.write_text(text)

    def make(self, pool):
        list(pool.map(self.make_one, self.names.values()))

    def make_one(self, name):
        made = self.made(name)
        made.unlink(missing_ok=True)
        subprocess.run([self.compiler, "-std=c++20", *check.WARNINGS, f"-I{self.include}", "-x", "c++-header", str(name), "-o", str(made)],
                       check=True, capture_output=True)

    def made(self, name):
        return name.with_suffix(".hpp.gch" if self.family == "gcc" else ".hpp.pch")

    def flags(self, source):
        name = self.names.get(includes_of(source))
        if name is None:
            return []
        return ["-include", str(name)] if self.family == "gcc" else ["-include-pch", str(self.made(name))]


def judge(file, sentences, number, complaints, output):
    """What is wrong with the answer to a file whose sentences are given, without the check of the number (None: all are there)."""
    if number is None or number not in numbers_in(sentences):
        return [f"fails, though its check is there: {complaint}" for complaint in complaints]
    if not complaints:
        return ["passes, though its check is gone"]
    wrong = [f"still says {number}"] if f"[gesta {number}]" in output else []
    others = [s for s in sentences if check.SENTENCE.match(s)[1] != number]
    return wrong + [f"no longer says what else is wrong: {c}" for c in complaints if any(c.endswith(s) for s in others)]


def numbers_in(sentences):
    return {check.SENTENCE.match(s)[1] for s in sentences}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--compiler", action="append", metavar="CXX")
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    options.add_argument("--others", type=int, default=4, metavar="N")
    options.add_argument("--all", action="store_true")
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options.add_argument("--files", action="append", metavar="PREFIX")
    options.add_argument("numbers", nargs="*", metavar="Ennn")
    chosen = options.parse_args()

    compilers = chosen.compiler or COMPILERS
    for compiler in compilers:
        if shutil.which(compiler) is None:
            raise SystemExit(f"{compiler} is not on this machine")
    original = (ROOT / check.DIAGNOSTICS).read_text()
    rejected = {f: check.source_of(f) for f in check.files() if f.parent.name == "rejected" and f.name.startswith(tuple(chosen.files or [""]))}
    sentences = {f: check.expected(source) for f, source in rejected.items()}
    expected = {number for said in sentences.values() for number in numbers_in(said)}
    numbers = chosen.numbers or [m[2] for m in ASSERTION.finditer(original) if not chosen.files or m[2] in expected]
    if len(ASSERTION.findall(original)) != original.count("[gesta E") or not numbers:
        raise SystemExit(f"not every sentence of {check.DIAGNOSTICS} is in a static_assert of the expected form")
    draw = random.Random(chosen.seed)
    print(f"seed {chosen.seed}", flush=True)
    wrong, compiled, start = 0, 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(chosen.jobs) as pool:
        include = Path(folder) / "include"
        shutil.copytree(ROOT / "include", include)
        headers = {c: precompiled(c, include, Path(folder), rejected.values()) for c in compilers}
        limit = {c: check.LINES[check.family(c)] for c in compilers}
        for number in [None, *numbers]:
            (Path(folder) / check.DIAGNOSTICS).write_text(without(original, number) if number else original)
            own = [f for f in rejected if number in numbers_in(sentences[f])]
            told = [f"no rejected file expects {number}"] if number and not own else []
            whole = number is None or chosen.all
            looked_at = list(rejected) if whole else own + draw.sample(others := [f for f in rejected if f not in own], min(chosen.others, len(others)))
            for compiler in compilers:
                if whole:
                    headers[compiler].make(pool)
                flags = headers[compiler].flags if whole else lambda source: []
                answers = pool.map(lambda f: check.check(f, compiler, include, limit[compiler], flags(rejected[f])), looked_at)
                for file, (complaints, output) in zip(looked_at, answers):
                    told += [f"{compiler}: {file.name} {w}" for w in judge(file, sentences[file], number, complaints, output)]
                compiled += len(looked_at)
            wrong += bool(told)
            what = f"without {number}: {'WRONG' if told else 'ok'}, fail:" if number else f"all checks there: {'WRONG' if told else 'ok'}, none fails"
            print(what, *(f.name.split(".")[0] for f in own), *(f"\n  {line}" for line in told), flush=True)
            if not number and told:
                return 1
    print(f"{' and '.join(compilers)}: {len(numbers)} checks taken out one by one, {len(rejected)} rejected files, {compiled} compilations, "
          f"{wrong} checks wrong, {time.monotonic() - start:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
