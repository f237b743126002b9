#include <gesta/delivery/cloud_event.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace {

using gesta::envelope;
using gesta::envelope_result;
using gesta::header;
using kind = envelope_result::kind;

constexpr std::string_view every_text[] = {
    "a", "shop/0af7651916cd43dd8448eb211c80319c", "with blank", "\"quoted\"", "per%cent", "%41", "ü€😀", "a\\b", " leading", "trailing ", "=;,/?:@",
};

envelope full() {
  return {.id = "0af7651916cd43dd8448eb211c80319c-17-0",
          .source = "shop/0af7651916cd43dd8448eb211c80319c",
          .type = "shop.order_placed",
          .version = 3,
          .time = {1522949460000000001},
          .subject = "order 7",
          .key = "7",
          .sequence = "00000000000000000017.00000",
          .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          .correlation = {1, 2},
          .causation = {3, 4},
          .content_type = "application/json; charset=utf-8",
          .schema = "https://example.com/order",
          .dataref = "https://example.com/blob?x=1"};
}

std::string_view value_of(std::span<const header> headers, std::string_view name) {
  gesta::delivered message;
  message.headers = headers;
  return message.value_of(name);
}

envelope_result read(std::vector<header> headers, envelope* to = nullptr) {
  static gesta::cloud_event_read reading;
  const envelope_result result = reading.read(headers);
  if (to != nullptr) *to = reading.what();
  return result;
}

std::vector<header> least() {
  return {{"ce-specversion", "1.0"}, {"ce-id", "1"}, {"ce-source", "/s"}, {"ce-type", "t"}};
}
envelope_result read_with(header more, envelope* to = nullptr) {
  std::vector<header> all = least();
  all.push_back(more);
  return read(all, to);
}

}  // namespace

TEST_CASE("what is written as headers is read back") {
  gesta::cloud_event_headers written;
  gesta::cloud_event_read reading;
  const envelope whole = full();
  REQUIRE(written.write(whole));
  CHECK(reading.read(written.all()));
  CHECK(reading.what() == whole);
  for (const std::string_view text : every_text) {
    for (std::string_view envelope::*const field : {&envelope::id, &envelope::source, &envelope::type, &envelope::subject, &envelope::key}) {
      envelope one = whole;
      one.*field = text;
      REQUIRE(written.write(one));
      CHECK(reading.read(written.all()));
      CHECK(reading.what() == one);
    }
  }
  const envelope small{.id = "1", .source = "s", .type = "t"};
  REQUIRE(written.write(small));
  CHECK(written.all().size() == 4);
  CHECK(reading.read(written.all()));
  CHECK(reading.what() == small);
}

TEST_CASE("headers have the names of the binding, and their values are printable ASCII") {
  gesta::cloud_event_headers written;
  envelope one = full();
  one.subject = "ü 1%";
  REQUIRE(written.write(one));
  CHECK(value_of(written.all(), "ce-specversion") == "1.0");
  CHECK(value_of(written.all(), "ce-subject") == "%C3%BC%201%25");
  CHECK(value_of(written.all(), "content-type") == "application/json; charset=utf-8");
  CHECK(value_of(written.all(), "ce-time") == "2018-04-05T17:31:00.000000001Z");
  CHECK(value_of(written.all(), "ce-typeversion") == "3");
  CHECK(value_of(written.all(), "traceparent") == one.traceparent);
  CHECK(value_of(written.all(), "ce-traceparent") == one.traceparent);
  CHECK(value_of(written.all(), "ce-correlationid") == "00000000000000010000000000000002");
  for (const header& each : written.all())
    for (const char c : std::string(each.name) + std::string(each.value)) CHECK((c >= ' ' && c <= '~'));
}

TEST_CASE("the examples of the specification are read") {
  envelope got;
  CHECK(read({{"ce-specversion", "1.0"},
              {"ce-type", "com.example.someevent"},
              {"ce-time", "2018-04-05T03:56:24Z"},
              {"ce-id", "1234-1234-1234"},
              {"ce-source", "/mycontext/subcontext"},
              {"Content-Type", "application/json; charset=utf-8"}},
             &got));
  CHECK(got == envelope{.id = "1234-1234-1234",
                        .source = "/mycontext/subcontext",
                        .type = "com.example.someevent",
                        .time = {1522900584000000000},
                        .content_type = "application/json; charset=utf-8"});
  CHECK(read_with({"ce-subject", "Euro%20%E2%82%AC%20%F0%9F%98%80"}, &got));  // of the HTTP binding
  CHECK(got.subject == "Euro € 😀");
  CHECK(read_with({"ce-subject", "\"Euro \\\" %E2%82%AC\""}, &got));
  CHECK(got.subject == "Euro \" €");
  CHECK(read_with({"CE-SubJect", "x"}, &got));
  CHECK(got.subject == "x");
}

TEST_CASE("what is not known is passed over, and what is known and wrong is refused by its name") {
  CHECK(read_with({"ce-comexampleextension", "%"}));
  CHECK(read_with({"x-else", "\x01"}));
  struct row {
    header added;
    kind what;
    const char* attribute;
  };
  const std::string long_text(gesta::largest_attribute + 1, 'x');
  const row rows[] = {
      {{"ce-id", "2"}, kind::twice, "id"},
      {{"ce-subject", ""}, kind::malformed, "subject"},
      {{"ce-subject", "%"}, kind::malformed, "subject"},
      {{"ce-subject", "%4"}, kind::malformed, "subject"},
      {{"ce-subject", "%4g"}, kind::malformed, "subject"},
      {{"ce-subject", "%00"}, kind::malformed, "subject"},
      {{"ce-subject", "%C2%85"}, kind::malformed, "subject"},
      {{"ce-subject", "%ff"}, kind::malformed, "subject"},
      {{"ce-subject", "\"a\\\""}, kind::malformed, "subject"},
      {{"ce-subject", long_text}, kind::too_long, "subject"},
      {{"ce-time", "yesterday"}, kind::malformed, "time"},
      {{"ce-typeversion", "0"}, kind::malformed, "typeversion"},
      {{"ce-typeversion", "01"}, kind::malformed, "typeversion"},
      {{"ce-typeversion", "4294967296"}, kind::malformed, "typeversion"},
      {{"ce-typeversion", "-1"}, kind::malformed, "typeversion"},
      {{"ce-correlationid", ""}, kind::malformed, "correlationid"},
      {{"ce-causationid", "\x01"}, kind::malformed, "causationid"},
  };
  for (const row& each : rows) {
    const envelope_result result = read_with(each.added);
    CHECK(result.what == each.what);
    CHECK(std::string_view(result.attribute) == each.attribute);
    CHECK(result.describe().find("yesterday") == std::string::npos);
  }
  for (std::size_t without = 0; without < 4; ++without) {
    std::vector<header> all = least();
    const std::string_view name = all[without].name.substr(3);
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(without));
    const envelope_result result = read(all);
    CHECK(result.what == kind::missing);
    CHECK(result.attribute == name);
  }
  std::vector<header> later = least();
  later[0].value = "2.0";
  CHECK(read(later).what == kind::unsupported);
  std::vector<header> many(gesta::most_headers + 1, header{"a", "b"});
  CHECK(read(many).what == kind::too_many);
  CHECK(envelope_result{kind::missing, "id"}.describe() == "id is missing");
}

TEST_CASE("a conversation may have any name: a UUID is its digits, and one text is always one number") {
  const auto called = [](std::string_view text) {
    std::vector<header> all = least();
    all.push_back({"ce-correlationid", text});
    all.push_back({"ce-causationid", text});
    gesta::cloud_event_read from;
    CHECK(from.read(all));
    CHECK(from.what().correlation == from.what().causation);
    return from.what().correlation;
  };
  const gesta::message_id known{0x0af7651916cd43dd, 0x8448eb211c80319c};
  CHECK(called("0af7651916cd43dd8448eb211c80319c") == known);
  CHECK(called("0af76519-16cd-43dd-8448-eb211c80319c") == known);
  CHECK(called("0AF76519-16CD-43DD-8448-EB211C80319C") == known);
  const gesta::message_id order = called("order 77");
  CHECK(order != gesta::message_id{});
  CHECK(called("order%2077") == order);
  CHECK(called("order 78") != order);
  CHECK(called("0af7651916cd43dd8448eb211c80319c0000") != known);
  CHECK(called("0000000000000001000000000000000G") != known);
}

TEST_CASE("what could not be read is not written") {
  gesta::cloud_event_headers written;
  const std::string long_text(gesta::largest_attribute + 1, 'x');
  CHECK(written.write({.id = "1", .source = "s"}).what == kind::missing);
  CHECK(written.write({.id = "1", .source = "s", .type = "t", .version = 0}).what == kind::malformed);
  CHECK(written.write({.id = "1", .source = "s", .type = "t", .subject = "\xff"}).what == kind::malformed);
  CHECK(written.write({.id = "1", .source = "s", .type = "t", .subject = "a\nb"}).what == kind::malformed);
  CHECK(written.write({.id = "1", .source = "s", .type = "t", .subject = long_text}).what == kind::too_long);
  CHECK(written.all().empty());
}

TEST_CASE("headers with one byte changed, or cut off, are read or refused, and what is read can be written") {
  gesta::cloud_event_headers written, again;
  gesta::cloud_event_read reading, second;
  REQUIRE(written.write(full()));
  std::size_t good = 0, refused = 0;
  for (std::size_t which = 0; which < written.all().size(); ++which) {
    std::vector<header> headers(written.all().begin(), written.all().end());
    const std::string was(headers[which].value);
    for (std::size_t at = 0; at <= was.size(); ++at) {
      for (const int byte : {-1, 0, 0x1f, int{'%'}, int{'"'}, int{'0'}, 0x80, 0xff}) {
        std::string changed = was;
        if (byte < 0) changed.resize(at);
        else if (at < changed.size()) changed[at] = static_cast<char>(byte);
        headers[which].value = changed;
        if (!reading.read(headers)) {
          ++refused;
          continue;
        }
        ++good;
        if (!again.write(reading.what())) continue;  // a traceparent of a transport is taken as it is
        CHECK(second.read(again.all()));
        CHECK(second.what() == reading.what());
      }
    }
  }
  CHECK(good > 100);
  CHECK(refused > 100);
}

TEST_CASE("times are those of RFC 3339") {
  struct row {
    std::int64_t nanoseconds;
    std::string_view text;
  };
  for (const row& each : {row{0, "1970-01-01T00:00:00Z"}, row{1, "1970-01-01T00:00:00.000000001Z"}, row{-1, "1969-12-31T23:59:59.999999999Z"},
                          row{951782400000000000, "2000-02-29T00:00:00Z"}, row{1522949460500000000, "2018-04-05T17:31:00.5Z"},
                          row{INT64_MAX, "2262-04-11T23:47:16.854775807Z"}, row{INT64_MIN, "1677-09-21T00:12:43.145224192Z"}}) {
    CHECK(gesta::time_text({each.nanoseconds}) == each.text);
    gesta::timestamp got{7};
    CHECK(gesta::read_time(each.text, got));
    CHECK(got.nanoseconds == each.nanoseconds);
  }
  gesta::timestamp got;
  CHECK(gesta::read_time("2018-04-05T19:31:00.1234567899+02:00", got));
  CHECK(got.nanoseconds == 1522949460123456789);
  CHECK(gesta::read_time("2016-12-31T23:59:60Z", got));
  CHECK(gesta::time_text(got) == "2017-01-01T00:00:00Z");
  for (const std::string_view wrong :
       {"", "2018-04-05", "2018-04-05T17:31:00", "2018-02-29T00:00:00Z", "2018-13-01T00:00:00Z", "2018-00-01T00:00:00Z", "2018-04-05T24:00:00Z", "2018-04-05T17:60:00Z",
        "2018-04-05T17:31:61Z", "2018-04-05T17:31:00.Z", "2018-04-05T17:31:00+2:00", "2018-04-05T17:31:00+02:60", "2018-04-05T17:31:00Zx", "2262-04-11T23:47:16.854775808Z",
        "1677-09-21T00:12:43.145224191Z", "9999-01-01T00:00:00Z", "2018-04-05 17:31:00Z", "2x18-04-05T17:31:00Z"})
    CHECK(!gesta::read_time(wrong, got));
}

TEST_CASE("a place in a log has one id, which nothing else is taken for, and places are ordered as text") {
  const gesta::source_place place{{0x0af7651916cd43dd, 0x8448eb211c80319c}, 17, 2};
  CHECK(gesta::id_of_place(place) == "0af7651916cd43dd8448eb211c80319c-17-2");
  for (const gesta::source_place& each : {place, gesta::source_place{}, gesta::source_place{{~0ull, ~0ull}, ~0ull, ~0u}}) {
    gesta::source_place got{{9, 9}, 9, 9};
    CHECK(gesta::read_place(gesta::id_of_place(each), got));
    CHECK(got == each);
  }
  gesta::source_place got;
  for (const std::string_view wrong : {"", "1", "0af7651916cd43dd8448eb211c80319c-17", "0af7651916cd43dd8448eb211c80319c-17-", "0af7651916cd43dd8448eb211c80319c-017-0",
                                       "0AF7651916cd43dd8448eb211c80319c-17-0", "0af7651916cd43dd8448eb211c80319c-17-4294967296",
                                       "0af7651916cd43dd8448eb211c80319c-18446744073709551616-0", "0af7651916cd43dd8448eb211c80319c-17-0-0"})
    CHECK(!gesta::read_place(wrong, got));
  CHECK(gesta::sequence_of_place({{}, 9, 10}) < gesta::sequence_of_place({{}, 10, 2}));
  CHECK(gesta::sequence_of_place({{}, 9, 2}) < gesta::sequence_of_place({{}, 9, 10}));
}

TEST_CASE("a trace context is that of the W3C") {
  gesta::trace_context got;
  CHECK(gesta::read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", got));  // of the specification
  CHECK(got == gesta::trace_context{{0x4bf92f3577b34da6, 0xa3ce929d0e0e4736}, 0x00f067aa0ba902b7, 1});
  CHECK(gesta::traceparent_text(got).view() == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  CHECK(gesta::read_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-will-be", got));
  for (const std::string_view wrong :
       {"", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", "00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0", "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01", "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01."})
    CHECK(!gesta::read_traceparent(wrong, got));
  const gesta::trace_context made = gesta::trace_of({1, 2}, {3, 4});
  CHECK(made.trace == gesta::message_id{1, 2});
  CHECK(gesta::trace_of({1, 2}, {3, 5}).span != made.span);
  CHECK(gesta::trace_of({}, {3, 4}).trace == gesta::message_id{3, 4});
  CHECK(gesta::trace_of({}, {}).is_good());
}
