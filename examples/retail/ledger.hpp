// The ledger of a shop: what may happen to an account, what did, and what can be read from it.
// The domain: plain structs and functions, no file, no store. `ledger` at the end is the whole as a checked model.
// May include: own folder, gesta, std.
#pragma once

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>

#include <cstdint>

#include "moment.hpp"
#include "tally.hpp"

namespace retail {

// ---- words ----------------------------------------------------------------------------------------------------------------------

using account_id = gesta::text<22>;  // a customer's number, or guest-<invoice>
using invoice_no = gesta::text<14>;
using stock_code = gesta::text<14>;
using country_name = gesta::text<30>;
using month_name = gesta::text<7>;  // 2011-12
using money = std::int64_t;         // thousandths: prices have up to three decimals

/// The account of whoever bought without giving a name: one for each invoice. Customers' numbers are digits only.
constexpr account_id guest_of(const invoice_no& invoice) {
  account_id account = "guest-";
  account.append(invoice);
  return account;
}
constexpr bool is_guest(const account_id& account) { return account[0] == 'g'; }

/// Goods on one line of an invoice. The quantity is that of the goods that moved, in whichever direction.
struct entry {
  invoice_no invoice;
  stock_code item;
  money unit_price = 0;
  std::int32_t quantity = 0;
  moment at;
  country_name country;

  friend constexpr bool operator==(const entry&, const entry&) = default;
};
constexpr month_name month_of(const moment& at) {
  const auto digit = [](int n) { return static_cast<char>('0' + n % 10); };
  const char text[] = {digit(at.year / 1000), digit(at.year / 100), digit(at.year / 10), digit(at.year), '-',
                       digit(at.month / 10),  digit(at.month)};
  return month_name(text, sizeof text);
}
constexpr money worth(const entry& e) { return e.quantity * e.unit_price; }

/// Goods on their way back: what a cancellation counts down is a quantity of its own.
constexpr entry reversed(entry e) { return e.quantity = -e.quantity, e; }

// ---- facts ----------------------------------------------------------------------------------------------------------------------

struct items_sold     { entry goods; static constexpr auto id = "retail.items_sold"; };
struct items_returned { entry goods; static constexpr auto id = "retail.items_returned"; };

// ---- wishes ---------------------------------------------------------------------------------------------------------------------

struct sell      { account_id account; entry goods; };
struct take_back { account_id account; entry goods; };
struct adjust    { account_id account; money amount; };

// ---- refusals -------------------------------------------------------------------------------------------------------------------

struct unknown_customer  { static constexpr auto id = "unknown_customer"; };
struct invalid_quantity  { std::int32_t quantity; static constexpr auto id = "invalid_quantity"; };
struct invalid_price     { money unit_price; static constexpr auto id = "invalid_price"; };
struct nothing_to_return { std::int64_t held; static constexpr auto id = "nothing_to_return"; };
struct not_a_sale        { static constexpr auto id = "not_a_sale"; };

// ---- an account -----------------------------------------------------------------------------------------------------------------

struct account { tally<stock_code> held; };

constexpr void evolve(account& a, const items_sold& e)     { a.held.add(e.goods.item, e.goods.quantity); }
constexpr void evolve(account& a, const items_returned& e) { a.held.add(e.goods.item, -e.goods.quantity); }

constexpr auto decide(const account&, const sell& c) -> gesta::emits<items_sold>::or_rejects<invalid_quantity, invalid_price> {
  if (c.goods.quantity <= 0) return invalid_quantity{c.goods.quantity};
  if (c.goods.unit_price <= 0) return invalid_price{c.goods.unit_price};
  return items_sold{c.goods};
}
constexpr auto decide(const account& a, const take_back& c)
    -> gesta::emits<items_returned>::or_rejects<unknown_customer, invalid_quantity, nothing_to_return> {
  if (is_guest(c.account)) return unknown_customer{};
  if (c.goods.quantity <= 0) return invalid_quantity{c.goods.quantity};
  if (a.held[c.goods.item] < c.goods.quantity) return nothing_to_return{a.held[c.goods.item]};
  return items_returned{c.goods};
}
constexpr auto decide(const account&, const adjust&) -> gesta::emits<>::or_rejects<not_a_sale> { return not_a_sale{}; }

struct accounts : gesta::aggregate<account, gesta::commands<sell, take_back, adjust>, gesta::by<"account">> {
  static constexpr auto id = "retail.account";
};

// ---- what can be read -----------------------------------------------------------------------------------------------------------

struct turnover {
  std::uint64_t sold = 0, returned = 0, accounts = 0;
};
constexpr void project(turnover& v, const items_sold&, const gesta::about& a)     { ++v.sold; v.accounts += a.version == 1; }
constexpr void project(turnover& v, const items_returned&, const gesta::about& a) { ++v.returned; v.accounts += a.version == 1; }

struct overview : gesta::projection<turnover, gesta::follows<accounts>> { static constexpr auto id = "turnover"; };

struct country { country_name name; money revenue = 0; };
constexpr void project(country& c, const items_sold& e)     { c.revenue += worth(e.goods); }
constexpr void project(country& c, const items_returned& e) { c.revenue -= worth(e.goods); }

struct month { month_name name; money revenue = 0; };
constexpr void project(month& m, const items_sold& e)     { m.revenue += worth(e.goods); }
constexpr void project(month& m, const items_returned& e) { m.revenue -= worth(e.goods); }

struct product {
  stock_code code;
  std::int64_t quantity = 0;
  using indexes = gesta::indexes<"quantity">;
};
constexpr void project(product& p, const items_sold& e)     { p.quantity += e.goods.quantity; }
constexpr void project(product& p, const items_returned& e) { p.quantity -= e.goods.quantity; }

template <class Rows> using follow_accounts = gesta::projection<Rows, gesta::follows<accounts>>;
struct revenue_by_country  : follow_accounts<gesta::rows<country, "name">> { static constexpr auto id = "revenue_by_country"; };
struct revenue_by_month    : follow_accounts<gesta::rows<month, "name">>   { static constexpr auto id = "revenue_by_month"; };
struct quantity_by_product : follow_accounts<gesta::rows<product, "code">> { static constexpr auto id = "quantity_by_product"; };

constexpr country_name locate(const revenue_by_country&, const items_sold& e)     { return e.goods.country; }
constexpr country_name locate(const revenue_by_country&, const items_returned& e) { return e.goods.country; }
constexpr month_name   locate(const revenue_by_month&, const items_sold& e)       { return month_of(e.goods.at); }
constexpr month_name   locate(const revenue_by_month&, const items_returned& e)   { return month_of(e.goods.at); }
constexpr stock_code   locate(const quantity_by_product&, const items_sold& e)     { return e.goods.item; }
constexpr stock_code   locate(const quantity_by_product&, const items_returned& e) { return e.goods.item; }

/// All of them, for what is said of them in one way: `all_views<gesta::live>{}`.
template <template <class...> class Said> using all_views = Said<overview, revenue_by_country, revenue_by_month, quantity_by_product>;

struct ledger : gesta::model<accounts, overview, revenue_by_country, revenue_by_month, quantity_by_product> {};

}  // namespace retail
