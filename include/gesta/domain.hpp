// The one header that domain code needs: what messages, decisions, views, reactors, sagas and processes are declared with. Cheap to include.
#pragma once

#include <gesta/decide/aggregate.hpp>
#include <gesta/decide/boundary.hpp>
#include <gesta/decide/decision.hpp>
#include <gesta/decide/each.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/address.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/list.hpp>
#include <gesta/message/once.hpp>
#include <gesta/message/personal.hpp>
#include <gesta/message/tags.hpp>
#include <gesta/message/text.hpp>
#include <gesta/react/order.hpp>
#include <gesta/react/process.hpp>
#include <gesta/react/projection.hpp>
#include <gesta/react/reactor.hpp>
#include <gesta/react/saga.hpp>
