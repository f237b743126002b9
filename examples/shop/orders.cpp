// The order service as a program: it places the orders of a file, leads each to its end, says what became of them, and ends.
//
//   shop_orders --store sqlite:orders.db|postgres:ADDRESS --link socket:/run/shop/bus|nats://HOST:PORT [--data FILE] [--fail payment=P,shipping=P] [--seed N] [--patience SECONDS]
//
// Killed at any moment and started again it goes on where it was. Exit code: 0; 1 when the store fails or nobody answers; 2 for wrong words.
#include "orders.hpp"

#include "link.hpp"

int main(int count, char** all) {
  const trade::words said = trade::read_words(count, all);
  if (!said.asked.wrong.empty()) return retail::complain(said.asked.wrong, retail::input_wrong);
  retail::orders_in_file file;
  int code = 0;
  if (!trade::read_file(said, file, code)) return code;
  return trade::with_store_and_link(said, "shop_orders", [&](const auto& store, const auto& link) {
    auto app = gesta::start<trade::order_desk>(store);
    if (const gesta::failure* const why = app.broken()) return retail::complain(why->describe(), retail::store_failed);
    trade::order_service service(app, link);
    if (!service.all(file, said.asked, said.patience, [] {})) return retail::complain(service.why(), retail::store_failed);
    return retail::print(retail::json(app.template view<retail::fulfilled>()));
  });
}
