// Messages as JSON, for people and for other systems. What comes from outside is refused with the field and what was expected there.
#include <gesta/codec/json.hpp>
#include <gesta/domain.hpp>

#include <boost/json/src.hpp>  // Boost.JSON's definitions: in one file of the program, or link Boost::json

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

struct line { gesta::text<8> sku; std::int32_t pieces = 0; };

struct order {
  std::uint64_t number = 0;
  std::vector<line> lines;
  std::optional<std::string> note;
  static constexpr gesta::renamed wire[] = {{"number", "orderNo"}};  // other systems call it so
};

int main() {
  const order sent{9007199254740993, {{"apple", 3}, {"p\xc3\xa4r", 2}}, "by \"hand\""};
  const std::string text = gesta::to_json(sent);
  std::printf("%s\n", text.c_str());

  order read;
  for (const char* from_outside : {
           R"({ "lines": [], "orderNo": 7 })",
           R"({ "lines": [{ "sku": "apple", "pieces": 3.5 }], "orderNo": 7 })",
           R"({ "lines": [{ "sku": "apple", "pieces": 3, "colour": "red" }], "orderNo": 7 })",
           R"({ "lines": [], "orderNo": 7, )",
       }) {
    if (const auto answer = gesta::from_json(from_outside, read)) std::printf("order %d\n", static_cast<int>(read.number));
    else std::printf("refused: %s\n", answer.why().describe().c_str());
  }
}
