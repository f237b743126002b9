// The stock service as a program: it fills its shelves, answers until it is told to end (SIGTERM), and then says what became of its goods.
//
//   shop_stock --store sqlite:stock.db|postgres:ADDRESS --link socket:/run/shop/bus|nats://HOST:PORT [--data FILE] [--stock FACTOR]
//
// Killed at any moment and started again it goes on where it was. Exit code: 0; 1 when the store fails; 2 for wrong words.
#include "stock.hpp"

#include "link.hpp"

#include <csignal>

namespace {

volatile std::sig_atomic_t is_to_end = 0;
extern "C" void end(int) { is_to_end = 1; }

}  // namespace

int main(int count, char** all) {
  std::signal(SIGTERM, end);
  const trade::words said = trade::read_words(count, all);
  if (!said.asked.wrong.empty()) return retail::complain(said.asked.wrong, retail::input_wrong);
  retail::orders_in_file file;
  int code = 0;
  if (!trade::read_file(said, file, code)) return code;
  return trade::with_store_and_link(said, "shop_stock", [&](const auto& store, const auto& link) {
    auto app = gesta::start<trade::depot>(store);
    if (const gesta::failure* const why = app.broken()) return retail::complain(why->describe(), retail::store_failed);
    trade::stock_service service(app, link);
    if (!service.fill(file, said.asked)) return retail::complain(service.why(), retail::store_failed);
    std::fputs("ready\n", stderr);
    while (is_to_end == 0)  // a poll waits for commands, and for a transport that is away
      if (const gesta::exchanged made = service.answer(gesta::milliseconds(50)); !made && !made.passes)
        return retail::complain(made.why().describe(), retail::store_failed);
    return retail::print(retail::json(app.template view<retail::fulfilled>()));
  });
}
