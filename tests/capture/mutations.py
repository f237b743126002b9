#!/usr/bin/env python3
"""Takes one thing at a time out of change capture, and sees to it that a test finds it. ../testing/laws/mutating.py says how it is called."""
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "testing" / "laws"))
import mutating  # noqa: E402

journal, sqlite, rows, deliver = "capture/sqlite_journal.hpp", "capture/sqlite.hpp", "capture/rows.hpp", "capture/deliver.hpp"
bytes_, fields, postgres = "capture/pgoutput.hpp", "capture/pgoutput_rows.hpp", "capture/postgres.hpp"

# (what is left out, header, the line's old text, its new text, the test that has to find it, found by drawn histories too)
mutations = [
    ("what the hook saw stays when its statement is taken back", journal, "while (!self.waiting_.empty() && self.waiting_.back().stamp > survived) self.waiting_.pop_back();", "", "sqlite", False),
    ("another hook is not noticed", journal, "if (self.is_hook_due_) {", "if (false) {", "sqlite", False),
    ("a blob is written in silence", journal, "is_blob_written_ = true;", "", "sqlite", False),
    ("the fastest reader trims the journal", journal, "(select min(position)", "(select max(position)", "sqlite", False),
    ("a backfill counts as made when it begins", sqlite, "!journal_.keep(from, false)", "!journal_.keep(from, true)", "sqlite", False),
    ("an old NULL is believed in a column with a default", journal, "!(is_old && column.has_default)", "true", "sqlite", False),
    ("a change is passed over when the app fails", deliver, "cause = what;\n      return false;", "cause = what;\n      return true;", "sqlite", False),
    ("a refusal is heard again", deliver, "if (!outcome && !outcome.repeated())", "if (!outcome)", "sqlite", False),
    ("large positions share a name", deliver, "if (commit == 0 && index == 0)", "if (true)", "sqlite", False),
    ("a polled change of an open transaction is told", sqlite, "if (journal_.is_open()) return {failure(failure::kind::busy, 0, \"a transaction is open on the connection: \", journal_.path()), 0};\n      if (!journal_.is_complete())", "if (!journal_.is_complete())", "sqlite", False),
    ("a number is read behind the end", bytes_, "good_ = good_ && size <= left_", "good_ = true", "pgoutput", False),
    ("a message may go on behind its end", bytes_, "return from.left() == 0 ? nullptr", "return true ? nullptr", "pgoutput", False),
    ("a transaction may end elsewhere", bytes_, "message.commit != commit_ || ", "", "pgoutput", False),
    ("a large value that was not sent is not looked for in the old row", fields, "cells[at].kind == 'u' && (old == nullptr || (*old)[at].kind == 'u')", "cells[at].kind == 'u'", "postgres", False),
    ("what is no key is believed to be NULL", fields, "told == pg_told::key && !of.columns[at].is_key", "false", "postgres", False),
    ("a column that is not there is left out in silence", rows, "why == absence::no_column && !is_nullable<field>", "false", "postgres", False),
    ("a part of a transaction comes twice", postgres, "if (of != nullptr && at_ < here) {", "if (of != nullptr) {", "postgres", False),
    ("a transaction is acknowledged when it begins", postgres, "if (message_.kind == 'C') handled_ = message_.end;", "if (order_.is_open()) handled_ = order_.commit() + 8;", "postgres", False),
    ("a dropped slot is not noticed", postgres, "if (rows[0][1] != \"t\") {", "if (false) {", "postgres", False),
]

mutating.main(mutations, here / "run.cpp", ("-I/usr/include/postgresql", "-lpq"))
