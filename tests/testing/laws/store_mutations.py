#!/usr/bin/env python3
"""Takes one thing at a time out of the stores and the code above them, and sees to it that a law finds it.

    store_mutations.py [--compiler g++] [--only WORDS] [--every N] [--jobs 2] [--look]

Each mutation is one line of a header, replaced. The program of store_run.cpp is compiled with it and has to report a broken law; those
marked True have to be found by drawn histories as well. --every N tries only each Nth of the others. A mutation whose line is no longer
there is an error: choose another. --look says only whether all lines are there.
"""
import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[3]

# (what is left out, header, the line's old text, its new text, the place of the laws, found by drawn histories too)
mutations = [
    ("an exact version may be lower", "message/once.hpp", "actual == version :", "actual >= version :", "in_memory", True),
    ("exists takes an empty stream", "message/once.hpp", "what == of::anything || actual != 0;", "true;", "in_memory", False),
    ("any is taken for exists", "message/once.hpp", "what == of::anything || actual != 0;", "actual != 0;", "in_memory", False),
    ("a repetition is not looked for", "runtime/appending.hpp", "if (may_be_there && lies_there<aggregate>(facts, events)) {",
     "if (may_be_there && events.empty()) {", "in_memory", True),
    ("the type of a repeated event is not compared", "runtime/appending.hpp", "record.tag != events[same].tag || !has_bytes(", "!has_bytes(", "in_memory", False),
    ("the content of a repeated event is not compared", "runtime/appending.hpp", " || !has_bytes(record, events[same].bytes);", ";", "in_memory", False),
    ("some there and some new is a repetition", "runtime/appending.hpp", "if (differ || same != events.size()) return false;",
     "if (differ) return false;", "in_memory", False),
    ("a stream may be named twice", "runtime/appending.hpp", "if (earlier == stream)", "if (false && earlier == stream)", "in_memory", False),
    ("half a repetition is written", "runtime/appending.hpp", "if (repeated_ != 0) return appended(cause_of_repeated_",
     "if (false) return appended(cause_of_repeated_", "in_memory", False),
    ("the first position of a repetition is that of its last stream", "runtime/appending.hpp", "if (first_ == 0 || first < first_) first_ = first;",
     "first_ = first;", "in_memory", False),
    ("the last conflict is told", "runtime/appending.hpp", "if (conflicts_ || failed_) return;", "if (failed_) return;", "in_memory", False),
    ("a condition is not held", "runtime/appending.hpp", "if (facts.expectation().holds(actual)) return;",
     "if (events.empty() || facts.expectation().holds(actual)) return;", "in_memory", False),
    ("an append is forgotten under its name", "runtime/app.hpp", "const bool is_kept = outcome && !outcome.repeated() && (outcome.position() != 0 || detail::is_given<once, Argument...>);",
     "const bool is_kept = outcome && !outcome.repeated() && outcome.position() != 0;", "in_memory", False),
    ("facts happen now", "runtime/app.hpp", "from.time = detail::given_option<at_time>(argument...).time;", "(void)0;", "in_memory", False),
    ("after includes its version", "store/slice.hpp", "return number > after && number <= to;", "return number >= after && number <= to;", "in_sqlite", False),
    ("to excludes its version", "store/slice.hpp", "return number > after && number <= to;", "return number > after && number < to;", "in_memory", False),
    ("memory: the log begins one event too early", "runtime/stored.hpp", "if (forwards.position() <= part.after ||", "if (forwards.position() < part.after ||", "in_memory", False),
    ("memory: the log ends one event too early", "runtime/stored.hpp", "part.to < end.records ? part.to : end.records);", "part.to < end.records ? part.to - 1 : end.records);", "in_memory", False),
    ("memory: one event more than the limit", "runtime/stored.hpp", "std::uint64_t left = part.limit; left != 0; --left", "std::uint64_t left = part.limit; left + 1 != 0; --left", "in_memory", False),
    ("memory: positions backwards are late by one", "runtime/stored.hpp", "at.head != nullptr; at = next()) later.push_back(at);",
     "at.head != nullptr; at = next()) later.push_back({at.head, at.position + 1});", "in_memory", False),
    ("memory: a stream has events beyond its bound", "runtime/holdings.hpp", "if (part.holds(version)) stream.push_back(at);", "stream.push_back(at);", "in_memory", False),
    ("memory: backwards is forwards", "runtime/holdings.hpp", "part.backwards ? i : stream.size() - 1 - i;", "stream.size() - 1 - i;", "in_memory", False),
    ("memory: the position of a stream's event is late by one", "store/record.hpp", "return before_ + 1;", "return before_ + 2;", "in_memory", False),
    ("memory: outcomes of a batch that was taken back stay", "store/memory.hpp", "while (entries_.size() > count) {", "while (entries_.size() > count + 1) {", "in_memory", False),
    ("memory: an outcome is never found", "store/memory.hpp", "if (at == hash_index::absent) return false;", "if (at == hash_index::absent || true) return false;", "in_memory", False),
    ("what was taken back stays in the log", "runtime/unit_of_work.hpp", "    unit().cut(start);", "    (void)start;", "in_memory", False),
    ("what was kept is not projected", "runtime/unit_of_work.hpp", "    project_since(unit_);\n    if constexpr (!is_memory) pending_.cut(unit_);", "    if constexpr (!is_memory) pending_.cut(unit_);", "in_memory", False),
    ("the state is not folded anew", "runtime/unit_of_work.hpp", "for (const stale& one : touched) this->table_at", "if (false) for (const stale& one : touched) this->table_at", "in_memory", False),
    ("what the state needs is erased", "runtime/erasing.hpp", "if (!same_state(kept, found->state))", "if (false && !same_state(kept, found->state))", "in_memory", True),
    ("what was erased is read as if it never was", "runtime/stored.hpp", "if (part.after + 1 < head.first && part.to > part.after)", "if (false && head.first == 1)", "in_memory", False),
    ("memory: a closed stream takes events", "runtime/unit_of_work.hpp", "if (entity.stream.closed) [[unlikely]]", "if (entity.stream.closed && !log_type::can_fail) [[unlikely]]", "in_fixed_memory", False),
    ("memory: a closed stream has its old state", "runtime/erasing.hpp", "  found->state = typename Aggregate::state_type{};\n  return true;", "  return true;", "in_fixed_memory", False),
    ("memory: one event more is erased", "runtime/stored.hpp", "if (version < end) held.unit().erase", "if (version <= end) held.unit().erase", "in_memory", False),
    ("a refused unit of its own takes the open batch with it", "runtime/app.hpp", "if (is_own && engine.open()) engine.roll_back();", "if (engine.open()) engine.roll_back();", "in_memory", False),
    ("sqlite: a closed stream takes events", "store/sqlite_log.hpp", "    if (head->closed) return doom(tombstoned());", "", "in_sqlite", False),
    ("sqlite: what others wrote is not looked for", "store/sqlite_log.hpp", "if (file_.data_version() != known_version_) {", "if (false) {", "in_sqlite", True),
    ("sqlite: a unit that was taken back leaves its last position", "store/sqlite_log.hpp", "    last_ = committed_;", "", "in_sqlite", True),
    ("sqlite: links lead nowhere", "store/sqlite_log.hpp", "head->version + 1, head->position, type, from, 0, 0}", "head->version + 1, 0, type, from, 0, 0}", "in_sqlite", False),
    ("sqlite: heads are not written", "store/sqlite_log.hpp", "if (!flush() || !write_heads() ||", "if (!flush() ||", "in_sqlite", False),
    ("sqlite: waiting events are lost", "store/sqlite_log.hpp", "if (!flush() || !write_heads() ||", "if (!write_heads() ||", "in_sqlite", False),
    ("sqlite: a stream begins one event too early", "store/sqlite_log.hpp", "std::max(as_number(part.after) + 1, head.first)", "std::max(as_number(part.after), head.first)", "in_sqlite", False),
    ("sqlite: backwards one event more than the limit", "store/sqlite_log.hpp", "from = to - limit + 1;", "from = to - limit;", "in_sqlite", False),
    ("sqlite: forwards one event less than the limit", "store/sqlite_log.hpp", "to = from + limit - 1;", "to = from + limit - 2;", "in_sqlite", False),
    ("sqlite: the highest number of a sender is fresh", "store/sqlite_outcomes.hpp", "number > from->highest) return recall_result::fresh;",
     "number >= from->highest) return recall_result::fresh;", "in_sqlite", True),
    ("sqlite: versions of a unit that was taken back stay", "store/sqlite_log.hpp", "head.version = was.version;", "", "in_sqlite", False),
    ("sqlite: the time of an event is lost", "store/sqlite_unit.hpp", "case 5: return value.number(from.time.nanoseconds);", "case 5: return value.number(0);", "in_sqlite", False),
    ("sqlite: versions are late by one in the file", "store/sqlite_unit.hpp", "case 2: return value.number(version);", "case 2: return value.number(version + 1);", "in_sqlite", False),
]


def look(mutation):
    name, header, old, _, _, _ = mutation
    count = (root / "include/gesta" / header).read_text().count(old)
    return None if count == 1 else f"ERROR  {name}: the text stands {count} times in {header}: {old}"


def attempt(mutation, compiler):
    name, header, old, new, place, drawn = mutation
    source = (root / "include/gesta" / header).read_text()
    with tempfile.TemporaryDirectory(prefix="gesta-mutation-") as folder:
        mutated = pathlib.Path(folder) / "gesta" / header
        mutated.parent.mkdir(parents=True)
        shutil.copytree(root / "include", folder, dirs_exist_ok=True)
        mutated.write_text(source.replace(old, new))
        program = pathlib.Path(folder) / "run"
        built = subprocess.run([compiler, "-std=c++20", f"-I{folder}", f"-DGESTA_PLACE={place}", "-o", program,
                                root / "tests/testing/laws/store_run.cpp", "-lsqlite3"], capture_output=True, text=True)
        if built.returncode != 0:
            return f"ERROR  {name}: does not compile\n{built.stderr[:600]}"
        said = []
        for what in ["laws"] + (["histories"] if drawn else []):
            try:
                ran = subprocess.run([program, what], capture_output=True, text=True, timeout=120, errors="replace")
                found = [line for line in ran.stdout.splitlines() if line.startswith("broken: ")]
                if ran.returncode == 0:
                    return f"ALIVE  {name}: no broken law ({what})"
                said.append(found[0][8:] if found else f"ended with {ran.returncode}")
            except subprocess.TimeoutExpired:
                said.append("never ended")
        return f"found  {name}: {'; and '.join(said)}"


def main():
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
        return 1 if gone else 0
    chosen = [m for i, m in enumerate(mutations) if given.only in m[0] and (m[5] or i % given.every == 0)]
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        results = list(pool.map(lambda m: attempt(m, given.compiler), chosen))
    for result in results:
        print(result)
    wrong = sum(not r.startswith("found") for r in results)
    drawn = sum(m[5] for m in chosen)
    print(f"{len(results) - wrong} of {len(results)} mutations found, {drawn} of them by drawn histories too")
    return 1 if wrong else 0


sys.exit(main())
