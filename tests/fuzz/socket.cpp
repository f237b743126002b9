// Any bytes, as a client may send them to the broker of sockets: it answers in whole frames or says goodbye, and another client goes on as if nothing were.
#include <gesta/transport/socket_desk.hpp>
#include <gesta/transport/socket_frame.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace gesta::detail;

namespace {

void demand(bool good) {
  if (!good) std::abort();
}
/// What was answered: whole frames of verbs that a broker has.
void is_whole(std::string_view out, std::size_t largest) {
  socket_input in;
  in.add(out);
  std::string_view body;
  std::size_t size = 0;
  while (in.next(body, 4 * longest_frame(largest)) == socket_input::state::whole) {
    size += 4 + body.size();
    demand(socket_reader(body).u8() >= static_cast<std::uint8_t>(socket_verb::welcome));
  }
  demand(size == out.size());
}
std::string hello() {
  std::string said;
  socket_frame(said, socket_verb::hello).text(socket_magic).u32(socket_version).u8(0).time(gesta::minutes(2).nanoseconds).u64(10);
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t largest = 100;
  socket_desk<> desk({.messages = 50, .bytes = 5000, .topics = 8, .groups = 8, .ids = 100}, gesta::minutes(2), largest, gesta::survival::process);
  socket_session hostile, honest;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t half = size / 2;  // it comes in two pieces
  std::int64_t now = 1;
  for (const std::string_view piece : {bytes.substr(0, half), bytes.substr(half)}) {
    desk.feed(hostile, piece, {now}, now);
    desk.serve(hostile, {now}, now);
    now += gesta::seconds(1).nanoseconds;
  }
  is_whole(hostile.out, largest);
  std::string mine = hello();
  socket_frame(mine, socket_verb::join).u64(1).text("honest").u32(5).time(1000).u32(3).u8(0).u32(1).text("honest.only");
  socket_frame(mine, socket_verb::publish).u64(2).message({.topic = "honest.only", .payload = "1"});
  desk.feed(honest, mine, {now}, now);
  is_whole(honest.out, largest);
  demand(!honest.closing && honest.members.size() <= 1);
  desk.close(hostile, {now});
  desk.close(honest, {now});
  return 0;
}
