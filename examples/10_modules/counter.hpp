// The counter module's header. It sends commands to the stock through a port: it knows neither the model nor the store.
#pragma once

#include <gesta/runtime/port.hpp>

#include "stock.hpp"

namespace counter {

/// Sends so many pieces out and says what became of it.
[[gnu::visibility("default")]] void sell(gesta::port<stock::shelves> stock, const char* product, int pieces);

}  // namespace counter
