// One run of the program on a store of any kind: open the lines, post them, report.
// The whole way, put together; what is tested with other stores than the program's own.
// May include: own folder, gesta, std.
#pragma once

#include <gesta/gesta.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <type_traits>

#include "ledger.hpp"
#include "options.hpp"
#include "post.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "row.hpp"
#include "sample.hpp"

namespace retail {

/// What the process ends with.
inline constexpr int all_well = 0, store_failed = 1, input_wrong = 2;

inline int complain(const std::string& why, int code) {
  std::fprintf(stderr, "retail: %s\n", why.c_str());
  return code;
}

/// Where the lines come from. Blocks are large, so that the C library need not keep another.
struct input {
  explicit input(const std::string& name) : made_up(name.empty() ? make_sample() : "") {
    if (name.empty()) return;
    file = name == "-" ? stdin : std::fopen(name.c_str(), "rb");
    if (file == nullptr) return;
    std::setvbuf(file, nullptr, _IONBF, 0);
    if (file == stdin || std::fseek(file, 0, SEEK_END) != 0) return;
    bytes = static_cast<std::uint64_t>(std::max(0L, std::ftell(file)));
    std::rewind(file);
  }
  input(const input&) = delete;
  input& operator=(const input&) = delete;
  ~input() {
    if (file != nullptr && file != stdin) std::fclose(file);
  }
  source from() const { return file != nullptr ? source(file) : source(made_up); }

  std::string made_up;
  std::FILE* file = nullptr;
  std::uint64_t bytes = made_up.size();  ///< 0: nobody knows
};

/// The sums of a tally by name, in the order of the names.
template <class Name>
figures::list by_name(const tally<Name>& sums) {
  figures::list out;
  sums.for_each([&](const Name& name, std::int64_t sum) { out.emplace_back(std::string(name.data(), name.size()), sum); });
  std::sort(out.begin(), out.end());
  return out;
}
/// The ten largest, equal ones in the order of their names.
template <class Name>
figures::list top_ten(const tally<Name>& sums) {
  figures::list out = by_name(sums);
  const auto before = [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; };
  std::sort(out.begin(), out.end(), before);
  if (out.size() > 10) out.resize(10);
  return out;
}

/// The views that the report is made of.
struct looked_at {
  turnover overall;
  by_country countries;
  by_month months;
  by_product products;

  template <class Event>
  void take(const Event& e, const gesta::about& a) {
    project(overall, e, a);
    project(countries, e);
    project(months, e);
    project(products, e);
  }
};

/// The views of now, as they were after the event at a position, or of the events whose own date is at most one. False: `why` says why not.
template <class App>
bool look(App& app, const cut& reported, looked_at& all, std::string& why) {
  if (reported.at) {
    const auto was = [&](auto& view) {
      const auto then = app.template view<std::remove_reference_t<decltype(view)>>(gesta::at_position{*reported.at});
      if (then) view = *then;
      else why = then.why().describe();
      return static_cast<bool>(then);
    };
    return was(all.overall) && was(all.countries) && was(all.months) && was(all.products);
  }
  if (reported.as_of) {
    const auto read = app.each_event([&](const auto& e, const gesta::about& a) {
      if (e.goods.at <= *reported.as_of) all.take(e, a);
    });
    return static_cast<bool>(read) || (why = "the log cannot be read", false);
  }
  all = {app.template view<turnover>(), app.template view<by_country>(), app.template view<by_month>(), app.template view<by_product>()};
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
  f.revenue_by_country = by_name(all.countries.revenue);
  f.revenue_by_month = by_name(all.months.revenue);
  f.top_products = top_ten(all.products.quantity);
  return f;
}

/// Posts what the options name to a running ledger and prints the report. Returns what the process ends with.
template <class Open>
int run_on(const options& asked, const char* store_name, Open&& open) {
  const auto start = std::chrono::steady_clock::now();
  const input in(asked.data);
  if (!asked.data.empty() && in.file == nullptr) return complain("cannot open " + asked.data, input_wrong);

  auto app = open();
  export_reader lines(in.from(), columns);
  progress bar(in.bytes);
  const cut reported{asked.at, asked.as_of};
  const posted done = post_all(app, lines, asked.batch, bar, reported);
  bar.clear();
  if (done.end == posted::store_failed) return complain("the store failed: " + done.why, store_failed);
  if (done.end == posted::malformed) return complain(done.why, input_wrong);

  looked_at all;
  if (std::string why; !look(app, reported, all, why)) return complain("the store failed: " + why, store_failed);
  figures f = figures_of(all, done);
  f.store = store_name;
  f.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  f.events_per_second = static_cast<double>(f.events[0].second + f.events[1].second) / f.seconds;
  const std::string page = asked.report == options::report_form::json ? json(f) : text(f);
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() && std::fflush(stdout) == 0
             ? all_well
             : complain("the report cannot be written", input_wrong);
}

/// The same on a store, with snapshots where they are asked for.
template <class Store>
int run(const options& asked, const Store& store, const char* store_name) {
  if (asked.snapshot_every == 0) return run_on(asked, store_name, [&] { return gesta::start<ledger>(store); });
  return run_on(asked, store_name, [&] { return gesta::start<ledger>(store, gesta::snapshots{.every = asked.snapshot_every}); });
}

}  // namespace retail
