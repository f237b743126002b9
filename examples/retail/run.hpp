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

/// What the lines were and what the ledger holds now. Reasons are counted from outcomes, everything else is read from views.
template <class App>
figures figures_of(const App& app, const posted& done) {
  const auto count = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  const turnover& seen = app.template view<turnover>();
  figures f;
  f.lines = done.lines;
  f.events = {{"items_sold", count(seen.sold)}, {"items_returned", count(seen.returned)}};
  f.rejections = {{unknown_customer::id, count(done.refused.unknown_customer)},
                  {invalid_quantity::id, count(done.refused.invalid_quantity)},
                  {nothing_to_return::id, count(done.refused.nothing_to_return)},
                  {invalid_price::id, count(done.refused.invalid_price)},
                  {not_a_sale::id, count(done.refused.not_a_sale)}};
  f.accounts = seen.accounts;
  f.revenue_by_country = by_name(app.template view<by_country>().revenue);
  f.revenue_by_month = by_name(app.template view<by_month>().revenue);
  f.top_products = top_ten(app.template view<by_product>().quantity);
  return f;
}

/// Posts what the options name to a ledger on this store and prints the report. Returns what the process ends with.
template <class Store>
int run(const options& asked, const Store& store, const char* store_name) {
  const auto start = std::chrono::steady_clock::now();
  const input in(asked.data);
  if (!asked.data.empty() && in.file == nullptr) return complain("cannot open " + asked.data, input_wrong);

  auto app = gesta::start<ledger>(store);
  export_reader lines(in.from(), columns);
  progress bar(in.bytes);
  const posted done = post_all(app, lines, asked.batch, bar);
  bar.clear();
  if (done.end == posted::store_failed) return complain("the store failed: " + done.why, store_failed);
  if (done.end == posted::malformed) return complain(done.why, input_wrong);

  figures f = figures_of(app, done);
  f.store = store_name;
  f.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  f.events_per_second = static_cast<double>(f.events[0].second + f.events[1].second) / f.seconds;
  const std::string page = asked.report == options::report_form::json ? json(f) : text(f);
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() && std::fflush(stdout) == 0
             ? all_well
             : complain("the report cannot be written", input_wrong);
}

}  // namespace retail
