// The file that runs the model; both senders go through its port.
#include "till.hpp"

#include <gesta/model/model.hpp>
#include <gesta/runtime/port_table.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

struct shop : gesta::model<till::tills> {};

void new_sender(gesta::port<till::tills> port);
void old_sender(gesta::port<till::tills> port);

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  new_sender(app.port<till::tills>());
  old_sender(app.port<till::tills>());
  new_sender(app.port<till::tills>());
}
