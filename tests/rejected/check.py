"""Compiles the rejected and the accepted files and compares what the compiler says with what a user is promised.

usage: check.py [--compiler g++] [--include DIR] [--jobs N] [--compiled DIR] [FILE...]

tests/rejected/E101_event_without_evolve.cpp begins with the sentence that is expected, whole, as a comment; with two of them for
two mistakes, the same one twice too. Then
  - there is one error for each sentence, with that sentence, and no other error;
  - a line `// in event_without_evolve<false, accounts, noted>` demands that the report names these types;
  - a sentence takes at most 25 lines of output of GCC, 45 of Clang.
tests/accepted/ holds its twin under the same name, without the mistake: it compiles without a word at every warning.
A file that ends in .cpp.py prints the source. What several files say alike is included from a folder beside them: "shop/order.hpp". Without FILE: all of both folders, and every sentence of
include/gesta/model/diagnostic.hpp has a rejected file, each with its twin.
Nearly all files include <gesta/model/model.hpp> or <gesta/gesta.hpp> before all else, and most of their time is this header, or it and some others that
many files include: with --compiled DIR the compiler reads them from DIR, where --compile DIR has put them.
"""
import argparse
import functools
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DIAGNOSTICS = "include/gesta/model/diagnostic.hpp"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow"]
COMMON = ("gesta/model/model.hpp", "gesta/gesta.hpp")
MANY = 20
LINES = {"gcc": 25, "clang": 45}
SENTENCE = re.compile(r"\[gesta (E\d+)\] \S.*")


def files(root=ROOT):
    """All rejected and accepted files."""
    return sorted(f for kind in ("rejected", "accepted") for f in (root / "tests" / kind).glob("E*.cpp*"))


def source_of(file):
    if file.suffix != ".py":
        return file.read_text()
    return subprocess.run([sys.executable, "-B", str(file)], check=True, capture_output=True, text=True).stdout


def expected(source):
    """The sentences in the first lines of a rejected file."""
    found = []
    for line in source.splitlines():
        if not line.startswith("// [gesta E"):
            break
        found.append(line[3:].strip())
    return found


def headers_of(source):
    """The headers in angle brackets that a source includes: they stand before everything else."""
    return tuple(re.findall(r"^#include <(.*)>", source, re.MULTILINE))


def name_of_set(headers):
    name = "_".join(h.replace("/", "-").removesuffix(".hpp") for h in headers)
    return (name if len(name) <= 200 else hashlib.sha256(name.encode()).hexdigest()) + ".hpp"  # a file's name has 255 characters at most


def sets_of_many(root=ROOT):
    """What MANY files include beside one of COMMON, several headers of the library."""
    often = Counter(headers_of(f.read_text()) for f in files(root) if f.suffix != ".py")
    return [headers for headers, count in often.items() if count >= MANY and sum(h.startswith("gesta/") for h in headers) > 1]


def compile_common(folder, compiler, include):
    """Puts each of COMMON into a folder, compiled, and each set of headers that many include."""
    folder.mkdir(parents=True, exist_ok=True)
    for headers in [*((common,) for common in COMMON), *sets_of_many()]:
        header = folder / name_of_set(headers)
        header.write_text("".join(f"#include <{h}>\n" for h in headers))
        subprocess.run([compiler, "-std=c++20", *WARNINGS, f"-I{include}", "-x", "c++-header", header, "-o", f"{header}.gch"], check=True)


def flags_of_common(source, compiler, folder):
    """By which the compiler reads from a folder what a source includes before all else, where it lies there."""
    if folder is None or (first := re.search(r'^#include [<"](.*)[>"]', source, re.MULTILINE)) is None:
        return ()
    for headers in (headers_of(source), (first[1],)):
        header = folder / name_of_set(headers)
        if headers and headers[0] == first[1] and header.exists() and (len(headers) > 1 or first[1] in COMMON):
            return ("-include-pch", f"{header}.gch") if family(compiler) == "clang" else ("-include", header)
    return ()


def ask(source, compiler, include, name, flags=()):
    """What the compiler says about a source, which it reads from its standard input; and whether it takes it."""
    command = [compiler, "-std=c++20", "-fsyntax-only", *WARNINGS, f"-I{include}", f"-I{HERE}", *flags, "-x", "c++", "-"]
    done = subprocess.run(command, input=f'#line 1 "{name}"\n' + source, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C", "GCC_COLORS": ""})
    return done.stdout + done.stderr, done.returncode == 0


@functools.cache
def family(compiler):
    said = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout
    return "clang" if "clang" in said else "gcc"


def judge_rejected(source, output, accepted, limit):
    """What is wrong with the answer to a rejected file, as sentences; empty when it is as promised."""
    sentences = expected(source)
    if not sentences:
        return ["its first line is no  // [gesta Ennn] sentence"]
    if accepted:
        return ["it compiles"]
    complaints = []
    errors = [line for line in output.splitlines() if re.search(r"\berror:", line)]
    for sentence in dict.fromkeys(sentences):
        if not SENTENCE.fullmatch(sentence):
            complaints.append(f"expects something that is no sentence: {sentence}")
        hits = [line for line in errors if line.split("error:", 1)[1].rstrip("\"'’ ").endswith(sentence)]
        if len(hits) != sentences.count(sentence):
            complaints.append(f"{len(hits)} errors instead of {sentences.count(sentence)} say: {sentence}")
        errors = [line for line in errors if line not in hits]
    complaints += [f"an error that is not expected: {line}" for line in errors]
    for wanted in re.findall(r"^// in (.*)$", source, re.MULTILINE):
        if squeezed("diagnostic::" + wanted) not in squeezed(output):
            complaints.append(f"the report does not name: {wanted}")
    lines = len(output.splitlines())
    if lines > limit * len(sentences):
        complaints.append(f"{lines} lines of output, at most {limit * len(sentences)}")
    return complaints


def squeezed(text):
    return re.sub(r"\s+", "", text)


def judge_accepted(output, accepted):
    if not accepted:
        return ["it does not compile"]
    return ["the compiler says something"] if output else []


def check(file, compiler, include, limit, flags=(), compiled=None):
    """The complaints about one file, and what the compiler said."""
    source = source_of(file)
    flags = (*flags_of_common(source, compiler, compiled), *flags)
    output, accepted = ask(source, compiler, include, f"{file.parent.name}/{file.name}", flags)
    if file.parent.name == "accepted":
        return judge_accepted(output, accepted), output
    return judge_rejected(source, output, accepted, limit), output


def incomplete(root=ROOT):
    """Sentences without a rejected file, and files without their twin."""
    names = {kind: {f.name for f in files(root) if f.parent.name == kind} for kind in ("rejected", "accepted")}
    tested = {number for name in names["rejected"] for number in re.findall(r"E\d+", name)}
    numbers = [m[1] for m in SENTENCE.finditer((root / DIAGNOSTICS).read_text())]
    complaints = [f"{n} stands in more than one sentence" for n in sorted(set(numbers)) if numbers.count(n) > 1]
    complaints += [f"{n} has no rejected file" for n in numbers if n not in tested]
    complaints += [f"{n} is no number of a sentence" for n in sorted(tested - set(numbers))]
    complaints += [f"rejected/{n} has no twin in accepted/" for n in sorted(names["rejected"] - names["accepted"])]
    complaints += [f"accepted/{n} has no twin in rejected/" for n in sorted(names["accepted"] - names["rejected"])]
    return complaints


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--compiler", default="g++")
    options.add_argument("--include", default=str(ROOT / "include"), help="the folder of gesta's headers")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--compile", type=Path, metavar="DIR", help="check nothing: compile what most files include, for --compiled")
    options.add_argument("--compiled", type=Path, metavar="DIR", help="where --compile has put it")
    options.add_argument("--complete", action="store_true", help="compile nothing: only whether each sentence and each twin is there")
    options.add_argument("--show", action="store_true", help="print what the compiler said of each file")
    options.add_argument("files", nargs="*", type=Path, metavar="FILE")
    chosen = options.parse_args()

    if chosen.compile:
        compile_common(chosen.compile, chosen.compiler, chosen.include)
        return 0
    missing = [] if chosen.files else incomplete()
    print(*missing, sep="\n", end="\n" if missing else "")
    if chosen.complete:
        return 1 if missing else 0

    failed = 0
    limit = LINES[family(chosen.compiler)]
    todo = [f.resolve() for f in chosen.files] or files()
    with ThreadPoolExecutor(chosen.jobs) as pool:
        results = pool.map(lambda f: check(f, chosen.compiler, chosen.include, limit, compiled=chosen.compiled), todo)
        for file, (complaints, output) in zip(todo, results):
            for complaint in complaints:
                print(f"{file.parent.name}/{file.name}: {complaint}")
            if complaints or chosen.show:
                print(output)
            failed += bool(complaints)
    print(f"{chosen.compiler}: {len(todo)} files, {failed} failed")
    return 1 if failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
