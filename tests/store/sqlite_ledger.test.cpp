// The view `ledger`: what sqlite3 and psql show of each event is what the JSON codec writes of it, without the program.
#include <gesta/codec/json.hpp>
#include <gesta/codec/personal.hpp>
#include <gesta/codec/wire_form.hpp>
#include <gesta/store/sqlite_ledger.hpp>
#include <gesta/store/sqlite_schema.hpp>

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "../codec/messages.hpp"
#ifdef GESTA_LEDGER_ON_POSTGRES
#include "postgres_ledger.hpp"
#endif

namespace {

/// A file in memory with one event of whatever is asked for.
class one_event {
 public:
  one_event() {
    REQUIRE(sqlite3_open(":memory:", &connection_) == SQLITE_OK);
    run(gesta::detail::sqlite_tables);
    run(gesta::detail::sqlite_ledger().text().c_str());
    run("insert into types values(1, 'aggregate', 'thing', 1, '\"text\"'), (2, 'event', 'thing.done', 1, '')");
    run("insert into streams values(1, 1, 'a', 1, 1, 1, 0)");
    run("insert into events values(1, 1, 1, null, 2, 0, null, null, x'')");
    prepare(form_, "update types set form = ? where type = 2");
    prepare(event_, "update events set payload = ?");
    prepare(show_, "select payload from ledger");
  }
  one_event(const one_event&) = delete;
  one_event& operator=(const one_event&) = delete;
  ~one_event() {
    for (sqlite3_stmt* s : {form_, event_, show_}) sqlite3_finalize(s);
    sqlite3_close(connection_);
  }

  std::string shown(const std::string& form, const std::vector<std::byte>& payload) {
    sqlite3_bind_text(form_, 1, form.data(), static_cast<int>(form.size()), SQLITE_STATIC);
    sqlite3_bind_blob(event_, 1, payload.empty() ? static_cast<const void*>("") : payload.data(), static_cast<int>(payload.size()), SQLITE_STATIC);
    for (sqlite3_stmt* s : {form_, event_}) {
      CHECK(sqlite3_step(s) == SQLITE_DONE);
      sqlite3_reset(s);
    }
    REQUIRE_MESSAGE(sqlite3_step(show_) == SQLITE_ROW, sqlite3_errmsg(connection_));
    std::string out(reinterpret_cast<const char*>(sqlite3_column_text(show_, 0)), static_cast<std::size_t>(sqlite3_column_bytes(show_, 0)));
    sqlite3_reset(show_);
    return out;
  }
  template <class Message>
  std::string shown(const Message& message) {
    std::vector<std::byte> bytes(gesta::encoded_size(message));
    gesta::encode(message, bytes.data());
    return shown(gesta::wire_form<Message>, bytes);
  }

 private:
  void run(const char* statements) {
    REQUIRE_MESSAGE(sqlite3_exec(connection_, statements, nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(connection_));
  }
  void prepare(sqlite3_stmt*& statement, const char* text) {
    REQUIRE_MESSAGE(sqlite3_prepare_v2(connection_, text, -1, &statement, nullptr) == SQLITE_OK, sqlite3_errmsg(connection_));
  }

  sqlite3* connection_ = nullptr;
  sqlite3_stmt *form_ = nullptr, *event_ = nullptr, *show_ = nullptr;
};

one_event& file() {
  static one_event it;
  return it;
}

bool is_hex(const std::string& shown) { return shown.starts_with("{\"hex\":\"") && shown.find(':', 8) == std::string::npos; }

std::size_t same = 0, in_hex = 0;

/// A server shows all, and all fractions. Each is a round trip: where many are compared, one of so many is.
[[maybe_unused]] std::size_t one_of = 1, compared = 0;
template <class Message>
void compare_on_server([[maybe_unused]] const Message& message) {
#ifdef GESTA_LEDGER_ON_POSTGRES
  one_event_on_a_server* const there = ++compared % one_of == 0 ? on_a_server() : nullptr;
  if (there == nullptr) return;
  std::vector<std::byte> bytes(gesta::encoded_size(message));
  gesta::encode(message, bytes.data());
  const std::string expected = gesta::to_json(message), shown = there->shown(gesta::wire_form<Message>, bytes);
  if (shown != expected) FAIL_CHECK(expected, " is shown by a server as ", shown);
#endif
}

/// What the view shows is what the codec writes, or where that may be the bytes.
template <class Message>
void compare(const Message& message, bool may_be_hex = false) {
  compare_on_server(message);
  const std::string expected = gesta::to_json(message), shown = file().shown(message);
  if (shown == expected) return void(++same);
  ++in_hex;
  if (!may_be_hex || !is_hex(shown)) FAIL_CHECK(expected, " is shown as ", shown);
}

struct amount {
  double value;
};
struct small_amount {
  float value;
};
struct member_id {
  gesta::text<20> value;
  static constexpr auto id = "member";
};
struct joined {
  member_id member;
  gesta::personal<member_id, std::string> name;
};
struct words {
  std::string text;
  std::map<std::string, std::vector<std::uint64_t>> by_name;
  std::optional<std::optional<char>> maybe;
  std::vector<std::byte> bytes;
};

}  // namespace

TEST_CASE("every kind of field is shown as JSON; of fractions those whose decimal is certain") {
  codec_tests::for_all_messages([](const auto& messages) {
    using message_type = std::decay_t<decltype(messages[0])>;
    constexpr bool has_fractions = std::is_same_v<message_type, codec_tests::fractions> || std::is_same_v<message_type, codec_tests::flat_order>;
    for (const auto& message : messages) compare(message, has_fractions);
  });
  CHECK(in_hex <= 12);
  CHECK(same >= 20);
}

TEST_CASE("an event with personal data is shown as its bytes, in which that is sealed") { CHECK(is_hex(file().shown(joined{{"ann"}, {}}))); }

TEST_CASE("fractions that people write are shown, others in hex, and none wrongly") {
  std::mt19937_64 draw(20261125);
  one_of = 5;
  in_hex = 0;
  for (int i = 0; i < 1500; ++i) {
    const auto cents = static_cast<std::int64_t>(draw() >> (draw() % 50 + 14));
    compare(amount{static_cast<double>(i % 2 == 0 ? cents : -cents) / 100}, cents > 4'000'000'000'000'000);
    compare(amount{static_cast<double>(cents)}, true);
    compare(small_amount{static_cast<float>(cents % 100'000'000) / 100});
    compare(small_amount{static_cast<float>(cents % 100'000'000'000)});
  }
  CHECK(in_hex < 60);
  one_of = 1;
  for (const double one : {0.1, 0.5, 1e-7, 1e-5, 0.0001, 1.5e-10, 1e15, 1e16, 123456.789, 1e22, 100000.0, 1234500000.0, 0.3, 99999999999999.9})
    compare(amount{one});
  for (const float one : {0.1F, 0.5F, 1e-7F, 3.14159274F, 16777216.0F, 16777215.0F, 1e10F, 1e-5F, 8388608.0F, 33554432.0F, 0.3F})
    compare(small_amount{one});
  // Of some the fewest digits are half way to the next number.
  for (const double one : {1e23, 1.1807e21, 9e22, 1180591620717411303424.0, 9007199254740993.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308})
    compare(amount{one}, true);
  for (const float one : {1e23F, 3e24F, 268450000.0F, 8.589973e9F, 1e-45F, 3.4028235e38F}) compare(small_amount{one}, true);
  one_of = 5;
  same = in_hex = 0;
  for (int i = 0; i < 2000; ++i) {
    compare(amount{std::bit_cast<double>(draw())}, true);
    compare(small_amount{std::bit_cast<float>(static_cast<std::uint32_t>(draw()))}, true);
  }
  CHECK(same > 700);  // of floats more than a third
  one_of = 1;
}

TEST_CASE("drawn messages are shown as the JSON codec writes them") {
  std::mt19937_64 draw(7);
  const auto text = [&] {
    std::string out;
    for (std::size_t n = draw() % 12; n != 0; --n) {
      switch (draw() % 8) {
        case 0: out += static_cast<char>(draw() % 32); break;
        case 1: out += std::string("\xc3\xa4\xe2\x82\xac\xf0\x9f\x8e\x81\xef\xbf\xbf").substr(0, 2 + draw() % 11); break;  // may be cut
        case 2: out += static_cast<char>(draw()); break;
        case 3: out += "\"\\"; break;
        default: out += static_cast<char>('a' + draw() % 26);
      }
    }
    if (draw() % 20 == 0) out += std::string(300, 'x');
    return out;
  };
  for (int i = 0; i < 1500; ++i) {
    words m;
    m.text = text();
    for (std::size_t n = draw() % 4; n != 0; --n) {
      auto& list = m.by_name[text()];
      for (std::size_t k = draw() % 4; k != 0; --k) list.push_back(draw() >> draw() % 64);
    }
    if (draw() % 3 != 0) m.maybe.emplace();
    if (draw() % 3 != 0) m.maybe.emplace(static_cast<char>(draw()));
    m.bytes.resize(draw() % 5);
    for (std::byte& b : m.bytes) b = static_cast<std::byte>(draw());
    compare(m);
  }
}

TEST_CASE("a text is UTF-8 for the view when it is for the codec") {
  one_of = 5;
  for (unsigned i = 0; i < 70'000; i += i < 0x100 ? 1 : 13) {  // pairs and triples of bytes around all borders
    const char pair[] = {static_cast<char>(i >> 8), static_cast<char>(i)};
    compare(words{std::string(pair, 2), {}, {}, {}});
  }
  for (const unsigned first : {0xdfu, 0xe0u, 0xe1u, 0xecu, 0xedu, 0xeeu, 0xefu, 0xf0u, 0xf1u, 0xf3u, 0xf4u, 0xf5u})
    for (const unsigned second : {0x7fu, 0x80u, 0x8fu, 0x90u, 0x9fu, 0xa0u, 0xbfu, 0xc0u})
      for (const unsigned third : {0x7fu, 0x80u, 0xbfu, 0xc0u})
        for (const unsigned fourth : {0x7fu, 0x80u, 0xbfu, 0xc0u}) {
          const char bytes[] = {static_cast<char>(first), static_cast<char>(second), static_cast<char>(third), static_cast<char>(fourth)};
          for (std::size_t n = 1; n <= 4; ++n) compare(words{std::string(bytes, n), {}, {}, {}});
        }
  one_of = 1;
}

/// What is no message of its type.
template <class Place>
void check_hex(Place& at) {
  CHECK(at.shown("", {std::byte{1}}) == "{\"hex\":\"01\"}");  // no form is known
  CHECK(at.shown("\"i32\"", {std::byte{1}}) == "{\"hex\":\"01\"}");
  CHECK(at.shown("\"i8\"", {std::byte{1}, std::byte{2}}) == "{\"hex\":\"0102\"}");
  CHECK(at.shown("\"bool\"", {std::byte{2}}) == "{\"hex\":\"02\"}");
  const std::vector<std::byte> far_too_many = {std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{7}};
  CHECK(at.shown("{\"list\":\"i8\"}", far_too_many) == "{\"hex\":\"ffffffff07\"}");
  CHECK(at.shown("{\"something\":\"i8\"}", {}) == "{\"hex\":\"\"}");
}

TEST_CASE("bytes that are no message of their type are shown in hex, whatever they are") {
  std::mt19937_64 draw(9);
  check_hex(file());
  codec_tests::for_all_messages([&](const auto& messages) {
    using message_type = std::decay_t<decltype(messages[0])>;
    for (const auto& message : messages) {
      std::vector<std::byte> bytes(gesta::encoded_size(message));
      gesta::encode(message, bytes.data());
      if (bytes.empty()) continue;
      for (int i = 0; i < 20; ++i) {
        std::vector<std::byte> changed = bytes;
        changed[draw() % changed.size()] = static_cast<std::byte>(draw());
        if (draw() % 2 == 0) changed.resize(draw() % changed.size());
        const std::string shown = file().shown(gesta::wire_form<message_type>, changed);
        message_type read{};
        const bool is_one = gesta::decode(changed.data(), changed.size(), read);
        if (!is_hex(shown) && is_one) CHECK(shown == gesta::to_json(read));
#ifdef GESTA_LEDGER_ON_POSTGRES
        if (one_event_on_a_server* const there = on_a_server())
          if (const std::string on_server = there->shown(gesta::wire_form<message_type>, changed); is_one && !is_hex(on_server)) CHECK(on_server == gesta::to_json(read));
#endif
      }
    }
  });
}

#ifdef GESTA_LEDGER_ON_POSTGRES
TEST_CASE("psql shows events by the forms of their types, also those that were erased or damaged, and counts on no setting of who asks") {
  one_event_on_a_server* const there = on_a_server();
  if (there == nullptr) return;
  check_hex(*there);
  CHECK(is_hex(there->shown(gesta::wire_form<joined>, [] {
    const joined sealed{{"ann"}, {}};
    std::vector<std::byte> bytes(gesta::encoded_size(sealed));
    gesta::encode(sealed, bytes.data());
    return bytes;
  }())));
  const char* const all = "select string_agg(position || ' ' || key || ' ' || event || ' ' || coalesce(payload::text, 'erased'), '; ' order by position) from gesta.ledger";
  const std::string expected = "1 a thing.done erased; 2 a thing.done {\"n\":-1}; 3 a thing.done {\"hex\":\"ffff\"}";
  CHECK(there->run(all) == expected);
  for (const char* setting : {"set search_path = ''", "set extra_float_digits = 0", "set standard_conforming_strings = off", "set bytea_output = 'escape'"}) {
    there->run(setting);
    CHECK(there->run(all) == expected);
  }
  CHECK(there->run("select payload ->> 'n' from gesta.ledger where position = 2") == "-1");
  CHECK(there->run("select gesta.ledger_payload('{\"fields\":{\"value\":\"f64\"}}', decode('343333333333d33f', 'hex'))") == "{\"value\":0.30000000000000004}");
  CHECK(there->run("select gesta.ledger_payload('\"text\"', decode('03220a61', 'hex'))") == "\"\\\"\\na\"");
  there->run("set search_path = gesta; reset extra_float_digits; reset standard_conforming_strings; reset bytea_output");
}
#endif
