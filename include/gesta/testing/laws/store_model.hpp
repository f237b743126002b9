// The model that the laws of stores run: small enough that its states can be written down beside each law.
// Floor: testing.
// May include: all above, std.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gesta/decide/aggregate.hpp>
#include <gesta/decide/decision.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/model.hpp>
#include <gesta/react/projection.hpp>
#include <gesta/runtime/start.hpp>

namespace gesta::laws {

// A slot is found by a number and counts digits; its events are flat.
struct counted {
  std::int64_t digit;
  static constexpr auto id = "laws.counted";
};
struct recounted {
  std::int64_t digit;
  static constexpr auto id = "laws.recounted";
};
struct count {
  std::int64_t digit;
};
struct count_twice {
  std::int64_t first, second;
};
struct even_only {
  std::int64_t digit;
  static constexpr auto id = "laws.even_only";
};
struct slot {
  std::int64_t digits = 0;  ///< one behind the other: 1, 2, 3 is 123; a recount begins anew
};

constexpr void evolve(slot& s, const counted& e) { s.digits = s.digits * 10 + e.digit; }
constexpr void evolve(slot& s, const recounted& e) { s.digits = e.digit; }

/// Counts any digit but 9, which is refused; 0 is nothing to do.
constexpr auto decide(const slot&, const count& c) -> gesta::emits<counted>::or_nothing::or_rejects<even_only> {
  if (c.digit == 9) return even_only{c.digit};
  if (c.digit == 0) return gesta::no_change;
  return counted{c.digit};
}
constexpr auto decide(const slot&, const count_twice& c) -> gesta::emits<counted, recounted> {
  return gesta::emit(counted{c.first}, recounted{c.second});
}

struct slots : gesta::aggregate<slot, gesta::commands<count, count_twice>> {
  static constexpr auto id = "laws.slot";
  using key = gesta::dense;
};

// A book is found by a name and holds words; its events are of any size.
struct said {
  std::string word;
  static constexpr auto id = "laws.said";
};
struct say {
  std::string word;
};
struct book {
  std::string words;
};
inline void evolve(book& b, const said& e) { b.words += (b.words.empty() ? "" : "-") + e.word; }
inline auto decide(const book&, const say& c) -> gesta::emits<said> { return said{c.word}; }

struct books : gesta::aggregate<book, gesta::commands<say>> {
  static constexpr auto id = "laws.book";
};

inline std::string text_of(const counted& e) { return std::to_string(e.digit); }
inline std::string text_of(const recounted& e) { return '~' + std::to_string(e.digit); }
inline std::string text_of(const said& e) { return e.word; }

/// Where an event lies, as the laws write it: "version@position:event".
template <class Event>
std::string line_of(const Event& event, const gesta::about& where) {
  return std::to_string(where.version) + '@' + std::to_string(where.position) + ':' + text_of(event);
}

/// Everything that was ever projected, in the order in which it came.
struct history {
  std::vector<std::string> lines;
};
inline void project(history& h, const counted& e, const gesta::about& where) { h.lines.push_back(line_of(e, where)); }
inline void project(history& h, const recounted& e, const gesta::about& where) { h.lines.push_back(line_of(e, where)); }
inline void project(history& h, const said& e, const gesta::about& where) { h.lines.push_back(line_of(e, where)); }

struct histories : gesta::projection<history> {
  static constexpr auto id = "laws.history";
};

struct law_book : gesta::model<slots, books, histories> {};

/// Each reading is one later than the one before.
struct ticking {
  std::int64_t* now;
  gesta::timestamp operator()() const noexcept { return {++*now}; }
};

}  // namespace gesta::laws
