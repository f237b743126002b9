// Lines to orders: every sale of the export, gathered by its invoice, and what the file sells of each article.
// The first step of fulfilment's way, behind csv.hpp and row.hpp. The whole file is read before the first order is placed.
// May include: own folder, retail's reader, std.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "../row.hpp"
#include "shop.hpp"

namespace retail {

/// An invoice's accepted lines. They need not stand together in the file.
struct placeable {
  invoice_no order;
  std::vector<order::line> lines;
};
/// What a file sells of an article.
struct article {
  stock_code item;
  pieces sold = 0;
};

struct orders_in_file {
  std::vector<placeable> orders;  ///< where the first line of each stands
  std::vector<article> articles;  ///< likewise
  std::string wrong;              ///< not empty: the line that cannot be read, and why
};

namespace detail {

/// The place of each name that was asked for, in the order in which they came.
template <class Name>
class places {
 public:
  /// True in second: it is a new one.
  std::pair<std::size_t, bool> of(const Name& name) {
    const auto [at, is_new] = places_.try_emplace(name, places_.size());
    return {at->second, is_new};
  }

 private:
  struct hash {
    std::size_t operator()(const Name& name) const { return std::hash<std::string_view>{}(std::string_view(name.data(), name.size())); }
  };
  std::unordered_map<Name, std::size_t, hash> places_;
};

}  // namespace detail

/// Reads all. A line is accepted if the ledger would sell it: it is no cancellation and no adjustment, and its quantity and its price are positive.
/// An invoice without such a line is no order.
inline orders_in_file read_orders(export_reader& lines) {
  using step = export_reader::step;
  orders_in_file all;
  detail::places<invoice_no> invoices;
  detail::places<stock_code> items;
  row line;
  for (step read = lines.header() ? step::line : step::malformed; read == step::line;) {
    read = lines.next();
    if (read == step::line && !parse(lines, line)) read = step::malformed;
    if (read != step::line) break;
    const entry& goods = line.goods;
    if (goods.invoice[0] == 'A' || goods.invoice[0] == 'C' || goods.quantity <= 0 || goods.unit_price <= 0) continue;
    const auto [order, is_first] = invoices.of(goods.invoice);
    if (is_first) all.orders.push_back({goods.invoice, {}});
    all.orders[order].lines.push_back({goods.item, goods.unit_price, goods.quantity});
    const auto [item, is_new] = items.of(goods.item);
    if (is_new) all.articles.push_back({goods.item, 0});
    all.articles[item].sold += goods.quantity;
  }
  if (!lines.problem().what.empty()) all.wrong = lines.problem().sentence();
  return all;
}

}  // namespace retail
