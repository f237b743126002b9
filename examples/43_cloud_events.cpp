// What surrounds a message is that of CloudEvents 1.0: as headers, or with the payload as one JSON object; written and read.
#include <gesta/codec/json.hpp>
#include <gesta/delivery/cloud_event_json.hpp>
#include <gesta/gesta.hpp>

#include <cstdio>
#include <string>

struct order_placed { int cents; static constexpr auto id = gesta::integration_id{"shop.order_placed"}; };

int main() {
  const gesta::trace_context trace = gesta::trace_of({0x0af7651916cd43dd, 0x8448eb211c80319c}, {1, 2});
  const gesta::traceparent_text parent(trace);
  const gesta::envelope what{.id = "A234-1234-1234",
                             .source = "shop",
                             .type = "shop.order_placed",
                             .time = {1522949460000000000},
                             .subject = "order 7",
                             .key = "7",
                             .traceparent = parent.view(),
                             .content_type = "application/json"};
  const std::string payload = gesta::to_json(order_placed{500});

  // [headers]
  gesta::cloud_event_headers headers;
  if (!headers.write(what)) return 1;
  for (const gesta::header& one : headers.all())
    std::printf("%s: %s\n", std::string(one.name).c_str(), std::string(one.value).c_str());
  // [/headers]

  // [structured]
  std::string text;
  if (!gesta::put_structured(what, payload, text)) return 1;
  gesta::structured_event_read reading;
  if (!reading.read(text)) return 1;
  // [/structured]
  std::printf("\n%s\n\n", text.c_str());
  order_placed event{};
  if (!gesta::from_json(reading.payload(), event)) return 1;
  std::printf("%s of %s: %d\n", std::string(reading.what().type).c_str(), std::string(reading.what().subject).c_str(), event.cents);

  // What is no event is refused with the attribute, and nothing of what stands in it is said.
  const gesta::envelope_result wrong = reading.read(R"({"specversion":"1.0","id":"1","source":"s","type":"t","time":"yesterday"})");
  std::printf("%s\n", wrong.describe().c_str());
}
