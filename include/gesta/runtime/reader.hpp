// Reading a log in another thread or process than the one that writes it: no states, no views, no commands.
// Floor: runtime.
// May include: all above.
//
//     auto log = gesta::reader<bank>(gesta::sqlite_store{.path = "bank.db"});
//     auto feed = log.follow(checkpoint);
//     feed.poll([](const auto& event, const gesta::about& about) { ... });
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/key_rule.hpp>
#include <gesta/message/key.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/verbs_seen.hpp>
#include <gesta/runtime/log_reading.hpp>
#include <gesta/runtime/same_verbs.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/store.hpp>

namespace gesta {

namespace detail {

/// In the place of an aggregate's entities, for who knows none: only how their keys are written.
template <class Aggregate, class Stream>
class no_entities {
 public:
  using key_type = typename key_rule<Aggregate>::key_type;
  struct unknown {
    Stream stream;
    std::uint64_t version = 0;
  };

  template <class Given>
  const unknown* find(const Given&) const noexcept {
    return nullptr;
  }
  /// The byte form of a key as a caller gives it; valid until the next call.
  template <class Given>
  key_bytes bytes_of(const Given& given) {
    if constexpr (same<key_type, dense>) {
      return key_bytes_of<dense>(static_cast<std::uint32_t>(given), buffer_);
    } else {
      value_ = key_value_of<key_type>(given);
      return key_bytes_of<key_type>(value_, buffer_);
    }
  }

 private:
  key_value<key_type> value_{};
  key_buffer<key_type> buffer_;
};

/// A log that was opened to be read, and nothing else. Not copyable; one thread at a time.
template <class Model, class Store>
class log_only {
 public:
  using flow_type = flow<Model>;
  using log_type = typename Store::template log<Model>;
  static constexpr bool is_memory = false;
  /// Entities are looked up in the store when they are asked for.
  template <class Aggregate>
  static constexpr bool is_cached = true;

  explicit log_only(const Store& store) : log_(store) {
    if constexpr (log_for_readers<log_type>) {
      log_.only_reads();
      if (log_.broken() == nullptr) (void)catch_up();
    }
  }
  log_only(const log_only&) = delete;
  log_only& operator=(const log_only&) = delete;

  log_type& log() noexcept { return log_; }
  const log_type& log() const noexcept { return log_; }
  const failure* broken() const noexcept { return log_.broken(); }
  const failure& last_failure() const noexcept {
    if (const failure* const cause = log_.broken()) return *cause;
    return log_.last_failure();
  }
  std::uint64_t kept_position() const noexcept {
    if constexpr (log_with_horizon<log_type>) return log_.horizon();
    else return log_.last_position();
  }

  bool catch_up() {
    if (log_.broken() != nullptr) return false;
    if constexpr (log_for_readers<log_type>) return log_.look();
    else return log_.catch_up([](const recorded&) { return true; });
  }

  template <class Aggregate>
  auto& table_of() {
    return value_at<flow_type::template aggregate_tag<Aggregate>>(keys_);
  }

 private:
  template <class Aggregate>
  using keys_of = no_entities<Aggregate, typename log_type::stream>;

  log_type log_;
  values_of<mapped<keys_of, typename flow_type::aggregates>> keys_{};
};

}  // namespace detail

/// The log of a Model's store, read beside those who write it. Made by `gesta::reader`; neither copyable nor movable; one thread at a time. It
/// keeps nobody from writing and waits for nobody. What is read is what was committed when the reading began; positions are as of the last
/// reading or catch_up. When the file is moved away or replaced, as by who restores a backup, it is broken() with failure::kind::input_output:
/// open it again, and the new incarnation says what became of a checkpoint. Verbs as for gesta::app.
template <class Model, class Store, std::uint64_t Verbs = detail::verbs_seen<Model>()>
class log_reader : public detail::log_reading<log_reader<Model, Store, Verbs>, detail::log_only<detail::as_seen<Model, Verbs>, Store>> {
  using held_type = detail::log_only<detail::as_seen<Model, Verbs>, Store>;

 public:
  using model_type = Model;

  explicit log_reader(const Store& store) : held_(store) { (void)&detail::same_verbs<Model, Verbs>::compared; }

 private:
  friend detail::log_reading<log_reader, held_type>;

  held_type& held() noexcept { return held_; }
  const held_type& held() const noexcept { return held_; }

  held_type held_;
};

/// Opens a store to read the log of Model, by a connection of its own: `auto log = gesta::reader<bank>(gesta::sqlite_store{.path = "bank.db"})`,
/// in whatever thread or process. No event is read, and no entity costs memory. A store is made where there is none, as by who writes: so
/// writers and readers start in any order. Where it cannot be opened, broken() and every reading say so. What the program in which an app
/// lives appends to memory nobody else can open: there the app is its own reader. Verbs is not given, as for gesta::start.
template <class Model, class Store, std::uint64_t Verbs = detail::seen_when_started<Model>()>
auto reader(const Store& store) {
  (void)sizeof(diagnostic::not_a_model<detail::is_model<Model>, Model>);
  if constexpr (!detail::is_model<Model>) return detail::mistaken_app{};
  else if constexpr (!detail::sound<Model>) return detail::mistaken_app{};
  else if constexpr (!detail::stored_rules_of<Model>::kept) return detail::report_unstored<Model>();
  else if constexpr (!store_for<Store, Model>) return (void)sizeof(diagnostic::not_a_store<false, Store>), detail::mistaken_app{};
  else if constexpr (Store::template log<Model>::is_memory) return (void)sizeof(diagnostic::reader_of_memory<false, Store>), detail::mistaken_app{};
  else return log_reader<Model, Store, Verbs>(store);
}

}  // namespace gesta
