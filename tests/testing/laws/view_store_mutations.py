#!/usr/bin/env python3
"""Takes one thing at a time out of the view stores, and sees to it that a law finds it. mutating.py says how it is called."""
import mutating

rows, consumers, views, memory = "store/sqlite_rows.hpp", "store/sqlite_consumers.hpp", "store/sqlite_views.hpp", "store/memory_views.hpp"

# (what is left out, header, the line's old text, its new text, the place of the laws, found by drawn histories too)
mutations = [
    ("sqlite: what others wrote is not looked for", rows, "if (others_.number(0) != version_) {", "if (version_ == -1) {", "views_in_sqlite", False),
    ("sqlite: rows of a unit that was taken back stay in memory", views, "    (table<Projection>().forget(), ...);\n", "", "views_in_sqlite", False),
    ("sqlite: rows are not written at the commit", views, "if (on::flush() && own.commit())", "if (own.commit())", "views_in_sqlite", False),
    ("sqlite: a unit that is taken back is kept", views, "    own.rollback();\n    on::rollback();", "    own.commit();\n    on::rollback();", "views_in_sqlite", False),
    ("sqlite: a row is written once only", rows, "one.is_dirty = false;", "(void)0;", "views_in_sqlite", False),
    ("sqlite: an erased row stays in the file", rows, "      return unit_.run(erase_);", "      return true;", "views_in_sqlite", False),
    ("sqlite: an erased row keeps what it was", rows, "    found->row = blank(key);\n", "", "views_in_sqlite", False),
    ("sqlite: what was not read is not erased", rows, "is_whole_ ? presence::no : presence::perhaps", "presence::no", "views_in_sqlite", False),
    ("sqlite: a row that was not read is inserted", rows, "one.in_file == presence::no ? add_ :", "one.in_file != presence::yes ? add_ :", "views_in_sqlite", False),
    ("sqlite: an erased row is there", rows, "    found->is_there = false;\n", "", "views_in_sqlite", False),
    ("sqlite: all rows are in memory, it is said", rows, "is_whole_ = !unit_.file().next(any_, failed);", "is_whole_ = unit_.file().next(any_, failed);", "views_in_sqlite", False),
    ("sqlite: what was taken away is still in memory", rows, "    forget();\n    generation_ = unit_.generation();\n    is_whole_ = unit_.run(clear_);",
     "    is_whole_ = unit_.run(clear_);", "views_in_sqlite", False),
    ("sqlite: rows are counted without those of the unit", rows, "&& (dirty_.empty() || flush()); }", "; }", "views_in_sqlite", False),
    ("sqlite: rows come in no order", rows, '" order by " + keys)', '" order by " + keys + " desc")', "views_in_sqlite", False),
    ("sqlite: a visitor cannot end", rows, "else if (!visit(static_cast<const row_type&>(row))) return true;", "else if (!visit(static_cast<const row_type&>(row))) continue;", "views_in_sqlite", False),
    ("sqlite: a text with a zero ends there", "store/sqlite_columns.hpp", "has_zero ? to.set_blob(at, bytes)", "has_zero ? to.set(at, value.data())", "views_in_sqlite", False),
    ("sqlite: two consumers are one", consumers, "save_.set_text(0, view(consumer)).set_blob(1,", "save_.set_text(0, view(\"c\")).set_blob(1,", "views_in_sqlite", False),
    ("sqlite: an owner is lost", consumers, "else save_.set_blob(4, {owner.bytes, sizeof owner.bytes});", "else save_.set_null(4);", "views_in_sqlite", False),
    ("sqlite: that there are no letters is remembered for ever", consumers, "if (asked_ != consumer || generation_ != unit_.generation()) {", "if (asked_ != consumer) {", "views_in_sqlite", False),
    ("sqlite: that there are no letters is remembered after one is put", consumers, "fits(one.position)) return false;\n    asked_.clear();", "fits(one.position)) return false;", "views_in_sqlite", False),
    ("sqlite: that there are no letters is remembered after a unit was taken back", consumers, "void forget() noexcept { asked_.clear(); }", "void forget() noexcept {}", "views_in_sqlite", False),
    ("sqlite: discarded letters hold up", consumers, "where consumer = ? and key = ? and discarded = '' limit 1", "where consumer = ? and key = ? limit 1", "views_in_sqlite", False),
    ("sqlite: letters of one position come in the order in which SQL sees their keys", consumers, "order by position, cast(key as blob) limit 64", "order by position, key limit 64", "views_in_sqlite", False),
    ("sqlite: only the first letters are visited", consumers, "} while (some.size() == page);", "} while (some.size() == page + 1);", "views_in_sqlite", False),
    ("sqlite: a letter of another key is dropped too", consumers, "delete from letters where consumer = ? and position = ? and key = ?", "delete from letters where consumer = ? and position = ? and ? is not null", "views_in_sqlite", False),
    ("memory: a changed row is not kept as it was", memory, "  row_type* find_or_add(const key_type& key) {\n    if (is_open_) keep(key);", "  row_type* find_or_add(const key_type& key) {", "views_in_memory", False),
    ("memory: an erased row is not kept as it was", memory, "  bool erase(const key_type& key) {\n    if (is_open_) keep(key);", "  bool erase(const key_type& key) {", "views_in_memory", False),
    ("memory: rows that are taken away are not kept", memory, "if (!is_open_ || is_cleared_) return rows_.clear();", "return rows_.clear();", "views_in_memory", False),
    ("memory: a row is kept as the unit left it", memory, "if (before_.size() == kept) return;", "(void)kept;", "views_in_memory", False),
    ("memory: letters that are dropped hold up", memory, "--blocked_.find_or_add(of)->letters == 0) blocked_.erase(of);", "--blocked_.find_or_add(of)->letters == 1) blocked_.erase(of);", "views_in_memory", False),
    ("memory: discarded letters hold up", memory, "if (one.discarded.empty()) ++blocked_", "++blocked_", "views_in_memory", False),
]

mutating.main(mutations, "view_store_run.cpp")
