#include <doctest/doctest.h>

#include <gesta/codec/binary.hpp>
#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/reading.hpp>

#include <string>
#include <vector>

// From the bytes of a record to the event of today.
namespace shop {

struct placed_v1 {
  int euros;
  static constexpr auto id = "placed";
};
struct placed_v2 {
  int cents;
  static constexpr auto id = gesta::event_id{"placed", 2};
};
struct placed {
  int cents;
  std::string note;
  static constexpr auto id = gesta::event_id{"placed", 3};
};
inline auto upcast(const placed_v1& old) -> placed_v2 { return {old.euros * 100}; }
inline auto upcast(const placed_v2& old) -> placed { return {old.cents, "none"}; }
struct paid {
  int cents;
  static constexpr auto id = "paid";
};
struct place {
  int cents;
};
struct pay {
  int cents;
};
struct order {
  int cents = 0;
};
inline void evolve(order& o, const placed& e) { o.cents += e.cents; }
inline void evolve(order& o, const paid& e) { o.cents -= e.cents; }
inline auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents, "new"}; }
inline auto decide(const order&, const pay& c) -> gesta::emits<paid> { return paid{c.cents}; }
struct orders : gesta::aggregate<order, gesta::commands<place, pay>> {
  static constexpr auto id = "order";
};
struct model : gesta::model<orders, gesta::history<placed_v1, placed_v2>> {};

}  // namespace shop

namespace {

using namespace shop;
using flow = gesta::flow<model>;

struct reader {
  std::string& out;
  void operator()(const placed& e) { out += "placed " + std::to_string(e.cents) + " " + e.note; }
  void operator()(const paid& e) { out += "paid " + std::to_string(e.cents); }
};
std::string read(const gesta::recorded& record) {
  std::string out;
  return gesta::detail::read_event<flow>(record, reader{out}) ? out : "unreadable";
}
template <class Event>
gesta::recorded record_of(const std::vector<std::byte>& bytes) {
  gesta::recorded r{};
  r.tag = flow::tag<Event>;
  r.payload = bytes.data();
  r.size = static_cast<std::uint32_t>(bytes.size());
  return r;
}
template <class Event>
std::vector<std::byte> bytes_of(const Event& e) {
  std::vector<std::byte> bytes(gesta::encoded_size(e));
  gesta::encode(e, bytes.data());
  return bytes;
}

}  // namespace

TEST_CASE("an event is read from its bytes, or where it lies") {
  CHECK(read(record_of<placed>(bytes_of(placed{5, "hello"}))) == "placed 5 hello");
  CHECK(read(record_of<paid>(bytes_of(paid{7}))) == "paid 7");
  const paid here{8};
  gesta::recorded r{};
  r.tag = flow::tag<paid>;
  r.payload = &here;
  r.size = sizeof here;
  r.in_place = true;
  CHECK(read(r) == "paid 8");
}

TEST_CASE("an old version is upcast step by step, and nobody sees it") {
  CHECK(read(record_of<placed_v1>(bytes_of(placed_v1{3}))) == "placed 300 none");
  CHECK(read(record_of<placed_v2>(bytes_of(placed_v2{250}))) == "placed 250 none");
}

TEST_CASE("who reads some events reads their old versions too, and no others") {
  const auto read_placed = [](const gesta::recorded& record) {
    std::string out;
    return gesta::detail::read_event<flow, gesta::detail::types<placed>>(record, reader{out}) ? out : "unreadable";
  };
  CHECK(read_placed(record_of<placed>(bytes_of(placed{5, "hello"}))) == "placed 5 hello");
  CHECK(read_placed(record_of<placed_v1>(bytes_of(placed_v1{3}))) == "placed 300 none");
  CHECK(read_placed(record_of<paid>(bytes_of(paid{7}))) == "unreadable");
}

TEST_CASE("a retired event is passed over") {
  gesta::recorded r{};
  r.tag = gesta::retired_tag;
  CHECK(read(r).empty());
}

TEST_CASE("bytes that are no such event, and tags that are none, are unreadable") {
  auto bytes = bytes_of(placed{5, "hello"});
  bytes.pop_back();
  CHECK(read(record_of<placed>(bytes)) == "unreadable");
  CHECK(read(record_of<paid>({})) == "unreadable");
  gesta::recorded r{};
  r.tag = flow::event_count;
  CHECK(read(r) == "unreadable");
}
