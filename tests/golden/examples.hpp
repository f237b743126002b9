// The messages that are pinned: every kind of field, and what the examples store, with some values each. Examples are programs: their
// sources stand in namespaces here, and their main functions are templates of another name that nobody calls, so they cost little to
// compile. What they include is included before, outside of all namespaces.
#pragma once

#include <gesta/describe/mermaid.hpp>
#include <gesta/gesta.hpp>
#include <gesta/runtime/ask.hpp>
#include <gesta/runtime/inbox.hpp>
#include <gesta/runtime/query.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/runtime/serve.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/transport/in_process.hpp>

#if __has_include(<sqlite3.h>)
#include <gesta/store/sqlite.hpp>
#endif

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "../../examples/10_modules/stock.hpp"
#include "../../examples/bank.hpp"
#include "../../examples/forum.hpp"
#include "../../examples/desk.hpp"
#include "../../examples/retail/fulfilment/shop.hpp"
#include "../../examples/retail/ledger.hpp"
#include "../../examples/sales.hpp"
#include "../../examples/shop/orders.hpp"
#include "../../examples/trip.hpp"
#include "../../examples/turnstile.hpp"
#include "../codec/messages.hpp"
#include "golden.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wreturn-type"  // main may end without return, a function of another name may not
#define main example_main(); template <class Never> int never_run
namespace example_01 {
#include "../../examples/01_account.cpp"
}
namespace example_03 {
#include "../../examples/03_reactors.cpp"
}
namespace example_05 {
#include "../../examples/05_several_events.cpp"
}
namespace example_08 {
#include "../../examples/08_encoded_messages.cpp"
}
namespace example_09 {
#include "../../examples/09_versions.cpp"
}
namespace example_13 {
#include "../../examples/13_time_travel.cpp"
}
namespace example_16 {
#include "../../examples/16_boundary.cpp"
}
namespace example_18 {
#include "../../examples/18_invoice_numbers.cpp"
}
namespace example_19 {
#include "../../examples/19_facts_and_feeds.cpp"
}
namespace example_22 {
#include "../../examples/22_rows.cpp"
}
namespace example_shop {
#include "../../examples/shop.hpp"
#include "../../examples/manager.hpp"
#include "../../examples/fulfilment.hpp"
namespace orchestration {
#include "../../examples/30_orchestration.cpp"
}
}
namespace example_33 {
#include "../../examples/33_timeouts.cpp"
}
namespace example_44 {
#include "../../examples/44_remote_command.cpp"
}
namespace example_26 {
#include "../../examples/26_carried_state.cpp"
}
namespace example_37 {
#include "../../examples/37_integration_event.cpp"
}
namespace example_39 {
#include "../../examples/39_inbox.cpp"
}
namespace example_40 {
#include "../../examples/customers.hpp"
}
namespace example_41 {
#include "../../examples/41_claim_check.cpp"
}
#if __has_include(<sqlite3.h>)
namespace example_45 {
#include "../../examples/45_trace.cpp"
}
#endif
#undef main
#pragma GCC diagnostic pop

namespace golden {

inline const std::string folder = std::string(__FILE__).substr(0, std::string(__FILE__).rfind('/') + 1);

/// What scripts/golden asks for by the environment variable GESTA_GOLDEN.
inline mode asked() {
  const char* const word = std::getenv("GESTA_GOLDEN");
  return word == nullptr ? mode::compare : std::string_view(word) == "replace" ? mode::replace : mode::add;
}

/// The records of the sagas and delays of a model.
template <class Flow, class Performer>
using records_of_one = std::conditional_t<gesta::detail::process_part<Performer>, gesta::detail::types<>, typename Flow::template stream_of<Performer>::record_list>;
template <class Flow, class... Performer>
auto records_of(gesta::detail::types<Performer...>) -> gesta::detail::concat<records_of_one<Flow, Performer>...>;
template <class Model>
using records_in = decltype(golden::records_of<gesta::flow<Model>>(typename gesta::flow<Model>::performers{}));

/// A value that differs in each of its numbers.
template <class T>
void fill(T& value, int& next) {
  if constexpr (std::is_arithmetic_v<T>) value = static_cast<T>(++next);
  else if constexpr (std::is_enum_v<T>) value = static_cast<T>(1);
  else if constexpr (gesta::detail::is_text<T>) value = T("text");
  else if constexpr (requires { value.push_back(*value.begin()); }) {
    std::remove_cvref_t<decltype(*value.begin())> one{};
    golden::fill(one, next);
    value.push_back(one);
  }
  else gesta::detail::for_each_field(value, [&next](auto& field) { golden::fill(field, next); });
}

template <class Message, class... Pinned>
constexpr bool pinned = (std::is_same_v<Message, Pinned> || ...);
template <class Records, class... Pinned, class... Message>
constexpr bool all_pinned(gesta::detail::types<Message...>) {
  return ((!gesta::identified<Message> || gesta::detail::contains<Message, Records> || pinned<Message, Pinned...>) && ...);
}

/// Pins messages of an example. Every event of its model, old versions too, and every rejection that is stored has to be there; the records of
/// sagas and delays are pinned by themselves, each with one value.
template <class Codec, class Model, class... Message>
void example(const char* name, const Message&... messages) {
  static_assert(all_pinned<records_in<Model>, Message...>(typename gesta::flow<Model>::events{}) &&
                    all_pinned<records_in<Model>, Message...>(typename gesta::flow<Model>::stored_rejections{}),
                "an event or a stored rejection of this example has no pinned form; add a value of it below");
  file pinned_forms(folder + name + ".golden", asked());
  (pinned_forms.template pin<Codec>(messages), ...);
  const auto pin_records = [&]<class... Record>(gesta::detail::types<Record...>) {
    [[maybe_unused]] const auto pin_one = [&](auto record) {
      int next = 0;
      golden::fill(record, next);
      pinned_forms.template pin<Codec>(record);
    };
    (pin_one(Record{}), ...);
  };
  pin_records(records_in<Model>{});
  for (const std::string& why : pinned_forms.end(Codec::name)) FAIL_CHECK(name, ".golden: ", why);
}

/// Pins the messages of tests/codec/messages.hpp, which hold every kind of field.
template <class Codec>
void all_kinds() {
  file pinned_forms(folder + "kinds.golden", asked());
  codec_tests::for_all_messages([&](const auto& messages) {
    for (const auto& message : messages) pinned_forms.pin<Codec>(message);
  });
  for (const std::string& why : pinned_forms.end(Codec::name)) FAIL_CHECK("kinds.golden: ", why);
}

template <class Codec>
void all_examples() {
  constexpr int least = std::numeric_limits<int>::min(), most = std::numeric_limits<int>::max();

  namespace e1 = example_01;
  example<Codec, e1::bank>("01_account", e1::deposited{100}, e1::deposited{most}, e1::withdrawn{30}, e1::withdrawn{least});

  struct bank : gesta::model<accounts> {};
  example<Codec, bank>("bank", deposited{100}, withdrawn{-1}, insufficient_funds{50});

  namespace e3 = example_03;
  example<Codec, e3::shop>("03_reactors", e3::order::placed{1, 10000}, e3::order::cancelled{2}, e3::payment::charged{1, 10000},
                           e3::payment::card_declined{});

  namespace e5 = example_05;
  example<Codec, e5::shop>("05_several_events", e5::opened{"alice"}, e5::opened{""}, e5::opened{"sixteen bytes ok"}, e5::added{{"apple", 3}},
                           e5::added{{gesta::text<8>("\xc3\xa4pfel"), least}}, e5::checked_out{6});

  namespace shop = example_shop;
  struct services : gesta::model<shop::order::orders, shop::payment::payments, shop::stock::stocks, shop::shipping::parcels> {};
  example<Codec, services>("shop", shop::order::placed{1, 5, 10000}, shop::order::confirmed{1}, shop::order::cancelled{2, shop::order::cause::payment},
                           shop::order::cancelled{least, shop::order::cause::customer}, shop::order::cancel_asked{3}, shop::payment::charged{1, 10000},
                           shop::payment::refunded{1, most}, shop::stock::reserved{1, 5}, shop::stock::released{1, least}, shop::shipping::shipped{1}, shop::payment::card_declined{},
                           shop::stock::sold_out{}, shop::shipping::undeliverable{});

  example<Codec, shop::orchestration::shop>("30_orchestration", shop::order::placed{1, 5, 10000}, shop::order::confirmed{1},
                                           shop::order::cancelled{2, shop::order::cause::payment}, shop::order::cancel_asked{3},
                                           shop::payment::charged{1, 10000}, shop::payment::refunded{1, most}, shop::stock::reserved{1, 5},
                                           shop::stock::released{1, least}, shop::shipping::shipped{1}, shop::payment::card_declined{},
                                           shop::stock::sold_out{}, shop::shipping::undeliverable{});
  namespace e33 = example_33::rent;
  example<Codec, e33::garage>("33_timeouts", e33::asked{1}, e33::held{least}, e33::freed{most}, e33::paid{1}, e33::reminded{1}, e33::no_answer{});

  namespace e44 = example_44;
  example<Codec, e44::shop::office>("44_remote_command", e44::shop::placed{1, 7}, e44::shop::cancelled{least}, e44::shop::confirmed{most},
                                    e44::stock::reserve{1, 7}, e44::stock::release{most, 7}, e44::stock::reserved{1, least}, e44::stock::released{2, 7},
                                    e44::stock::sold_out{3});
  example<Codec, e44::depot::house>("44_remote_command_depot", e44::depot::taken{1, 7}, e44::depot::put_back{least, most}, e44::stock::sold_out{3});

  namespace e37 = example_37;
  example<Codec, e37::shop>("37_integration_event", e37::placed{500, 100}, e37::placed{least, most}, e37::noted{"as a gift"}, e37::order_placed{400},
                            e37::order_placed{least}, e37::shipped{3});

  namespace e39 = example_39;
  example<Codec, e39::shop>("39_inbox", e39::placed{500}, e39::order_placed{500}, e39::order_placed{least});
  example<Codec, e39::billing>("39_inbox_billing", e39::billed{500}, e39::billed{most}, e39::order_placed{500});

  namespace e40 = example_40;
  e40::registered ada{{"ada"}, {}, {}};
  if constexpr (std::string_view(Codec::name) == "binary") {  // what is sealed is told to nobody by a text
    const std::byte name[] = {std::byte{1}, std::byte{2}, std::byte{3}};
    gesta::detail::personal_access::put(ada.name, name, 3);
    gesta::detail::personal_access::put(ada.mail, name, 2);
  }
  example<Codec, e40::shop>("40_personal_data", ada, e40::registered{{"bob"}, {}, {}}, e40::ordered{{"ada"}, 1200}, e40::ordered{{""}, least});

  namespace e41 = example_41;
  example<Codec, e41::studio>("41_claim_check", e41::taken{"xyz"}, e41::taken{std::string(130, 'y')}, e41::photo_taken{"xyz"}, e41::photo_taken{""});

#if __has_include(<sqlite3.h>)
  namespace e45 = example_45;
  example<Codec, e45::shop::office>("45_trace", e45::shop::placed{1, 7}, e45::shop::confirmed{most}, e45::order_confirmed{1}, e45::reserve{1, 7},
                                    e45::reserved{1, least}, e45::sold_out{7});
  example<Codec, e45::depot::house>("45_trace_depot", e45::depot::taken{1, 7}, e45::depot::packed{most}, e45::order_confirmed{1}, e45::sold_out{7});
#endif

  namespace e8 = example_08;
  example<Codec, e8::notebook>("08_encoded_messages", e8::noted{"to be, ", {"hamlet"}}, e8::noted{"", {}},
                               e8::noted{"line\n\"quoted\" \xff", {"", std::string(130, 't')}}, e8::starred{"will"});

  namespace e9 = example_09;
  example<Codec, e9::shop>("09_versions", e9::placed_v1{7, 3}, e9::placed{7, 300});

  namespace e13 = example_13;
  example<Codec, e13::bank>("13_time_travel", e13::opened{0}, e13::deposited{100}, e13::withdrawn{30});

  struct office : gesta::model<desks, gesta::history<moved_1, blinked_1, refused_1>> {};
  example<Codec, office>("desk", moved_1{101, 102}, moved_1{least, most}, blinked_1{true}, refused_1{3}, left{101}, entered{102}, refused{300});

  example<Codec, gates::museum>("15_snapshots", gates::counted{12}, gates::counted{-1});

  struct forum : gesta::model<users::names> {};
  example<Codec, forum>("17_unique_name", users::name_taken{"anna", {1}}, users::name_taken{"", {least}}, users::name_given_back{"\xc3\xa4nne", {most}});

  namespace e18 = example_18;
  example<Codec, e18::office>("18_invoice_numbers", e18::invoice_issued{2025, 1, 7, 1000}, e18::invoice_issued{least, ~0u, most, least},
                              e18::invoice_cancelled{2025, 2}, e18::year_closed{2025});

  namespace e19 = example_19;
  example<Codec, e19::office>("19_facts_and_feeds", e19::booked{500}, e19::booked{least}, e19::carried_forward{2025, 350},
                              e19::carried_forward{least, most});

  struct sales : gesta::model<orders> {};
  example<Codec, sales>("sales", sold{"FR", 100}, sold{"", least});

  namespace e26 = example_26::customers;
  example<Codec, e26::model>("26_carried_state", e26::registered{"anna", {"Elm Street 1", "York"}}, e26::registered{"", {"", ""}},
                             e26::moved{"sixteen bytes ok", {"Elm Street 1", "York"}, {"Pier 4", "Hull"}});

  namespace e22 = example_22;
  example<Codec, e22::shop>("22_rows", e22::sold{"FR", 300}, e22::sold{"", least}, e22::returned{"DE", 50}, e22::returned{"eight by", most});

  namespace e16 = example_16;
  example<Codec, e16::school>("16_boundary", e16::course_planned{"logic", 1}, e16::course_planned{"", ~0u}, e16::enrolled{"logic", "anna"},
                              e16::withdrawn{"music", "sixteen bytes ok"});

  struct shelves : gesta::model<stock::shelves> {};
  example<Codec, shelves>("10_modules", stock::taken_in{10}, stock::sent_out{7});

  namespace m = shop::managing;
  using shop::manager;
  using gesta::ignored, gesta::put_off, gesta::took;
  using gesta::process_records::asked;
  using gesta::unchanged;
  const m::data of{1, 5, 10000}, odd_data{least, most, 0};
  const shop::order::cancel_asked wish{8};
  struct managed : gesta::model<shop::order::orders, shop::payment::payments, shop::stock::stocks, shop::shipping::parcels, manager> {};
  example<Codec, managed>(
      "34_process_manager", shop::order::placed{1, 5, 10000}, shop::order::confirmed{1}, shop::order::cancelled{2, shop::order::cause::payment},
      wish, shop::payment::charged{1, 10000}, shop::payment::refunded{7, 10000}, shop::payment::card_declined{}, shop::stock::reserved{1, 5},
      shop::stock::released{7, 5}, shop::stock::sold_out{}, shop::shipping::shipped{1}, shop::shipping::undeliverable{},
      gesta::moved<manager, m::idle>{{}, {}}, gesta::moved<manager, m::paying>{{of}, {most}}, gesta::moved<manager, m::reserving>{{odd_data}, {}},
      gesta::moved<manager, m::stopping>{{of, shop::order::cause::customer}, {}}, gesta::moved<manager, m::sending>{{of}, {}},
      gesta::moved<manager, m::releasing>{{of, shop::order::cause::shipping}, {}},
      gesta::moved<manager, m::refunding>{{of, shop::order::cause::stock}, {}}, gesta::moved<manager, m::confirming>{{of}, {}},
      gesta::moved<manager, m::cancelling>{{of}, {}}, gesta::moved<manager, m::done>{{}, {}}, gesta::moved<manager, m::gone>{{}, {}},
      took<manager, shop::order::placed>{0, 0, {1, 5, 10000}}, took<manager, shop::order::cancel_asked>{0, 1, wish},
      put_off<manager, shop::order::placed>{0, 0, {1, 5, 10000}}, put_off<manager, shop::order::cancel_asked>{0, 0, wish},
      ignored<manager, shop::order::cancel_asked>{0, 2, wish},
      took<manager, shop::payment::charged>{1, 0, {1, 10000}}, took<manager, shop::payment::card_declined>{1, 0, {}},
      took<manager, shop::stock::reserved>{2, 0, {1, 5}}, took<manager, shop::stock::sold_out>{2, 0, {}},
      took<manager, shop::order::cancelled>{~0u, 0, {2, {}}}, took<manager, unchanged<shop::order::cancel>>{2, 0},
      took<manager, shop::shipping::shipped>{3, 0, {1}}, took<manager, shop::shipping::undeliverable>{3, 0, {}},
      took<manager, shop::stock::released>{4, 0, {7, 5}}, took<manager, unchanged<shop::stock::release>>{4, 0},
      took<manager, shop::payment::refunded>{5, 0, {7, 10000}}, took<manager, unchanged<shop::payment::refund>>{5, 0},
      took<manager, shop::order::confirmed>{4, 0, {1}}, took<manager, unchanged<shop::order::confirm>>{4, 0},
      asked<manager, shop::payment::charge>{{1, 10000}}, asked<manager, shop::stock::reserve>{{1, 5}},
      asked<manager, shop::order::cancel>{{2, shop::order::cause::payment}}, asked<manager, shop::shipping::ship>{{1}},
      asked<manager, shop::stock::release>{{7, 5}}, asked<manager, shop::payment::refund>{{7, 10000}}, asked<manager, shop::order::confirm>{{1}});

  const retail::entry goods{"536365", "85123A", 2550, 6, {2010, 12, 1, 8, 26, 0}, "United Kingdom"};
  const retail::entry odd{"", "22423", std::numeric_limits<std::int64_t>::max(), -1, {-1, 12, 31, 23, 59, 59}, "EIRE"};
  example<Codec, retail::ledger>("retail", retail::items_sold{goods}, retail::items_sold{odd}, retail::items_returned{goods},
                                 retail::unknown_customer{}, retail::invalid_quantity{-5}, retail::invalid_price{0}, retail::nothing_to_return{2},
                                 retail::not_a_sale{});
  struct retail_shop
      : gesta::model<retail::order::orders, retail::payment::payments, retail::stock::stocks, retail::shipping::parcels> {};
  using retail::order::cause;
  const retail::odds few{7, 50'000}, many{std::numeric_limits<std::uint64_t>::max(), 1'000'000};
  example<Codec, retail_shop>("retail_fulfilment", retail::order::placed{"536365", {{"85123A", 2550, 6}, {"22423", 1, -1}}, few, many},
                              retail::order::placed{"", {}, {}, {}}, retail::order::confirmed{"536365", 15299},
                              retail::order::cancelled{"536365", cause::shipping}, retail::payment::charged{"536365", 15299},
                              retail::payment::refunded{"536365", 15299, cause::stock}, retail::stock::opened{"85123A", 100},
                              retail::stock::reserved{"536365", "85123A", 0, 6}, retail::stock::released{"536365", "85123A", 1, 6, cause::payment},
                              retail::shipping::shipped{"536365", 5}, retail::payment::card_declined{}, retail::stock::sold_out{3},
                              retail::shipping::undeliverable{}, ::trade::told::reserved{"536365", "85123A", 0, 6},
                              ::trade::told::released{"536365", "85123A", 1, 6}, ::trade::told::shipped{"536365", 5},
                              retail::stock::reserve{"536365", "85123A", 0, 6}, retail::stock::release{"536365", "85123A", 1, 6, cause::stock},
                              retail::shipping::ship{"536365", 5, few});

  const retail::order::placed two_lines{"536365", {{"85123A", 2550, 6}, {"22423", 1, -1}}, few, many};
  example<Codec, trade::order_desk>("shop_fulfilment", two_lines, retail::order::confirmed{"536365", 15299},
                                    retail::order::cancelled{"536365", cause::shipping}, retail::payment::charged{"536365", 15299},
                                    retail::payment::refunded{"536365", 15299, cause::stock}, retail::payment::card_declined{},
                                    retail::stock::sold_out{3}, retail::shipping::undeliverable{});

  struct agency
      : gesta::model<trip::trips, flight::flights, hotel::hotels, car::cars, visa::visas, ::bank::banks, ticket::tickets> {};
  example<Codec, agency>("trip", trip::asked{1}, trip::called_off{1}, flight::booked{1, 101}, flight::cancelled{1, 101}, hotel::booked{1, 201},
                         hotel::cancelled{1, 201}, car::rented{1, 301}, car::given_back{1, 301}, visa::charged{1}, visa::refunded{1},
                         ::bank::debited{1}, ::bank::repaid{1}, ticket::issued{1, 101, 0}, flight::full{}, hotel::full{}, car::none_left{},
                         visa::declined{}, ::bank::refused{});
}

}  // namespace golden
