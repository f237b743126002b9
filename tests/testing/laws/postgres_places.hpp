// Where the laws of stores and of view stores are tried on PostgreSQL: one schema, empty whenever a place is made.
#pragma once

#include <gesta/store/postgres.hpp>
#include <gesta/store/postgres_views.hpp>
#include <gesta/testing/laws/store_model.hpp>

#include <cstdlib>
#include <string>

#include "../../store/postgres_logs.hpp"

struct in_postgres {
  static constexpr bool outlives = true, shared = true;
  /// A connection costs milliseconds, so a long run alone does it.
  static bool opens_anew() { return std::getenv("GESTA_LONG_LAWS") != nullptr; }
  in_postgres() { empty("laws"); }
  auto open(gesta::laws::ticking clock) {
    return gesta::start<gesta::laws::law_book>(
        gesta::postgres_store{.address = the_server().address(), .schema = "laws", .level = gesta::durability::process}, clock);
  }
};

/// The same with units that run side by side.
struct side_by_side_in_postgres {
  static constexpr bool outlives = true, shared = true;
  static bool opens_anew() { return in_postgres::opens_anew(); }
  side_by_side_in_postgres() { empty("beside"); }
  auto open(gesta::laws::ticking clock) {
    return gesta::start<gesta::laws::law_book>(
        gesta::postgres_by_horizon{{.address = the_server().address(), .schema = "beside", .level = gesta::durability::process}}, clock,
        gesta::cached_states{.most = 1}, gesta::snapshots{.every = 1}, gesta::async<gesta::laws::histories>{});
  }
};

struct views_in_postgres {
  static constexpr bool outlives = true, shared = true;
  static bool opens_anew() { return in_postgres::opens_anew(); }
  views_in_postgres() {
    empty("laws");
    sql("set search_path = laws; do $$ begin execute (select string_agg('delete from ' || quote_ident(name) || ';', '') from views); exception when others then null; end $$;"
        "delete from consumers; delete from letters");
  }
  gesta::postgres_views views() const {
    return {.address = the_server().address(), .schema = "laws", .level = gesta::durability::process, .patience_milliseconds = 1};
  }
};
