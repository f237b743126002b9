// What the command lines of the two services say alike: retail's words, where they keep what happens, and by what they are connected.
// May include: retail's options, gesta's stores and transports, std.
#pragma once

#include <gesta/store/sqlite.hpp>
#include <gesta/transport/socket.hpp>
#ifdef SHOP_POSTGRES
#include <gesta/store/postgres.hpp>
#endif
#ifdef SHOP_NATS
#include <gesta/transport/nats.hpp>
#endif

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "../retail/fulfilment/options.hpp"
#include "../retail/fulfilment/order_file.hpp"
#include "../retail/fulfilment/report.hpp"
#include "../retail/input.hpp"

namespace trade {

struct words {
  std::string link;
  int patience = 60;
  retail::fulfil_options asked;
};

inline words read_words(int count, const char* const* all) {
  words said;
  std::vector<const char*> rest;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = all[i];
    const bool has_value = i + 1 < count;
    if (name == "--link" && has_value) said.link = all[++i];
    else if (name == "--patience" && has_value && retail::detail::read_number(all[i + 1], said.patience)) ++i;
    else rest.push_back(all[i]);
  }
  said.asked = retail::read_fulfil_options(static_cast<int>(rest.size()), rest.data());
  retail::fulfil_options& asked = said.asked;
  if (asked.wrong.empty() && (asked.choreography || asked.steps_a_commit != 0)) asked.wrong = "a saga leads, and each step is a commit";
#ifdef SHOP_POSTGRES
  const bool is_kept = !asked.sqlite_path.empty() || !asked.postgres.empty();
#else
  const bool is_kept = !asked.sqlite_path.empty();
#endif
  if (asked.wrong.empty() && !is_kept)
    asked.wrong = "--store sqlite:PATH or postgres:ADDRESS has to be said, and this program built with it: a service outlives its process";
#ifdef SHOP_NATS
  const bool is_known = said.link.starts_with("socket:") || said.link.starts_with("nats://");
#else
  const bool is_known = said.link.starts_with("socket:");
#endif
  if (asked.wrong.empty() && !is_known) asked.wrong = "--link socket:PATH or nats://HOST:PORT has to be said, and this program built with it";
  return said;
}

/// Calls use(store, transport) with what the command line names; in a database what the service keeps lies in the schema of its name.
template <class Use>
int with_store_and_link(const words& said, const char* schema, Use&& use) {
  const auto with_link = [&](const auto& store) {
#ifdef SHOP_NATS
    if (said.link.starts_with("nats://")) return use(store, gesta::nats{said.link, "shop"});
#endif
    return use(store, gesta::socket{said.link.substr(7)});
  };
#ifdef SHOP_POSTGRES
  if (!said.asked.postgres.empty()) return with_link(gesta::postgres_store{.address = said.asked.postgres, .schema = schema});
#else
  (void)schema;
#endif
  return with_link(gesta::sqlite_store{said.asked.sqlite_path});
}

/// Reads the orders of the file that is named, or of the made-up one. False: `code` is what the process ends with.
inline bool read_file(const words& said, retail::orders_in_file& file, int& code) {
  const retail::input in(said.asked.data);
  if (!said.asked.data.empty() && in.file == nullptr) return code = retail::complain("cannot open " + said.asked.data, retail::input_wrong), false;
  retail::export_reader lines(in.from(), retail::columns);
  file = retail::read_orders(lines);
  if (!file.wrong.empty()) return code = retail::complain(file.wrong, retail::input_wrong), false;
  return true;
}

}  // namespace trade
