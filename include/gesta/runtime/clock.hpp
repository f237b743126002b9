// The clock that is given to `gesta::start`: see <gesta/message/clock.hpp>.
// Floor: runtime.
// May include: message.
#pragma once

#include <gesta/message/clock.hpp>
