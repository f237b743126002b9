// Any bytes as what PostgreSQL sends: frames of one byte of length and a message each. They are read to their end or refused with a sentence, and
// what was read becomes changes of a row or is refused; nothing else happens.
#include <gesta/capture/pgoutput.hpp>
#include <gesta/capture/pgoutput_rows.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

struct row {
  std::int64_t id;
  gesta::text<8> name;
  std::optional<std::string> city;
  std::optional<bool> is_there;
  std::optional<double> price;
  std::optional<std::vector<std::byte>> note;
  static constexpr auto table = "rows";
  using key = gesta::by<"id">;
};

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gesta::detail;
  pg_order order;
  for (std::size_t at = 0; at < size;) {
    const std::size_t length = data[at] < size - at - 1 ? data[at] : size - at - 1;
    // A place of its own, so that the sanitizer sees a byte that is read behind it.
    const std::vector<char> bytes(data + at + 1, data + at + 1 + length);
    at += 1 + length;
    const chars whole{bytes.data(), bytes.size()};
    pg_frame frame;
    (void)read_pg_frame(whole, frame);
    pg_message message;
    if (read_pg_message(whole, message) != nullptr || order.take(message) != nullptr) continue;
    (void)order.time();
    for (const std::uint32_t one : message.truncated) (void)order.truncate(one);
    if (message.kind != 'I' && message.kind != 'U' && message.kind != 'D') continue;
    gesta::failure cause;
    make_change<row>("rows", order.changed(), message, {}, cause, [&](const gesta::change<row>& one) {
      // Whatever is told has a key, and an image that is whole has every column.
      if (one.what() == gesta::operation::truncated) std::abort();
      const auto* const after = one.after().whole();
      if (after != nullptr && (after->id != one.key() || one.after().get<"note">() == nullptr)) std::abort();
    });
  }
  return 0;
}
