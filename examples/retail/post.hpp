// Lines to wishes to facts: each line of the export is asked of the ledger once, in file order, many in one commit.
// The middle of the ledger's way: here rows meet the library.
// May include: own folder, gesta, std.
#pragma once

#include <gesta/gesta.hpp>

#include <cstdint>
#include <optional>
#include <string>

#include "ledger.hpp"
#include "progress.hpp"
#include "row.hpp"

namespace retail {

/// How often each reason was given.
struct refusals {
  std::uint64_t unknown_customer = 0, invalid_quantity = 0, nothing_to_return = 0, invalid_price = 0, not_a_sale = 0;
};

/// Which lines are reported: all, or those before an event that is beyond a position, or those up to a date.
struct cut {
  std::optional<std::uint64_t> at;
  std::optional<moment> as_of;
  bool is_beyond = false;

  bool takes(const row& line, std::uint64_t position) {
    if (at) return !(is_beyond = is_beyond || position > *at);
    return !as_of || line.goods.at <= *as_of;
  }
};

/// How far a file was read, and why not further.
struct posted {
  std::uint64_t lines = 0;
  refusals refused;
  enum { all, malformed, not_kept } end = all;
  std::string why;
};

/// Asks the ledger for what one line wants. False: the store failed, and `why` says how. `position`: of the event; 0 where there is none.
template <class Batch>
bool post(Batch& batch, const row& line, std::uint64_t number, refusals& refused, std::uint64_t& position, std::string& why) {
  const auto ask = [&](const auto& wish) {
    const auto outcome = batch.handle(wish, gesta::once{"retail", number});
    position = outcome.position();
    return outcome.match(
        [](const account&) { return true; },
        [&](const unknown_customer&) { return ++refused.unknown_customer, true; },
        [&](const invalid_quantity&) { return ++refused.invalid_quantity, true; },
        [&](const nothing_to_return&) { return ++refused.nothing_to_return, true; },
        [&](const invalid_price&) { return ++refused.invalid_price, true; },
        [&](const not_a_sale&) { return ++refused.not_a_sale, true; },
        [&](const gesta::failure& cause) { return why = cause.describe(), false; });
  };
  switch (line.goods.invoice[0]) {
    case 'A': return ask(adjust{line.account, worth(line.goods)});
    case 'C': return ask(take_back{line.account, reversed(line.goods)});
    default: return ask(sell{line.account, line.goods});
  }
}

/// Posts every line, `batch_size` of them in one commit. A line that cannot be read ends it: those before it are kept, all of them. After each
/// commit, committed(why); false ends it.
template <class App, class Committed>
posted post_all(App& app, export_reader& lines, std::uint64_t batch_size, progress& bar, cut reported, Committed&& committed) {
  using step = export_reader::step;
  posted done;
  row line;
  for (step read = lines.header() ? step::line : step::malformed; read == step::line;) {
    {
      auto batch = app.batch();
      for (std::uint64_t n = 0; n < batch_size; ++n) {
        read = lines.next();
        if (read == step::line && !parse(lines, line)) read = step::malformed;
        if (read != step::line) break;
        const refusals before = done.refused;
        std::uint64_t position = 0;
        if (!post(batch, line, lines.line(), done.refused, position, done.why)) return done.end = posted::not_kept, done;
        bar.at(lines.line(), lines.bytes());
        if (reported.takes(line, position)) ++done.lines;
        else done.refused = before;
    }
    if (const auto kept = batch.commit(); !kept) return done.end = posted::not_kept, done.why = kept.why().describe(), done;
    }
    if (!committed(done.why)) return done.end = posted::not_kept, done;
  }
  if (!lines.problem().what.empty()) done.end = posted::malformed, done.why = lines.problem().sentence();
  return done;
}

}  // namespace retail
