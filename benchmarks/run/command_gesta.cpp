// W3 through the library's public surface: handle, match, nothing else.
#include "bank.hpp"

namespace command {
namespace {

// The store that keeps the last records in memory which is all there from the start, as the limit's ring does.
class app {
 public:
  app(std::uint32_t entities, std::size_t log_bytes)
      : app_(gesta::start<bank>(gesta::last_records_store{.bytes = log_bytes, .streams = entities})), entities_(entities) {}

  template <class Command>
  [[gnu::always_inline]] void handle(std::uint32_t key, const Command& c, std::uint64_t version, tally& t) {
    app_.handle(key, c, gesta::expected{version})
        .match([&](const account& now) { t.balances += now.balance; },
               [&](const insufficient_funds& no) { t.missing += no.missing; },
               [&](const gesta::conflict&) { ++t.conflicts; });
  }

  std::uint64_t position() const { return app_.last_position(); }

  template <class Visit>
  void each_entity(Visit visit) {
    for (std::uint32_t key = 0; key < entities_; ++key) visit(app_.template state<accounts>(key), app_.template version<accounts>(key));
  }

 private:
  decltype(gesta::start<bank>(gesta::last_records_store{})) app_;
  std::uint32_t entities_;
};

}  // namespace

void add_gesta(bench::group& g, const workload& w) {
  g.add<over<app>>(bench::role::gesta, "gesta", true, w);
}

}  // namespace command
