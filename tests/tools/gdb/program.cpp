// What the debugger is shown: one value of each type that has a printer. It stops where `stop` is called.
#include <gesta/gesta.hpp>

#include <cstdint>
#include <string>

#include "model.hpp"

namespace shown {

namespace {

void values() {
  gesta::timestamp none{}, then{1'700'000'000'123'456'789}, before{-1};
  gesta::message_id nobody{}, somebody{0x0123456789abcdef, 0xf};
  gesta::key_bytes word{"alice", 5}, number{"\0\0\0\a", 4}, empty{"", 0};
  gesta::text<8> sku{"SKU-1"}, quoted{"a\"b\\\n"};
  gesta::list<int, 4> few{1, 2};
  gesta::list<order_no, 2> orders{order_no{7}};
  gesta::once request{"retail", 7};
  gesta::expected version{3};
  gesta::conflict other{4};
  gesta::origin from{then, somebody, nobody};
  gesta::about around{word, 3, 12, then, somebody, nobody};
  deposited event{5};
  gesta::recorded in_place{0, 0, 0, word, 3, 12, from, &event, sizeof event, true};
  gesta::recorded in_bytes{1, 0, gesta::unknown_entity, number, 1, 13, {}, "abc", 3, false};
  gesta::recorded retired{gesta::retired_tag, 0, gesta::unknown_entity, word, 2, 14, {}, "", 0, false};
  gesta::failure full(gesta::failure::kind::full, 0, "no room left for ", "events"), broken(gesta::failure::kind::corrupt, 11, "torn");
  broken.position = 9;
  gesta::committed kept, lost(full);
  gesta::past<account> was(account{5, 0}), gone(broken);
  gesta::remembered refused{gesta::verdict::rejected, 2, 3, 0, "abc", 3}, accepted{gesta::verdict::accepted, 0, 3, 12, nullptr, 0};
  gesta::at_version third{3};
  gesta::at_position twelfth{12};
  gesta::at_time moment{then};
  stop("values");
}

std::int64_t start = 1'700'000'000'000'000'000;

void empty() {
  auto app = gesta::start<bank>(gesta::memory_store{}, ticking{&start});
  stop("empty");
}

void on_memory() {
  auto app = gesta::start<bank>(gesta::memory_store{}, ticking{&start});
  auto accepted = app.handle("alice", deposit{100});
  auto nothing = app.handle("alice", deposit{0});
  auto refused = app.handle("alice", deposit{5000}, gesta::once{"retail", 1});
  auto repeated = app.handle("alice", deposit{1}, gesta::once{"retail", 1});
  auto unexpected = app.handle("alice", deposit{1}, gesta::expected{9});
  (void)app.handle("bob", note{"two\nlines"});
  app.handle(order_no{7}, count{});
  {
    auto batch = app.batch();
    (void)batch.handle("bob", deposit{3});
    stop("batch");
  }
  stop("memory");
}

void when_full() {
  auto app = gesta::start<bank>(gesta::fixed_memory_store{1, 1, 0});
  (void)app.handle("alice", deposit{1});
  auto failed = app.handle("bob", deposit{1});
  stop("full");
}

// The second note is larger than a segment.
void in_segments() {
  auto app = gesta::start<bank>(gesta::memory_store{}, ticking{&start});
  (void)app.handle("alice", deposit{1});
  (void)app.handle("alice", note{std::string(2'500'000, 'x')});
  (void)app.handle("alice", note{std::string(900'000, 'x')});
  (void)app.handle("alice", note{std::string(900'000, 'x')});
  for (int i = 2; i < 8; ++i) (void)app.handle("alice", deposit{i});
  stop("segments");
}

// Each segment holds one note, and two are kept.
void last_records() {
  auto app = gesta::start<bank>(gesta::last_records_store{std::size_t{2} << 20, 1, 0});
  for (int i = 0; i < 5; ++i) (void)app.handle("alice", note{std::string(900'000, 'x')});
  stop("last records");
}

void boundary() {
  auto app = gesta::start<register_of_names>(gesta::memory_store{}, ticking{&start});
  auto claimed = app.handle(claim{"alice"});
  auto refused = app.handle(claim{"alice"});
  stop("boundary");
}

}  // namespace

}  // namespace shown

int main() {
  shown::values();
  shown::empty();
  shown::on_memory();
  shown::when_full();
  shown::in_segments();
  shown::last_records();
  shown::boundary();
}
