// How the views are kept, as --views says: by the app, by consumers that are polled behind it, or by nobody.
// Beside the way of the lines: who posts them tells when something was committed, who reports asks for the rows.
// May include: own folder, gesta, std.
#pragma once

#include <gesta/gesta.hpp>
#include <gesta/runtime/consumer.hpp>

#include <string>

#include "ledger.hpp"

namespace retail {

/// The app keeps them: in memory, or inlined in tables of the store.
struct by_app {
  template <class App>
  bool committed(App&, std::string&) {
    return true;
  }
  /// take(turnover, countries, months, products); the last three are tables.
  template <class App, class Take>
  bool look(App& app, std::string&, Take&& take) {
    if constexpr (requires { app.template row<overview>(); }) {
      const turnover* const all = app.template row<overview>();
      take(all == nullptr ? turnover{} : *all, app.template rows<revenue_by_country>(), app.template rows<revenue_by_month>(), app.template rows<quantity_by_product>());
    } else {
      take(app.template view<turnover>(), app.template rows<revenue_by_country>(), app.template rows<revenue_by_month>(), app.template rows<quantity_by_product>());
    }
    return true;
  }
};

/// Nobody keeps them: they are folded when somebody asks.
struct by_nobody {
  template <class App>
  bool committed(App&, std::string&) {
    return true;
  }
  template <class App, class Take>
  bool look(App& app, std::string& why, Take&& take) {
    const auto all = app.template live<overview>();
    const auto countries = app.template live<revenue_by_country>();
    const auto months = app.template live<revenue_by_month>();
    const auto products = app.template live<quantity_by_product>();
    const auto read = [&](const auto& was) { return was || (why = was.why().describe(), false); };
    if (!read(all) || !read(countries) || !read(months) || !read(products)) return false;
    take(*all, *countries, *months, *products);
    return true;
  }
};

/// A consumer for each view, polled when something was committed. It may be another process as well: what each has seen is kept with its rows.
template <class Log, class Views>
class by_consumers {
 public:
  by_consumers(Log& log, const Views& views) : all_(log, views), countries_(log, views), months_(log, views), products_(log, views) {}

  template <class App>
  bool committed(App&, std::string& why) {
    return come_up(why);
  }
  /// Polls all until they have caught up.
  bool come_up(std::string& why) {
    return come_up(all_, why) && come_up(countries_, why) && come_up(months_, why) && come_up(products_, why);
  }
  template <class App, class Take>
  bool look(App&, std::string& why, Take&& take) {
    if (!come_up(why)) return false;
    const turnover* const all = all_.row({});
    take(all == nullptr ? turnover{} : *all, countries_.rows(), months_.rows(), products_.rows());
    return true;
  }
  /// Empties the views; what comes up fills them again, while others read them.
  bool rebuild(std::string& why) {
    const auto anew = [&](auto& keeper) {
      const gesta::consumed result = keeper.rebuild();
      return result || (why = result.why().describe(), false);
    };
    return anew(all_) && anew(countries_) && anew(months_) && anew(products_);
  }

 private:
  template <class Keeper>
  static bool come_up(Keeper& keeper, std::string& why) {
    for (;;) {
      const gesta::consumed result = keeper.poll(100'000);
      if (!result) return why = result.why().describe(), false;
      if (result.caught_up) return true;
    }
  }

  gesta::consumer<overview, Log, Views> all_;
  gesta::consumer<revenue_by_country, Log, Views> countries_;
  gesta::consumer<revenue_by_month, Log, Views> months_;
  gesta::consumer<quantity_by_product, Log, Views> products_;
};

}  // namespace retail
