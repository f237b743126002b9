// The laws of view stores, as one template that is run for each. A new one passes these first.
// Floor: testing.
// May include: all above, std.
//
//     struct my_place {                                        // where one view store lies; a new one is empty
//       static constexpr bool outlives = true;                 // whether it is there when its program is gone
//       static constexpr bool shared = true;                   // whether several programs may open it
//       my_views views() { return {...}; }                     // what it is opened from
//     };
//     const auto found = gesta::laws::hold_for_view_store<my_place>([](const char* law, const std::string& how) { ... });
//
// A law is steps with ';' between them. What stands behind "->" is what the step has to come to; without it the step has to succeed. Keys are
// words; '.' is the empty one, '~' a byte zero. There are rows by a text, with a number and a note, rows by a number, and a view of one row.
//
//     begin | commit | rollback
//     add KEY N [NOTE]        changes a row -> its number then             get KEY -> its number, or -         note KEY -> its note, or -
//     erase KEY | clear       rows -> KEY=N ... | -                        size -> N       many N M   M more for each of the rows 0 to N - 1
//     line K N | unline K     the same by a number                         lines -> K=N ... | -
//     sum N | unsum           the same of the view of one row              total -> N | -
//     save CONSUMER POSITION [full] | load CONSUMER -> POSITION [full] | -                full: with all that progress has
//     put CONSUMER POSITION KEY [CAUSE] [full] | discard CONSUMER POSITION KEY | drop CONSUMER POSITION KEY
//     letters CONSUMER -> POSITION:KEY[:CAUSE][!][ full] ... | -           !: discarded
//     blocked CONSUMER KEY -> yes | no
//     fill CONSUMER N         letters 1 to N of the key k                  count CONSUMER -> N     first CONSUMER N -> as letters
//     empty CONSUMER -> N     drops each letter that it visits
//     reopen                  the program ends, wherever it is, and another begins
//     other STEP              by another program on the same view store
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gesta/message/text.hpp>
#include <gesta/react/projection.hpp>
#include <gesta/store/letter.hpp>
#include <gesta/store/progress.hpp>
#include <gesta/store/view_store.hpp>
#include <gesta/testing/laws/store_script.hpp>
#include <gesta/testing/laws/view_store_table.hpp>

namespace gesta::laws {

// ---- the views

struct kept_row {
  gesta::text<12> key;
  std::int64_t number = 0;
  std::string note;
};
struct kept_rows : gesta::projection<gesta::rows<kept_row, "key">> {
  static constexpr auto id = "kept_rows";
};
struct kept_line {
  std::int64_t number = 0;
  std::int32_t key = 0;
};
struct kept_lines : gesta::projection<gesta::rows<kept_line, "key">> {
  static constexpr auto id = "kept_lines";
};
struct kept_sum {
  std::int64_t number = 0;
};
struct kept_total : gesta::projection<kept_sum> {
  static constexpr auto id = "kept_total";
};

/// What a run of the laws has seen.
struct view_store_findings {
  std::size_t laws = 0;   ///< how many were tested
  std::size_t cases = 0;  ///< how often: each law again with the store opened anew behind each unit, where it outlives its program
  std::size_t steps = 0;
  std::size_t left_out = 0;  ///< laws about what this place has not got
};

/// Carries out steps on one opened view store.
template <class Views>
class view_script {
 public:
  static_assert(gesta::opened_views<Views, kept_rows> && gesta::opened_views<Views, kept_lines> && gesta::opened_views<Views, kept_total>);  // for who writes one, likewise

  explicit view_script(const auto& from) : views_(from) {}

  bool in_unit() const noexcept { return in_unit_; }

  /// What a step came to; "failed", "nobody knows" for a step that there is not.
  std::string run(const detail::words& w) {
    if (views_.broken() != nullptr) return "failed";
    const std::string& step = w[0];
    if (step == "begin") return done(in_unit_ = views_.begin());
    if (step == "commit") return in_unit_ = false, done(views_.commit());
    if (step == "rollback") return in_unit_ = false, views_.rollback(), "done";
    if (step == "size") return std::to_string(rows().size());
    if (step == "rows") return all(rows(), [](const kept_row& row) { return said(row.key); });
    if (step == "lines") return all(lines(), [](const kept_line& row) { return std::to_string(row.key); });
    if (step == "total") return number_in(total().find(only_row{}));
    if (step == "clear") return done(rows().clear());
    if (step == "unsum") return done(total().erase(only_row{}));
    if (w.size() == 2) return run_on(step, w[1]);
    if (step == "add") return add(key_of(w[1]), std::atoll(w[2].c_str()), w.size() > 3 ? w[3] : std::string());
    if (step == "line") return add_to(lines().find_or_add(std::atoi(w[1].c_str())), std::atoll(w[2].c_str()));
    if (step == "many") {
      for (int i = 0; i < std::atoi(w[1].c_str()); ++i)
        if (add(std::to_string(i), std::atoll(w[2].c_str()), {}) == "failed") return "failed";
      return "done";
    }
    return run_on_consumer(w);
  }

 private:
  static std::string done(bool good) { return good ? "done" : "failed"; }
  static std::string key_of(std::string word) {
    if (word == ".") return {};
    std::replace(word.begin(), word.end(), '~', '\0');
    return word;
  }
  template <class Text>
  static std::string said(const Text& key) {
    std::string word(key.data(), key.size());
    std::replace(word.begin(), word.end(), '\0', '~');
    return word.empty() ? "." : word;
  }
  static gesta::text<12> text(const std::string& key) { return gesta::text<12>(key.data(), key.size()); }

  auto& rows() { return views_.template table<kept_rows>(); }
  auto& lines() { return views_.template table<kept_lines>(); }
  auto& total() { return views_.template table<kept_total>(); }

  static std::string number_in(const auto* row) { return row == nullptr ? "-" : std::to_string(row->number); }
  static std::string add_to(auto* row, std::int64_t number) {
    if (row == nullptr) return "failed";
    row->number += number;
    return std::to_string(row->number);
  }
  std::string add(const std::string& key, std::int64_t number, const std::string& note) {
    kept_row* const row = rows().find_or_add(text(key));
    if (row == nullptr || row->key != text(key)) return "failed";
    if (!note.empty()) row->note = note;
    return add_to(row, number);
  }
  /// All rows, in the order of their keys: the table's own where it promises one, which then has to be it.
  template <class Table, class Key>
  static std::string all(Table& table, Key&& key) {
    using row_type = typename Table::row_type;
    std::vector<row_type> found;
    if (!table.each([&](const row_type& row) { found.push_back(row); })) return "failed";
    const auto before = [](const row_type& a, const row_type& b) {
      if constexpr (requires { a.key.size(); }) return std::string(a.key.data(), a.key.size()) < std::string(b.key.data(), b.key.size());
      else return a.key < b.key;
    };
    if (Table::is_ordered && !std::is_sorted(found.begin(), found.end(), before)) return "out of order";
    std::sort(found.begin(), found.end(), before);
    std::size_t visited = 0;
    const bool ended = table.each([&](const row_type&) { return ++visited < 2; });
    if (!ended || visited != std::min<std::size_t>(found.size(), 2)) return "goes on beyond its end";
    std::string out;
    for (const row_type& row : found) out += (out.empty() ? "" : " ") + key(row) + '=' + std::to_string(row.number);
    return out.empty() ? "-" : out;
  }

  std::string run_on(const std::string& step, const std::string& what) {
    if (step == "get") return number_in(rows().find(text(key_of(what))));
    if (step == "note") {
      const kept_row* const row = rows().find(text(key_of(what)));
      return row == nullptr || row->note.empty() ? "-" : row->note;
    }
    if (step == "erase") return done(rows().erase(text(key_of(what))));
    if (step == "unline") return done(lines().erase(std::atoi(what.c_str())));
    if (step == "sum") return add_to(total().find_or_add(only_row{}), std::atoll(what.c_str()));
    if (step == "load") {
      progress state;
      if (!views_.load(what, state)) return "failed";
      if (state == progress{}) return "-";
      const std::string at = std::to_string(state.at.position);
      return state == full(state.at.position) ? at + " full" : state == progress{.at = {{}, state.at.position}} ? at : at + " and more";
    }
    if (step == "letters") return letters(what, ~std::size_t{0});
    if (step == "count" || step == "empty") {
      std::size_t count = 0;
      bool good = true;
      const auto visit = [&](const letter& one) {
        ++count;
        if (step == "empty") good = good && views_.drop(what, one);
        return true;
      };
      return views_.each_letter(what, visit) && good ? std::to_string(count) : "failed";
    }
    return "nobody knows";
  }

  static progress full(std::uint64_t position) { return {{{1, 2}, position}, {-3}, {~std::uint64_t{0}, 5}, {6}, true, true}; }
  static letter full_letter(std::uint64_t position, const std::string& key, const std::string& cause) {
    return {.position = position, .key = key, .cause = cause, .attempts = 4000000000u, .part = 3, .since = {-7}, .due = {8}};
  }

  std::string letters(const std::string& consumer, std::size_t most) {
    std::string out;
    std::size_t count = 0;
    const auto visit = [&](const letter& one) {
      out += (out.empty() ? "" : " ") + std::to_string(one.position) + ':' + said(one.key) + (one.cause.empty() ? "" : ":" + one.cause);
      if (!one.discarded.empty()) out += '!';
      if (one == full_letter(one.position, one.key, one.cause)) out += " full";
      return ++count < most;
    };
    if (!views_.each_letter(consumer, visit)) return "failed";
    return out.empty() ? "-" : out;
  }

  std::string run_on_consumer(const detail::words& w) {
    const std::string &step = w[0], &consumer = w[1];
    if (step == "save") {
      const std::uint64_t position = detail::number_of(w[2]);
      return done(views_.save(consumer, w.size() > 3 ? full(position) : progress{.at = {{}, position}}));
    }
    if (step == "first") return letters(consumer, static_cast<std::size_t>(detail::number_of(w[2])));
    if (step == "blocked") {
      bool blocked = false;
      return views_.is_blocked(consumer, key_of(w[2]), blocked) ? (blocked ? "yes" : "no") : "failed";
    }
    if (step == "fill") {
      for (std::uint64_t i = 1; i <= detail::number_of(w[2]); ++i)
        if (!views_.put(consumer, {.position = i, .key = "k"})) return "failed";
      return "done";
    }
    if (w.size() < 4) return "nobody knows";
    letter one{.position = detail::number_of(w[2]), .key = key_of(w[3]), .cause = w.size() > 4 ? w[4] : std::string()};
    if (step == "drop") return done(views_.drop(consumer, one));
    if (w.size() > 5) one = full_letter(one.position, one.key, one.cause);
    if (step == "discard") one.discarded = "by a person";
    return step == "put" || step == "discard" ? done(views_.put(consumer, one)) : "nobody knows";
  }

  Views views_;
  bool in_unit_ = false;
};

namespace detail {

/// Carries out the steps of one law on a new view store. Returns what is wrong, in words; empty when the law holds.
template <class Place>
std::string try_view_law(const char* steps, bool reopens_behind_each, view_store_findings& found) {
  using views = typename std::remove_cvref_t<decltype(std::declval<Place&>().views())>::template opened<kept_rows, kept_lines, kept_total>;
  Place place;
  std::unique_ptr<view_script<views>> programs[2];
  std::string done;
  for (const std::string& line : split(steps, ';')) {
    const auto arrow = line.find(" -> ");
    words step = split(line.substr(0, arrow), ' ');
    done += line.substr(0, arrow) + "; ";
    ++found.steps;
    const std::size_t who = step[0] == "other" ? 1 : 0;
    if (who == 1) step.erase(step.begin());
    auto& program = programs[who];
    if (step[0] == "reopen") {
      program.reset();
      continue;
    }
    if (!program) program = std::make_unique<view_script<views>>(place.views());
    const std::string result = program->run(step), wanted = arrow == std::string::npos ? std::string() : line.substr(arrow + 4);
    if (arrow == std::string::npos ? result == "failed" || result == "nobody knows" : result != wanted)
      return done + "gave " + result + ", not " + (arrow == std::string::npos ? "success" : wanted);
    if (reopens_behind_each && !program->in_unit()) program.reset();
  }
  return {};
}

}  // namespace detail

/// Tests every law of view_store_table.hpp on view stores that lie in Place. Calls broken(law, how) for each case in which one is broken: the
/// law in words, and the steps up to where it broke, with what they gave.
template <class Place, class Broken>
view_store_findings hold_for_view_store(Broken&& broken) {
  view_store_findings found;
  for (const view_store_law& law : view_store_laws) {
    const std::string steps = law.steps;
    if ((!Place::shared && steps.find("other ") != std::string::npos) || (!Place::outlives && steps.find("reopen") != std::string::npos)) {
      ++found.left_out;
      continue;
    }
    ++found.laws;
    for (int reopening = 0; reopening <= (detail::is_opened_anew<Place>() ? 1 : 0); ++reopening) {
      ++found.cases;
      const std::string how = detail::try_view_law<Place>(law.steps, reopening != 0, found);
      if (!how.empty()) broken(law.name, how);
    }
  }
  return found;
}

}  // namespace gesta::laws
