// What the command lines of the two services say alike: retail's words, and by what they are connected.
// May include: retail's options, gesta's transports, std.
#pragma once

#include <gesta/store/sqlite.hpp>
#include <gesta/transport/socket.hpp>
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
  if (asked.wrong.empty() && asked.sqlite_path.empty()) asked.wrong = "--store sqlite:PATH has to be said: a service outlives its process";
#ifdef SHOP_NATS
  const bool is_known = said.link.starts_with("socket:") || said.link.starts_with("nats://");
#else
  const bool is_known = said.link.starts_with("socket:");
#endif
  if (asked.wrong.empty() && !is_known) asked.wrong = "--link socket:PATH or nats://HOST:PORT has to be said, and this program built with it";
  return said;
}

/// Calls use(transport) with what the command line names.
template <class Use>
int with_link(const words& said, Use&& use) {
#ifdef SHOP_NATS
  if (said.link.starts_with("nats://")) return use(gesta::nats{said.link, "shop"});
#endif
  return use(gesta::socket{said.link.substr(7)});
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
