#!/usr/bin/env python3
"""Takes one thing at a time out of what threads hand over, and sees to it that a test finds it.

    mutations.py --compiler clang++-19 [--only WORDS] [--jobs 2] [--look]

Each mutation is one line of a header, replaced. The test that is named is compiled with it under ThreadSanitizer, and has to fail, to be
reported, or never to end: a wake that is lost. A mutation whose line is no longer there is an error: choose another. --look says only
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

root = pathlib.Path(__file__).resolve().parents[2]

buffer, lanes = "runtime/bounded_buffer", "runtime/partitions"

# (what is left out, header and test, the line's old text, its new text)
mutations = [
    ("what is put is not published", buffer, "compare_exchange_strong(tail, tail + 2)", "compare_exchange_strong(tail, tail + 2, std::memory_order_relaxed)"),
    ("a place is not given back", buffer, "from.head_.store(next);", "from.head_.store(next, std::memory_order_relaxed);"),
    ("the taker is not woken", buffer, "    taker_.wake();\n    return answer::kept;", "    return answer::kept;"),
    ("the putter is not woken", buffer, "from.putter_.wake();", ""),
    ("closing does not wake the putter", buffer, "    putter_.wake();\n    taker_.wake();", "    taker_.wake();"),
    ("closing does not wake the taker", buffer, "    putter_.wake();\n    taker_.wake();", "    putter_.wake();"),
    ("what is put while it is closed is said to be kept", buffer, "      take_back(place);\n      return answer::closed;", "      return answer::kept;"),
    ("a value that is not kept is gone", buffer, "return fill(swap, swap);", "return fill(swap, [](T&) {});"),
    ("one place more than it says", buffer, "if (at - seen_head_ == capacity) {", "if (at - seen_head_ == places) {"),
    ("a sleeper does not look once more", buffer, "      sleeps_.store(1);\n      if (ready()) return sleeps_.store(0, std::memory_order_relaxed);",
     "      if (ready()) return;\n      sleeps_.store(1);"),
    ("a key has several workers", lanes, "worker& w = in_keys ? worker_of(", "worker& w = in_keys && turn_++ % 64 != 0 ? worker_of("),
    ("locate is not asked for the worker", lanes, "return send(worker_of(detail::hash_bytes(bytes.data, bytes.size)), [&]",
     "return send(worker_of(detail::hash_bytes(where.key.data, where.key.size)), [&]"),
    ("the key is not copied", "runtime/event_copy", "    where_.key = key_.bytes();\n", ""),
    ("what failed is done", lanes, "all < first ? all : first - 1", "all"),
    ("what is at work is done", lanes, "if (w->finished.load() >= sent) continue;", "if (w->finished.load() + 1 >= sent) continue;"),
    ("what a worker is at is done", lanes, "w->next.load() - 1;", "w->next.load();"),
    ("given before it is sent", lanes, "reached(where.position - 1);", "reached(where.position);"),
    ("a key goes on behind a failure", lanes, "if (!in_keys || w.blocked_count.load() == 0) return false;", "return false;"),
    ("what is kept back is not given", lanes, "if (const dispatched rest = give_rest(); !rest) return rest;", "last_ = outcome::all;"),
    ("what is undone has no bound", lanes, ">= Bounded::capacity) return outcome::undone;", "== ~std::size_t{0}) return outcome::undone;"),
    ("a key is released before its events are parked", lanes, "if (one.key == key) return false;", ""),
    ("an abandoned worker says that it did its last event", lanes, "if (abandoned_.load(std::memory_order_relaxed)) return false;",
     "if (abandoned_.load(std::memory_order_relaxed)) return w.finished.store(w.sent.load()), false;"),
    ("who waits is not told when the buffer is empty", lanes, "    if (waiting_.load() != 0 && finished >= w.sent.load()) tell();\n", ""),
    ("who waits is not told when all is given", lanes, "    tell_beyond(before + 1, position + 1);\n", ""),
    ("only the nearest position is told", lanes, "before <= highest_.load() && now > lowest_.load()", "before <= lowest_.load() && now > lowest_.load()"),
    ("who waits is not told that the workers have ended", lanes, "    if (waiting_.load() != 0) tell();\n  }\n\n  bool handle(", "  }\n\n  bool handle("),
    ("workers note failures without a lock", lanes, "  void set_aside(worker& w, const item& one, const failure& cause) {\n    const std::lock_guard locked(aside_lock_);",
     "  void set_aside(worker& w, const item& one, const failure& cause) {"),
    ("a place holds the event before", "runtime/event_copy", "held<Given>() = event;", ""),
    ("what was not given is done", lanes, "if (position <= before || !kept_back_.empty()) return;", "if (position <= before) return;"),
]


def look(mutation):
    name, header, old, _ = mutation
    count = (root / f"include/gesta/{header}.hpp").read_text().count(old)
    return None if count == 1 else f"ERROR  {name}: the text stands {count} times in {header}: {old}"


def build(compiler, folder, test, program):
    flags = ["-std=c++20", "-O0", "-fsanitize=thread", "-DDOCTEST_CONFIG_SUPER_FAST_ASSERTS", "-DDOCTEST_CONFIG_NO_EXCEPTIONS_BUT_WITH_ALL_ASSERTS"]
    return subprocess.run([compiler, *flags, f"-I{folder}", "-o", program, root / f"tests/{test}.test.cpp", root / "tests/main.cpp", "-pthread"],
                          capture_output=True, text=True)


def attempt(mutation, compiler, limit=100):
    name, header, old, new = mutation
    test = header if header in (buffer, lanes) else lanes
    with tempfile.TemporaryDirectory(prefix="gesta-mutation-") as folder:
        shutil.copytree(root / "include", folder, dirs_exist_ok=True)
        mutated = pathlib.Path(folder) / f"gesta/{header}.hpp"
        mutated.write_text(mutated.read_text().replace(old, new))
        program = pathlib.Path(folder) / "run"
        built = build(compiler, folder, test, program)
        if built.returncode != 0:
            return f"ERROR  {name}: does not compile\n{built.stderr[:600]}"
        for _ in range(5):  # a race may not come about in one run
            try:
                ran = subprocess.run([program], capture_output=True, text=True, timeout=limit, errors="replace",
                                     env={**os.environ, "TSAN_OPTIONS": "halt_on_error=1"})
            except subprocess.TimeoutExpired:
                return f"found  {name}: never ended"
            if ran.returncode != 0:
                said = [line for line in (ran.stdout + ran.stderr).splitlines() if "ERROR" in line or "WARNING: ThreadSanitizer" in line]
                return f"found  {name}: {said[0].strip() if said else f'ended with {ran.returncode}'}"
        return f"ALIVE  {name}: {test} passes"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", default="clang++-19")
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--look", action="store_true")
    given = parser.parse_args()
    gone = list(filter(None, map(look, mutations)))
    if gone or given.look:
        print(*gone, f"{len(mutations) - len(gone)} of {len(mutations)} mutations have their line", sep="\n")
        return 1 if gone else 0
    for test in (buffer, lanes):  # with nothing taken out they pass, and in less time
        said = attempt(("nothing", test, "#pragma once", "#pragma once"), given.compiler, 50)
        if not said.startswith("ALIVE"):
            print(f"ERROR  without a mutation: {said}")
            return 1
    chosen = [m for m in mutations if given.only in m[0]]
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        results = []
        for result in pool.map(lambda m: attempt(m, given.compiler), chosen):
            results.append(result)
            print(result, flush=True)
    wrong = sum(not r.startswith("found") for r in results)
    print(f"{len(results) - wrong} of {len(results)} mutations found")
    return 1 if wrong else 0


sys.exit(main())
