// A customer and what is kept of one: two values are personal, and sealed under a key per person wherever they are kept.
#pragma once

#include <gesta/domain.hpp>

#include <string>

// [event]
struct customer_id {
  gesta::text<20> value;
  static constexpr auto id = "customer";  // names the kind of subject in the file of keys
};

struct registered {
  customer_id customer;                                 // whose data the next two are
  gesta::personal<customer_id, std::string> name;
  gesta::personal<customer_id, gesta::text<40>> mail;
  static constexpr auto id = "customer.registered";
};
// [/event]
struct ordered {
  customer_id customer;
  int cents;
  static constexpr auto id = "customer.ordered";
};

struct enroll { customer_id customer; std::string name; gesta::text<40> mail; };
struct order { customer_id customer; int cents; };

struct customer {
  gesta::personal<customer_id, std::string> name;
  int cents = 0;
};
inline void evolve(customer& c, const registered& e) { c.name = e.name; }
inline void evolve(customer& c, const ordered& e) { c.cents += e.cents; }
inline auto decide(const customer&, const enroll& c) -> gesta::emits<registered> { return registered{c.customer, c.name, c.mail}; }
inline auto decide(const customer&, const order& c) -> gesta::emits<ordered> { return ordered{c.customer, c.cents}; }

struct customers : gesta::aggregate<customer, gesta::commands<enroll, order>, gesta::by<"customer">> { static constexpr auto id = "customer"; };
struct shop : gesta::model<customers> {};
