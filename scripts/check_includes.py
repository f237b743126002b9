#!/usr/bin/env python3
"""Checks the floors of include/gesta: who may include whom.

usage: scripts/check_includes.py [ROOT]        ROOT: a folder that holds include/gesta; the repository unless said

Read from top to bottom the folders are the way of a message. A header includes headers of its own folder, of folders above it,
of detail, and std. Every broken rule is printed as file:line with what to do; the exit code is 1 when there is one.
"""
import re
import sys
from fnmatch import fnmatch
from pathlib import Path

FLOORS = ["message", "decide", "react", "model", "codec", "describe", "store", "delivery", "transport", "capture", "runtime", "testing"]

# An umbrella is for users: no header of the library includes one. Each says which folders it may gather.
UMBRELLAS = {"gesta.hpp": set(FLOORS), "domain.hpp": {"message", "decide", "react"}}

# Another library comes in through one door: the headers whose names match.
ONLY_IN = {"boost/mp11": "detail/list.hpp", "boost/hana": "detail/hana.hpp", "sqlite3.h": ("store/sqlite*.hpp", "capture/sqlite*.hpp"),
           "boost/json": "codec/json*.hpp", "sodium.h": "store/sodium*.hpp", "nats/": "transport/nats*.hpp"}

# What runs reaches stores and codecs through their concepts; these are included by their own folder, by the umbrella and by users.
ADAPTERS = ["store/sodium*.hpp", "capture/sqlite*.hpp", "capture/postgres*.hpp", "store/memory*.hpp", "store/fixed_memory*.hpp", "store/sqlite*.hpp", "store/folder*.hpp", "codec/json*.hpp"]

# The sentences of the compiler stand with the model, but every floor says some: they include nothing, so all may include them.
LEAVES = {"model/diagnostic.hpp"}

# Need a client library, or a kind of operating system: not even the umbrella includes them. The same names stand in CMakeLists.txt.
COMPONENTS = ["store/sodium*.hpp", "store/sqlite*.hpp", "store/postgres*.hpp", "codec/json*.hpp", "capture/sqlite*.hpp", "capture/postgres*.hpp", "delivery/cloud_event_json.hpp", "transport/socket*.hpp",
              "transport/nats*.hpp", "store/folder*.hpp"]

# Neither these headers nor what they include may include one of the dear std headers: everybody pays for them.
CHEAP = ["domain.hpp", "detail/list.hpp"]
DEAR = {"algorithm", "any", "array", "chrono", "format", "functional", "iostream", "map", "memory", "optional", "ostream", "ranges",
        "regex", "sstream", "string", "string_view", "tuple", "unordered_map", "variant", "vector"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]')


def includes(path):
    """(line number, quote character, name) of each include directive of a file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1], match[2]


def matches(header, patterns):
    return any(fnmatch(header, pattern) for pattern in patterns)


def floor_of(header):
    """The folder that a header stands on; the header's own name for an umbrella."""
    return header.split("/")[0]


def may_include(header, target):
    """Why `header` must not include `target` (both relative to include/gesta), or None."""
    here, there = floor_of(header), floor_of(target)
    if target in UMBRELLAS:
        return None if (header, target) == ("gesta.hpp", "domain.hpp") else "an umbrella is for users; include the headers that are meant"
    if here in UMBRELLAS:
        if matches(target, COMPONENTS):
            return "it needs a client library; users include it themselves"
        gathered = there in UMBRELLAS[here] or there == "detail"
        return None if gathered else f"{here} gathers {', '.join(sorted(UMBRELLAS[here]))} and nothing else"
    if there == "detail" or target in LEAVES:
        return None
    if here == "detail":
        return "detail knows no folder of the library; move what is needed into detail, or this header out of it"
    if there == "testing" and here != "testing":
        return "testing is included by nothing but gesta.hpp"
    if FLOORS.index(there) > FLOORS.index(here):
        return f"upward: {there} stands below {here} in the way of a message; move what is needed to {here} or above"
    if matches(target, ADAPTERS) and here != there and not matches(header, COMPONENTS):
        return "an adapter is reached through its concept"
    return None


def check(root):
    """Every broken rule below root/include/gesta, as sentences."""
    base = Path(root) / "include" / "gesta"
    headers = {path.relative_to(base).as_posix(): path for path in sorted(base.rglob("*.hpp"))}
    if not headers:
        return [f"{base}: no header found"]
    said, inside = [], {}
    for header, path in headers.items():
        inside[header] = []
        if floor_of(header) not in UMBRELLAS and floor_of(header) not in FLOORS + ["detail"]:
            said.append(f"{path}:1: {floor_of(header)} is no floor; give it a place in scripts/check_includes.py, or use another folder")
            continue
        for number, quote, name in includes(path):
            where = f"{path}:{number}: #include {name}"
            if header in LEAVES:
                said.append(f"{where}: every floor includes {header}, so it includes nothing")
            if quote == '"' or name.startswith("."):
                said.append(f"{where}: write <gesta/...>, the path a user writes")
            elif name.startswith("gesta/"):
                target = name.removeprefix("gesta/")
                if target not in headers:
                    said.append(f"{where}: there is no such header")
                elif floor_of(target) in UMBRELLAS or floor_of(target) in FLOORS + ["detail"]:
                    inside[header].append(target)
                    if reason := may_include(header, target):
                        said.append(f"{where}: {reason}")
            else:
                for prefix, only in ONLY_IN.items():
                    doors = only if isinstance(only, tuple) else (only,)
                    if name.startswith(prefix) and not matches(header, doors):
                        said.append(f"{where}: only {' and '.join(doors)} includes {prefix}")
    for root_header in CHEAP:
        said += dear_includes(root_header, headers, inside)
    return said


def dear_includes(root_header, headers, inside):
    """The dear headers that `root_header` reaches, each with the way there."""
    said, ways = [], {root_header: root_header} if root_header in headers else {}
    open_ways = list(ways)
    while open_ways:
        header = open_ways.pop()
        for number, _, name in includes(headers[header]):
            if name in DEAR or (name.startswith("boost/") and root_header == "domain.hpp"):
                said.append(f"{headers[header]}:{number}: #include {name}: {root_header} must stay cheap and reaches it: {ways[header]}")
        for target in inside[header]:
            if target not in ways:
                ways[target] = f"{ways[header]} -> {target}"
                open_ways.append(target)
    return said


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    said = check(root)
    for sentence in said:
        print(sentence)
    if not said:
        print("include floors: every header keeps them")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
