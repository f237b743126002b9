// All of gesta but the adapters: domain, model, memory stores, runtime, tests of the domain.
#pragma once

#include <gesta/domain.hpp>

#include <gesta/describe/diagram.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/port_table.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>
#include <gesta/testing/given.hpp>
#include <gesta/testing/given_rows.hpp>
#include <gesta/testing/stored.hpp>
#include <gesta/testing/given_boundary.hpp>
