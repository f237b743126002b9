// One run of the program on a store of any kind: open the lines, post them, report.
// The whole way, put together; what is tested with other stores than the program's own.
// May include: own folder, gesta, std.
#pragma once

#include <gesta/gesta.hpp>
#include <gesta/store/memory_views.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <type_traits>

#include "input.hpp"
#include "keeping.hpp"
#include "ledger.hpp"
#include "options.hpp"
#include "post.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "row.hpp"

namespace retail {

/// The views that the report is made of, as lists in the order of names.
struct looked_at {
  turnover overall;
  figures::list countries, months, products;

  template <class Countries, class Months, class Products>
  void take(const turnover& all, Countries& c, Months& m, Products& p) {
    overall = all;
    list(countries, c, [](const country& row) { return named(row.name, row.revenue); });
    list(months, m, [](const month& row) { return named(row.name, row.revenue); });
    list(products, p, [](const product& row) { return named(row.code, row.quantity); });
  }

  template <class Name>
  static figures::list::value_type named(const Name& name, std::int64_t sum) {
    return {std::string(name.data(), name.size()), sum};
  }
  template <class Table, class Line>
  static void list(figures::list& out, Table& rows, Line&& line) {
    out.clear();
    (void)rows.each([&](const auto& row) { return out.push_back(line(row)), true; });
    std::sort(out.begin(), out.end());
  }
};
/// The ten largest, equal ones in the order of their names.
inline figures::list top_ten(figures::list all) {
  const auto before = [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; };
  std::sort(all.begin(), all.end(), before);
  if (all.size() > 10) all.resize(10);
  return all;
}

/// The views as they were after the event at a position. False: `why` says why they cannot be told.
template <class App>
bool look_at(App& app, std::uint64_t position, looked_at& all, std::string& why) {
  const gesta::at_position then{position};
  const auto overall = app.template view<turnover>(then);
  const auto countries = app.template rows<revenue_by_country>(then);
  const auto months = app.template rows<revenue_by_month>(then);
  const auto products = app.template rows<quantity_by_product>(then);
  const auto read = [&](const auto& was) { return was || (why = was.why().describe(), false); };
  if (!read(overall) || !read(countries) || !read(months) || !read(products)) return false;
  all.take(*overall, *countries, *months, *products);
  return true;
}
/// The views of the events whose own date is at most one: of an app, or of a reader.
template <class Log>
bool look_up_to(Log& log, const moment& as_of, looked_at& all, std::string& why) {
  gesta::views<ledger> then;
  const gesta::read_result read = log.read({}, [&](const auto& e, const gesta::about& a) {
    if (e.goods.at <= as_of) then.publish(e, [&] { return a; });
  });
  if (!read) return why = read.why().describe(), false;
  all.take(then.view<turnover>(), then.rows<revenue_by_country>(), then.rows<revenue_by_month>(), then.rows<quantity_by_product>());
  return true;
}

/// What the lines were and what the ledger holds. Reasons are counted from outcomes, everything else is read from views.
inline figures figures_of(const looked_at& all, const posted& done) {
  const auto count = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  const turnover& seen = all.overall;
  figures f;
  f.lines = done.lines;
  f.events = {{"items_sold", count(seen.sold)}, {"items_returned", count(seen.returned)}};
  f.rejections = {{unknown_customer::id, count(done.refused.unknown_customer)},
                  {invalid_quantity::id, count(done.refused.invalid_quantity)},
                  {nothing_to_return::id, count(done.refused.nothing_to_return)},
                  {invalid_price::id, count(done.refused.invalid_price)},
                  {not_a_sale::id, count(done.refused.not_a_sale)}};
  f.accounts = seen.accounts;
  f.revenue_by_country = all.countries;
  f.revenue_by_month = all.months;
  f.top_products = top_ten(all.products);
  return f;
}

/// Posts what the options name to a running ledger, whose views are kept by `views`, and prints the report. Returns what the process ends with.
template <class App, class Keeping>
int run_on(const options& asked, const char* store_name, App& app, Keeping& views) {
  const auto start = std::chrono::steady_clock::now();
  const input in(asked.data);
  if (!asked.data.empty() && in.file == nullptr) return complain("cannot open " + asked.data, input_wrong);

  export_reader lines(in.from(), columns);
  progress bar(in.bytes);
  const posted done = post_all(app, lines, asked.batch, bar, {asked.at, asked.as_of}, [&](std::string& why) { return views.committed(app, why); });
  bar.clear();
  if (done.end == posted::not_kept) return complain("the store failed: " + done.why, store_failed);
  if (done.end == posted::malformed) return complain(done.why, input_wrong);

  looked_at all;
  std::string why;
  const bool looked = asked.at      ? look_at(app, *asked.at, all, why)
                      : asked.as_of ? look_up_to(app, *asked.as_of, all, why)
                                    : views.look(app, why, [&](const turnover& overall, auto& c, auto& m, auto& p) { all.take(overall, c, m, p); });
  if (!looked) return complain("the store failed: " + why, store_failed);
  figures f = figures_of(all, done);
  f.store = store_name;
  f.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  f.events_per_second = static_cast<double>(f.events[0].second + f.events[1].second) / f.seconds;
  const std::string page = asked.report == options::report_form::json ? json(f) : text(f);
  return print(page);
}

/// The same on a store in memory. `option`: further ones of gesta::start.
template <class Store, class... Option>
int run_in_memory(const options& asked, const Store& store, const Option&... option) {
  if (asked.views == way::live) {
    auto app = gesta::start<ledger>(store, all_views<gesta::live>{}, option...);
    by_nobody views;
    return run_on(asked, "memory", app, views);
  }
  if (asked.views == way::async) {
    auto app = gesta::start<ledger>(store, all_views<gesta::async>{}, option...);
    by_consumers views(app, gesta::memory_views{});
    return run_on(asked, "memory", app, views);
  }
  auto app = gesta::start<ledger>(store, option...);
  by_app views;
  return run_on(asked, "memory", app, views);
}

}  // namespace retail
