#include <gesta/delivery/cloud_event_json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace {

using gesta::envelope;
using kind = gesta::envelope_result::kind;

constexpr envelope least{.id = "1", .source = "/s", .type = "t"};

std::string written(const envelope& from, std::string_view payload) {
  std::string out;
  CHECK(gesta::put_structured(from, payload, out));
  return out;
}
gesta::envelope_result read(std::string_view text) {
  gesta::structured_event_read reading;
  return reading.read(text);
}
std::string with(const std::string& members) { return R"({"specversion":"1.0","id":"1","source":"/s","type":"t",)" + members + "}"; }

}  // namespace

TEST_CASE("what is written as one JSON object is read back") {
  const envelope whole{.id = "0af7651916cd43dd8448eb211c80319c-17-0",
                       .source = "shop/0af7651916cd43dd8448eb211c80319c",
                       .type = "shop.order_placed",
                       .version = 3,
                       .time = {1522949460000000001},
                       .subject = "an \"order\" ü\\",
                       .key = "7",
                       .sequence = "00000000000000000017.00000",
                       .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                       .correlation = {1, 2},
                       .causation = {3, 4},
                       .content_type = "application/json",
                       .schema = "https://example.com/order",
                       .dataref = "https://example.com/blob"};
  gesta::structured_event_read reading;
  const std::string text = written(whole, R"({"a":[1,2.50,"x",null,true,false,{}],"b":18446744073709551615})");
  REQUIRE(reading.read(text));
  CHECK(reading.what() == whole);
  CHECK(reading.payload() == R"({"a":[1,2.50,"x",null,true,false,{}],"b":18446744073709551615})");
  CHECK(written(reading.what(), reading.payload()) == text);
  CHECK(written(least, "") == R"({"specversion":"1.0","id":"1","source":"/s","type":"t"})");
}

TEST_CASE("bytes that are no JSON are base64, of every length and value") {
  envelope one = least;
  one.content_type = "application/vnd.gesta.binary";
  gesta::structured_event_read reading;
  std::string bytes;
  for (unsigned n = 0; n < 260; ++n) {
    REQUIRE(reading.read(written(one, bytes)));
    CHECK(reading.payload() == bytes);
    bytes += static_cast<char>(static_cast<unsigned char>(n * 37));
  }
  CHECK(written(one, "Man") == R"({"specversion":"1.0","id":"1","source":"/s","type":"t","datacontenttype":"application/vnd.gesta.binary","data_base64":"TWFu"})");
  for (const char* wrong : {"TQ", "TQ=", "TR==", "TWF=", "TQ==TQ==", "T===", "====", "TW u", "TWF\\u0000"})
    CHECK(read(with(R"("data_base64":")" + std::string(wrong) + "\"")).what == kind::malformed);
}

TEST_CASE("the examples of the specification are read") {
  gesta::structured_event_read reading;
  REQUIRE(reading.read(R"({
    "specversion" : "1.0",
    "type" : "com.github.pull_request.opened",
    "source" : "https://github.com/cloudevents/spec/pull",
    "subject" : "123",
    "id" : "A234-1234-1234",
    "time" : "2018-04-05T17:31:00Z",
    "comexampleextension1" : "value",
    "comexampleothervalue" : 5,
    "unsetextension": null,
    "datacontenttype" : "text/xml",
    "data" : "<much wow=\"xml\"/>"
})"));
  CHECK(reading.what() == envelope{.id = "A234-1234-1234",
                                   .source = "https://github.com/cloudevents/spec/pull",
                                   .type = "com.github.pull_request.opened",
                                   .time = {1522949460000000000},
                                   .subject = "123",
                                   .content_type = "text/xml"});
  CHECK(reading.payload() == R"(<much wow="xml"/>)");
  REQUIRE(reading.read(R"({"specversion":"1.0","type":"com.example.someevent","source":"/mycontext","subject":null,"id":"C234-1234-1234",
    "time":"2018-04-05T17:31:00Z","comexampleextension1":"value","comexampleothervalue":5,"datacontenttype":"application/json",
    "data":{"appinfoA":"abc","appinfoB":123,"appinfoC":true}})"));
  CHECK(reading.payload() == R"({"appinfoA":"abc","appinfoB":123,"appinfoC":true})");
  REQUIRE(reading.read(with(R"("data":"I'm just a string")")));
  CHECK(reading.payload() == R"("I'm just a string")");
  REQUIRE(reading.read(with(R"("datacontenttype":"text/plain","data":["I am", 1])")));
  CHECK(reading.payload() == R"(["I am",1])");
  REQUIRE(reading.read(with(R"("datacontenttype":"application/vnd.apache.thrift.binary","data_base64":"AAEC")")));
  CHECK(reading.payload() == std::string_view("\0\1\2", 3));
}

TEST_CASE("what is no event is refused, with the attribute") {
  for (const char* wrong : {"", "[]", "1", "{", "{\"specversion\":\"1.0\"} x"}) CHECK(read(wrong).what == kind::no_json);
  CHECK(read("{}").what == kind::missing);
  CHECK(read(with(R"("id":"2")")).what == kind::twice);
  CHECK(read(with(R"("data":1,"data":2)")).what == kind::twice);
  CHECK(read(with(R"("data":1,"data_base64":"AA==")")).what == kind::no_json);
  CHECK(read(with(R"("data_base64":1)")).what == kind::malformed);
  CHECK(read(with(R"("subject":1)")).what == kind::malformed);
  CHECK(read(with(R"("subject":"\u0000")")).what == kind::malformed);
  CHECK(read(with(R"("typeversion":1.5)")).what == kind::malformed);
  CHECK(read(with(R"("typeversion":true)")).what == kind::malformed);
  CHECK(read(with(R"("typeversion":"7")")));
  CHECK(read(with(R"("typeversion":7)")));
  CHECK(read(R"({"specversion":"0.3","id":"1","source":"/s","type":"t"})").what == kind::unsupported);
  CHECK(read(with(R"("data":)" + std::string(100, '[') + std::string(100, ']'))).what == kind::no_json);
  std::string out = "before";
  CHECK(gesta::put_structured({.id = "1", .source = "s"}, "", out).what == kind::missing);
  CHECK(out == "before");
}

TEST_CASE("a text with one byte changed, or cut off, is read or refused, and what is read can be written") {
  const std::string whole = written({.id = "1", .source = "/s", .type = "t", .version = 2, .time = {1}, .subject = "ü", .correlation = {1, 2}}, R"({"a":[1,"x"]})");
  gesta::structured_event_read reading, again;
  std::size_t good = 0, refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int byte : {-1, 0, int{'"'}, int{'{'}, int{'}'}, int{','}, int{'0'}, int{'\\'}, 0xff}) {
      std::string changed = whole;
      if (byte < 0) changed.resize(at);
      else changed[at] = static_cast<char>(byte);
      if (!reading.read(changed)) {
        ++refused;
        continue;
      }
      ++good;
      CHECK(again.read(written(reading.what(), reading.payload())));
      CHECK(again.what() == reading.what());
      CHECK(again.payload() == reading.payload());
    }
  }
  CHECK(good > 20);
  CHECK(refused > 200);
}
