#!/usr/bin/env python3
"""Takes one thing at a time out of the PostgreSQL store and its views, and sees to it that a law finds it. mutating.py says how it is called."""
import pathlib
import subprocess
import sys

import mutating

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "servers"))
import postgres  # noqa: E402

connection, appending, records, log, outcomes, rows, consumers, views = (
    "store/postgres_connection.hpp", "store/postgres_appending.hpp", "store/postgres_records.hpp", "store/postgres_log.hpp", "store/postgres_outcomes.hpp",
    "store/postgres_rows.hpp", "store/postgres_consumers.hpp", "store/postgres_views.hpp")

# (what is left out, header, the line's old text, its new text, the place of the laws, found by drawn histories too)
mutations = [
    ("a closed stream takes events", appending, "    if (head->closed) return doom(tombstoned());\n", "", "in_postgres", False),
    ("what others wrote is not looked for", appending, "if (connection_.changes() != known_changes_) {", "if (known_changes_ == 1) {", "in_postgres", False),
    ("a unit that was taken back leaves its last position", appending, "    last_ = committed_;\n    if (seen_", "    if (seen_", "in_postgres", False),
    ("ends of streams are not written", appending, "    flush();\n    write_heads();\n    if (rings_)", "    flush();\n    if (rings_)", "in_postgres", False),
    ("an end that others closed is moved", appending, "where stream = $1 and version = $2 and not closed returning 1)", "where stream = $1 returning 1)", "in_postgres", False),
    ("streams that a unit made stay when it is taken back", appending, "    streams_.cut(kept_keys_);\n", "", "in_postgres", False),
    ("the time of an event is lost", appending, "times_.number(from.time.nanoseconds);", "times_.number(0);", "in_postgres", False),
    ("what the unit wrote is not read", log, "    if (is_changed(head.number)) flush();\n    return head.number == 0 || records_.read_stream", "    return head.number == 0 || records_.read_stream", "in_postgres", False),
    ("a stream that a unit has made is not there before it is sent", log, "is_open_ && type != 0 ? unsent(type, key) : 0", "is_open_ && type == 0 ? unsent(type, key) : 0", "side_by_side_in_postgres", False),
    ("backwards one event too few", records, "row.number(0) - (part.backwards ? 1 : 0); }, [&] { return part.limit - count; },\n        [&](const postgres_row& row, bool& wants_more) {\n          const std::int64_t here", "row.number(0) - (part.backwards ? 1 : 0); }, [&] { return part.limit - count - (part.backwards ? 1 : 0); },\n        [&](const postgres_row& row, bool& wants_more) {\n          const std::int64_t here", "in_postgres", False),
    ("a stream begins one event too late", records, "std::max(postgres_number(part.after), first - 1)", "std::max(postgres_number(part.after), first)", "in_postgres", False),
    ("what is erased is all of the stream", log, "payload = null where stream = $1 and version >= $2 and version < $3", "payload = null where stream = $1 and version >= $2 and version <= $3", "in_postgres", False),
    ("the highest number of a sender is fresh", outcomes, "number > from->highest) return recall_result::fresh;", "number >= from->highest) return recall_result::fresh;", "in_postgres", False),
    ("outcomes wait for ever", appending, "    flush_streams();\n    outcomes_.flush();", "    flush_streams();", "in_postgres", False),
    ("what a unit has read is not held", appending, "if (held_.size() != 0) connection_.queue(", "if (held_.size() != 0 && moves) connection_.queue(", "side_by_side_in_postgres", False),
    ("what a unit has not found is not held", appending, "    return hold_absent();\n", "    return true;\n", "side_by_side_in_postgres", False),
    ("units side by side see what others commit meanwhile", connection, "begin isolation level repeatable read", "begin", "side_by_side_in_postgres", False),
    ("a unit side by side does not say that it is under way", connection, "        queue(enter_, postgres_arguments<1>().integer(postgres_units(schema_)));\n", "", "side_by_side_in_postgres", False),
    ("the end of the log is the last one's, not the horizon", appending, "static_cast<std::uint64_t>(horizon_)", "static_cast<std::uint64_t>(last_)", "side_by_side_in_postgres", False),
    ("a unit that was taken back side by side leaves its place", appending, "if (connection_.is_by_horizon()) end_beside(outside_);", "", "side_by_side_in_postgres", False),
    ("who comes second is told that the server is busy", connection, "      last_.why = failure::kind::conflict;\n", "", "side_by_side_in_postgres", False),
    ("who looks at a stream sends what the unit has", log, "    if (!type_of(aggregate, type)) return false;\n    if (const std::int64_t own", "    if (!type_of(aggregate, type)) return false;\n    if (is_open_) flush();\n    if (const std::int64_t own", "side_by_side_in_postgres", False),
    ("a new sender is sent at once", outcomes, "if (is_beside) made_.push_back({s.name, s.number});", "if (is_beside) connection_.queue(add_source_beside_, postgres_arguments<2>().integer(static_cast<std::int32_t>(s.number)).add(text_.escaped(s.name)));", "side_by_side_in_postgres", False),
    ("rows are not written at the commit", views, "if (on::flush() && own.commit())", "if (own.commit())", "views_in_postgres", False),
    ("rows of a unit that was taken back stay in memory", views, "    (table<Projection>().forget(), ...);\n", "", "views_in_postgres", False),
    ("an erased row stays", rows, "      unit_.file().queue(erase_, arguments);\n", "", "views_in_postgres", False),
    ("rows of others are not looked for", rows, "if (changes_ != connection_.changes()) ++generation_;", "", "views_in_postgres", False),
    ("discarded letters hold up", consumers, "where consumer = $1 and key = $2 and discarded = '' limit 1", "where consumer = $1 and key = $2 limit 1", "views_in_postgres", False),
    ("only the first letters are visited", consumers, "} while (some.size() == page);", "} while (some.size() == page + 1);", "views_in_postgres", False),
    ("an owner is lost", consumers, "state.owner == message_id{} ? arguments.add({})", "true ? arguments.add({})", "views_in_postgres", False),
]

if "--look" not in sys.argv:
    postgres.skip_without("testing/laws/postgres_mutations")
where = subprocess.run(["pg_config", "--includedir"], capture_output=True, text=True, check=False).stdout.strip() or "/usr/include/postgresql"
mutating.main(mutations, "postgres_run.cpp", (f"-I{where}", "-lpq"))
