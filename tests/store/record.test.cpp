#include <doctest/doctest.h>

#include <gesta/store/record.hpp>

#include <cstring>
#include <string>
#include <vector>

namespace {

using gesta::detail::records;
using gesta::detail::when_full;

struct small {
  std::uint64_t n;
};
struct large {
  std::uint64_t n;
  gesta::list<std::uint64_t, 600> rest;  // 4800 bytes and more: above a segment of 4096
};
struct words {
  std::string text;
};

/// One event under a tag: 0 small, 1 large, 2 words.
template <class Records>
gesta::link put(Records& r, const small& e) {
  return r.put(0, 0, static_cast<std::uint32_t>(e.n % 7), 1, 0, gesta::origin{}, e);
}
template <class Records>
gesta::link put(Records& r, const large& e) {
  return r.put(1, 0, static_cast<std::uint32_t>(e.n % 7), 1, 0, gesta::origin{}, e);
}

template <class Records>
std::uint64_t number_in(const Records&, const gesta::detail::record_head& head) {
  std::uint64_t n = 0;
  std::memcpy(&n, Records::payload(head), sizeof n);
  return n;
}

/// The numbers of the kept records up to a position, read one after another; checks that positions have no gap.
template <class Records>
std::vector<std::uint64_t> read(const Records& r, typename Records::mark from, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  typename Records::reading records(r, from, last);
  while (const gesta::detail::record_head* const head = records.next()) {
    all.push_back(number_in(r, *head));
    CHECK(records.position() == from.records + all.size());
  }
  return all;
}

/// The numbers of all kept records, whichever way they are asked for; checks that positions have no gap.
template <class Records>
std::vector<std::uint64_t> numbers(const Records& r, typename Records::mark from) {
  std::vector<std::uint64_t> all;
  std::uint64_t expected = from.records;
  r.each(from, r.here(), [&](const gesta::detail::record_head& head, std::uint64_t position) {
    CHECK(position == ++expected);
    all.push_back(number_in(r, head));
  });
  CHECK(expected == r.count());
  CHECK(read(r, from, r.count()) == all);
  return all;
}
std::vector<std::uint64_t> from_to(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t n = first; n <= last; ++n) all.push_back(n);
  return all;
}

using growing = records<false, when_full::grow>;
using bounded = records<false, when_full::refuse>;
using lasting = records<false, when_full::reuse>;

}  // namespace

TEST_CASE("a lean record has 24 bytes before the event, a traced one 64, and the next begins at a multiple of eight") {
  CHECK(growing::head_size == 24);
  CHECK(records<true, when_full::grow>::head_size == 64);
  growing r(4096, 0);
  const gesta::link at = r.put(0, 0, 0, 1, 0, gesta::origin{}, std::uint8_t{1});
  CHECK(r.at(at)->size == 25);
  CHECK(r.put(0, 0, 0, 1, 0, gesta::origin{}, std::uint8_t{1}) == at + 32);
}

TEST_CASE("a record is found again by its address, with all that was said about it") {
  records<true, when_full::grow> r(4096, 0);
  const gesta::origin from{{5}, {1, 2}, {3, 4}};
  const gesta::link first = r.put(7, 1, 9, 3, 0, from, small{11});
  const gesta::link second = r.put(8, 2, 10, 4, first, from, small{12});
  CHECK(first != 0);
  const auto* const head = r.at(second);
  CHECK(head->tag == 8);
  CHECK(head->aggregate == 2);
  CHECK(head->entity == 10);
  CHECK(head->version == 4);
  CHECK(head->previous == first);
  CHECK(number_in(r, *head) == 12);
  CHECK(r.from(*head).time.nanoseconds == 5);
  CHECK(r.from(*head).correlation == gesta::message_id{1, 2});
  CHECK(r.from(*head).causation == gesta::message_id{3, 4});
  CHECK(r.at(head->previous)->tag == 7);
}

TEST_CASE("records that are encoded are read back from their bytes") {
  growing r(4096, 0);
  const gesta::link at = r.put(2, 0, 0, 1, 0, gesta::origin{}, words{"hello"});
  words back;
  const auto& head = *r.at(at);
  const std::size_t size = gesta::encoded_size(words{"hello"});
  REQUIRE(head.size >= growing::head_size + size);
  CHECK(gesta::decode(static_cast<const std::byte*>(growing::payload(head)), size, back));
  CHECK(back.text == "hello");
}

TEST_CASE("records grow over many segments and keep their order and their addresses") {
  growing r(4096, 0);
  std::vector<gesta::link> at;
  for (std::uint64_t n = 0; n < 5000; ++n) at.push_back(put(r, small{n}));
  CHECK(r.count() == 5000);
  CHECK(numbers(r, r.first()) == from_to(0, 4999));
  for (std::uint64_t n = 0; n < 5000; n += 97) CHECK(number_in(r, *r.at(at[n])) == n);
}

TEST_CASE("a record larger than a segment lies in one piece, among others") {
  growing r(4096, 0);
  large big{};
  std::vector<gesta::link> at;
  for (std::uint64_t n = 0; n < 60; ++n) {
    big.n = n;
    at.push_back(n % 5 == 0 ? put(r, big) : put(r, small{n}));
  }
  CHECK(numbers(r, r.first()) == from_to(0, 59));
  for (std::uint64_t n = 0; n < 60; ++n) CHECK(number_in(r, *r.at(at[n])) == n);
}

TEST_CASE("who reads on begins where a reading was left, or at the beginning of a segment, and reads the same") {
  const auto try_all = [](auto& r, std::uint64_t count) {
    const std::uint64_t first = r.first().records;
    for (std::uint64_t after = first; after <= count; after += after % 7 + 1) {
      for (const bool was_left : {false, true}) {
        if (was_left) {
          typename std::remove_reference_t<decltype(r)>::reading until(r, r.nearest(after), after);
          while (until.next() != nullptr) {
          }
          r.leave(until.here());
          CHECK(r.nearest(after).records == after);
        }
        const auto from = r.nearest(after);
        CHECK(from.records <= after);
        CHECK((after - from.records) * 32 < 4096 + 1);  // no segment holds more
        CHECK(numbers(r, from) == from_to(from.records, count - 1));
      }
    }
  };
  growing grown(4096, 0);
  large big{};
  for (std::uint64_t n = 0; n < 700; ++n) {
    big.n = n;
    n % 50 == 49 ? put(grown, big) : put(grown, small{n});
  }
  try_all(grown, 700);
  bounded filled(4096, 8);
  std::uint64_t count = 0;
  while (put(filled, small{count}) != 0) ++count;
  CHECK(count == 8 * 4096 / 32);  // full to the last byte: places lie at the ends of segments too
  try_all(filled, count);
  lasting last(4096, 4);
  for (std::uint64_t n = 0; n < 3000; ++n) put(last, small{n});
  REQUIRE(last.first().records > 0);
  last.leave({1, 0});
  try_all(last, 3000);
  const auto left = last.nearest(3000);
  for (std::uint64_t n = 3000; n < 6000; ++n) put(last, small{n});
  last.leave(left);  // overwritten since
  try_all(last, 6000);
}

TEST_CASE("where a reading was left is forgotten when it is cut off") {
  growing r(4096, 0);
  for (std::uint64_t n = 0; n < 10; ++n) put(r, small{n});
  const auto before = r.here();
  for (std::uint64_t n = 10; n < 20; ++n) put(r, small{n});
  r.leave(r.here());
  CHECK(r.nearest(20).records == 20);
  r.cut(before);
  large big{};
  for (std::uint64_t n = 10; n < 30; ++n) {  // other records at other places
    big.n = n;
    put(r, big);
  }
  CHECK(numbers(r, r.nearest(20)).front() == r.nearest(20).records);
  CHECK(r.nearest(20).records != 0);
}

TEST_CASE("a cut forgets what is after the mark, whatever was put there and is put again") {
  // Marks at every place, cut after runs of every kind: within a segment, over several, over large records.
  for (std::uint64_t before = 0; before < 260; before += 13) {
    for (std::uint64_t after = 1; after < 400; after += 61) {
      growing r(4096, 0);
      large big{};
      for (std::uint64_t n = 0; n < before; ++n) (void)put(r, small{n});
      const auto mark = r.here();
      for (std::uint64_t n = 0; n < after; ++n) {
        big.n = 1000;
        if (n % 50 == 7) (void)put(r, big);
        else (void)put(r, small{1000});
      }
      r.cut(mark);
      REQUIRE(r.count() == before);
      for (std::uint64_t n = before; n < before + after; ++n) {
        big.n = n;
        if (n % 40 == 3) (void)put(r, big);
        else (void)put(r, small{n});
      }
      const auto all = numbers(r, r.first());
      REQUIRE(all == from_to(0, before + after - 1));
      REQUIRE(numbers(r, mark) == from_to(before, before + after - 1));
    }
  }
}

TEST_CASE("a cut to the very beginning leaves records as new") {
  growing r(4096, 0);
  const auto mark = r.here();
  for (std::uint64_t n = 0; n < 1000; ++n) (void)put(r, small{n});
  r.cut(mark);
  CHECK(r.count() == 0);
  CHECK(numbers(r, r.first()).empty());
  (void)put(r, small{5});
  CHECK(numbers(r, r.first()) == std::vector<std::uint64_t>{5});
}

TEST_CASE("nested cuts, inner before outer, leave what stood before the outer one") {
  growing r(4096, 0);
  for (std::uint64_t n = 0; n < 100; ++n) (void)put(r, small{n});
  const auto outer = r.here();
  for (std::uint64_t n = 0; n < 200; ++n) (void)put(r, small{1});
  const auto inner = r.here();
  for (std::uint64_t n = 0; n < 300; ++n) (void)put(r, small{2});
  r.cut(inner);
  CHECK(r.count() == 300);
  r.cut(inner);
  CHECK(r.count() == 300);
  r.cut(outer);
  CHECK(numbers(r, r.first()) == from_to(0, 99));
}

TEST_CASE("bounded records refuse what does not fit and stay as they were") {
  bounded r(4096, 2);
  std::uint64_t n = 0;
  while (put(r, small{n}) != 0) ++n;
  CHECK(n == 2 * (4096 / 32));
  CHECK(r.count() == n);
  CHECK(put(r, small{n}) == 0);
  CHECK(numbers(r, r.first()) == from_to(0, n - 1));
}

TEST_CASE("bounded records that refused have room again after a cut") {
  bounded r(4096, 2);
  for (std::uint64_t n = 0; n < 100; ++n) REQUIRE(put(r, small{n}) != 0);
  const auto mark = r.here();
  while (put(r, small{7}) != 0) {}
  r.cut(mark);
  for (std::uint64_t n = 100; n < 256; ++n) REQUIRE(put(r, small{n}) != 0);
  CHECK(numbers(r, r.first()) == from_to(0, 255));
}

TEST_CASE("bounded records refuse a record larger than a segment") {
  bounded r(4096, 4);
  CHECK(put(r, small{0}) != 0);
  CHECK(put(r, large{}) == 0);
  CHECK(put(r, small{1}) != 0);
  CHECK(numbers(r, r.first()) == from_to(0, 1));
}

TEST_CASE("lasting records keep the last ones: a whole segment less than there is room for at least") {
  lasting r(4096, 3);
  std::vector<gesta::link> at;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    at.push_back(put(r, small{n}));
    const auto kept = numbers(r, r.first());
    REQUIRE(kept.size() >= (n < 2 * 128 ? n + 1 : 2 * 128));
    REQUIRE(kept.back() == n);
  }
  CHECK(r.count() == 1000);
  CHECK(r.at(at[0]) == nullptr);
  CHECK(number_in(r, *r.at(at[999])) == 999);
  CHECK(r.first().records == 1000 - numbers(r, r.first()).size());
}

TEST_CASE("records are read up to a position, wherever in a segment that is") {
  growing r(4096, 0);
  CHECK(read(r, r.first(), 0).empty());
  for (std::uint64_t n = 1; n <= 400; ++n) (void)(n % 60 == 0 ? put(r, large{n, {}}) : put(r, small{n}));
  for (std::uint64_t last = 0; last <= 400; ++last) CHECK(read(r, r.first(), last) == from_to(1, last));
}

TEST_CASE("what is appended while records are read does not disturb whoever reads") {
  growing r(4096, 0);
  for (std::uint64_t n = 1; n <= 200; ++n) (void)put(r, small{n});
  growing::reading records(r, r.first(), r.count());
  std::uint64_t seen = 0;
  while (const gesta::detail::record_head* const head = records.next()) {
    CHECK(number_in(r, *head) == ++seen);
    for (std::uint64_t n = 0; n < 30; ++n) (void)put(r, small{1000 + n});  // leaves the segment that is read, and moves the table of segments
  }
  CHECK(seen == 200);
  CHECK(r.count() == 200 + 200 * 30);
}

TEST_CASE("records can be moved") {
  growing r(4096, 0);
  for (std::uint64_t n = 0; n < 300; ++n) (void)put(r, small{n});
  growing other(std::move(r));
  (void)put(other, small{300});
  CHECK(numbers(other, other.first()) == from_to(0, 300));
}
