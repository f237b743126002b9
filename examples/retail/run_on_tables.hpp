// The same on a store of tables, in a file or a database: the views in tables beside the events, and questions to them by another process.
// May include: own folder, gesta without the stores, std.
#pragma once

#include <gesta/gesta.hpp>
#include <gesta/runtime/inlined.hpp>
#include <gesta/runtime/query.hpp>
#include <gesta/runtime/reader.hpp>

#include <cstdio>
#include <string>

#include "keeping.hpp"
#include "ledger.hpp"
#include "options.hpp"
#include "report.hpp"
#include "run.hpp"

namespace retail {

// A Place has the name of its kind of store, and says where the store, Place::store(asked), and the views, Place::views(asked), are.

/// Posts and reports, as run_in_memory. Store: that of the place, or one made of it.
template <class Place, class Store, class... Option>
int run_in_tables(const options& asked, const Store& store, const Option&... option) {
  switch (asked.views) {
    case way::in_memory: {
      auto app = gesta::start<ledger>(store, option...);
      by_app views;
      return run_on(asked, Place::name, app, views);
    }
    case way::inlined: {
      auto app = gesta::start<ledger>(store, all_views<gesta::inlined>{}, option...);
      by_app views;
      return run_on(asked, Place::name, app, views);
    }
    case way::async: {
      auto app = gesta::start<ledger>(store, all_views<gesta::async>{}, option...);
      auto log = gesta::reader<ledger>(Place::store(asked));
      by_consumers views(log, Place::views(asked));
      return run_on(asked, Place::name, app, views);
    }
    case way::live: break;
  }
  auto app = gesta::start<ledger>(store, all_views<gesta::live>{}, option...);
  by_nobody views;
  return run_on(asked, Place::name, app, views);
}

/// Makes the views anew from the log, while others sell.
template <class Place>
int rebuild(const options& asked) {
  auto log = gesta::reader<ledger>(Place::store(asked));
  by_consumers views(log, Place::views(asked));
  std::string why;
  return views.rebuild(why) && views.come_up(why) ? all_well : complain("the store failed: " + why, store_failed);
}

namespace detail {

/// The rows of one view as another process has kept them, once it shows what was asked for. Else `why`, and what the process ends with.
template <class Place, class Projection, class Line>
int ask(const options& asked, figures::list& lines, std::string& why, Line&& line) {
  auto view = gesta::query<Projection>(Place::views(asked));
  const gesta::waited waited = gesta::wait_until(view, {.position = asked.min_position, .timeout = gesta::seconds(5)});
  const int code = waited.match([](const gesta::reached&) { return all_well; },
                                [&](const gesta::not_yet& late) {
                                  why = "the view does not show position " + std::to_string(late.asked) + " yet, it shows " + std::to_string(late.reached);
                                  if (late.asked == 0) why = "nobody has kept the view there; post with --views inline or async, or rebuild it";
                                  return not_shown;
                                },
                                [&](const gesta::failure& cause) { return why = cause.describe(), store_failed; });
  if (code == all_well) looked_at::list(lines, view.views().template table<Projection>(), line);
  return code;
}

}  // namespace detail

/// Answers one question to the views: what they show, or, with a date, what the events up to it come to.
template <class Place>
int answer(const options& asked) {
  if (!Place::is_there(asked)) return complain("cannot open " + asked.sqlite_path, input_wrong);
  figures::list lines;
  std::string why;
  int code = all_well;
  if (asked.as_of) {
    auto log = gesta::reader<ledger>(Place::store(asked));
    looked_at all;
    if (!look_up_to(log, *asked.as_of, all, why)) code = store_failed;
    lines = asked.asks == question::country ? all.countries : asked.asks == question::month ? all.months : top_ten(all.products);
  } else {
    switch (asked.asks) {
      case question::country:
        code = detail::ask<Place, revenue_by_country>(asked, lines, why, [](const country& row) { return looked_at::named(row.name, row.revenue); });
        break;
      case question::month:
        code = detail::ask<Place, revenue_by_month>(asked, lines, why, [](const month& row) { return looked_at::named(row.name, row.revenue); });
        break;
      default:
        code = detail::ask<Place, quantity_by_product>(asked, lines, why, [](const product& row) { return looked_at::named(row.code, row.quantity); });
        lines = top_ten(lines);
    }
  }
  if (code != all_well) return complain(code == store_failed ? "the store failed: " + why : why, code);
  const std::string page = asked.report == options::report_form::json ? detail::pairs(lines) + "\n" : list_of(lines, asked.asks == question::top);
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() && std::fflush(stdout) == 0 ? all_well : complain("the answer cannot be written", input_wrong);
}

/// All that a command line asks of a place.
template <class Place>
int run_in_place(const options& asked) {
  if (asked.asks == question::rebuild) return rebuild<Place>(asked);
  if (asked.asks != question::none) return answer<Place>(asked);
  if (asked.snapshot_every == 0) return run_in_tables<Place>(asked, Place::store(asked));
  return run_in_tables<Place>(asked, Place::store(asked), gesta::snapshots{.every = asked.snapshot_every});
}

}  // namespace retail
