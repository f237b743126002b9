// A place for views and for what is known of who fills them, changed together.
// Floor: store. store/memory_views.hpp and store/sqlite_views.hpp are such places.
// May include: detail, message, react, store/{failure,letter,progress,row_table}.hpp.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include <gesta/store/failure.hpp>
#include <gesta/store/letter.hpp>
#include <gesta/store/progress.hpp>
#include <gesta/store/row_table.hpp>

namespace gesta {

/// The tables of some projections and, for each consumer by its name, its checkpoint and the letters it has put aside. What happens between begin
/// and commit is kept as a whole or not at all, whatever ends the program. One thread at a time.
///
///   broken()            why it cannot be used at all; nullptr when it can
///   last_failure()      why the last call gave false
///   begin()             opens a unit; of a file it takes the lock of the writer, so that what is read inside it stays so
///   commit()            keeps it, the rows of all tables included; false: it was taken back
///   rollback()          takes it back; pointers to rows are void
///   load(name, state)   how far a consumer is, and who it belongs to; the blank one where it never had any. Outside a unit: as it was committed last,
///                       by whomever. Inside one nobody else changes it, which makes an owner out of whoever is written there.
///   save(name, state)   likewise
///   table<Projection>() its row_table
///   put(name, letter)   keeps a letter; it replaces that of the same position and key
///   drop(name, letter)  takes away that of the same position and key
///   each_letter(name, visit)  visit(const letter&) in order of position, then of key, until it gives false
///   any_letter(name, any), each_due(name, now, most_keys, visit), find_letter(name, position, key, letter, found)  may be there, all or none: with them
///                       a consumer does not look at all letters in each poll. Whether any is open; visit(const letter&) as above for the open letters
///                       of at most so many keys that have one with 0 < due <= now; the letter of this position and key
///   is_blocked(name, key, blocked)  whether the consumer has an open letter of this key, one that is not discarded
template <class Views, class Projection>
concept opened_views = requires(Views& views, const Views& same, std::string_view name, progress& state, const letter& one, bool (*visit)(const letter&), bool& blocked) {
  { same.broken() } -> std::same_as<const failure*>;
  { same.last_failure() } -> std::same_as<const failure&>;
  { views.begin() } -> std::same_as<bool>;
  { views.commit() } -> std::same_as<bool>;
  views.rollback();
  { views.load(name, state) } -> std::same_as<bool>;
  { views.save(name, static_cast<const progress&>(state)) } -> std::same_as<bool>;
  { views.put(name, one) } -> std::same_as<bool>;
  { views.drop(name, one) } -> std::same_as<bool>;
  { views.each_letter(name, visit) } -> std::same_as<bool>;
  { views.is_blocked(name, std::string_view{}, blocked) } -> std::same_as<bool>;
  requires row_table<std::remove_reference_t<decltype(views.template table<Projection>())>>;
};

}  // namespace gesta
