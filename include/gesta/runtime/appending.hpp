// Appending facts that nobody here decided: expectations are held against the streams, and a repetition is told from a conflict.
// Floor: runtime. Between `app.append` and the engine.
// May include: all above.
//
// Everything is looked at before anything is written, so that a conflict leaves nothing to take back. A repetition has no window: the
// events that lie behind the expected version are compared with the given ones, type by type and byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include <gesta/codec/binary.hpp>
#include <gesta/codec/personal.hpp>
#include <gesta/decide/each.hpp>
#include <gesta/decide/key_rule.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/detail/writer.hpp>
#include <gesta/message/flat.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/key.hpp>
#include <gesta/runtime/facts.hpp>
#include <gesta/runtime/stored.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// How an append finds one stream.
enum class found_stream : std::uint8_t { fresh, repeated, conflicts, failed };

/// One append in the open unit of an engine.
template <class Engine>
class appending {
  using flow_type = typename Engine::flow_type;

 public:
  explicit appending(Engine& engine) : engine_(engine) {}

  /// Looks at all, then writes all. Where it fails half way the engine has given up what was written.
  template <class... Argument>
  appended carry_out(const origin& from, const Argument&... argument) {
    std::size_t which = 0;
    (look_at(which++, argument), ...);
    if (failed_) return appended(engine_.last_failure());
    const bool all_there = repeated_ != 0 && repeated_ == with_events_;
    if (all_there) return appended(first_, last_, true);
    if (conflicts_) return appended(cause_, conflicting_, actual_);
    if (repeated_ != 0) return appended(cause_of_repeated_, where_repeated_, version_of_repeated_);
    const std::uint64_t before = engine_.log().last_position();
    const auto start = engine_.here();
    const std::size_t outcomes = engine_.outcome_count();
    if (!(write(argument, from) && ...)) {
      engine_.give_up(start, outcomes);
      return appended(engine_.last_failure());
    }
    const std::uint64_t after = engine_.log().last_position();
    return after == before ? appended(0, 0, false) : appended(before + 1, after, false);
  }

 private:
  /// A given event as it would lie in a file.
  struct given {
    std::uint16_t tag;
    std::vector<std::byte> bytes;
  };
  struct name {
    std::uint16_t aggregate;
    std::vector<char> key;
    bool operator==(const name&) const = default;
  };

  template <class Facts>
  std::vector<given> encoded(const Facts& facts) {
    std::vector<given> all;
    const auto write = [&all](const auto& event) {
      all.push_back({flow_type::template tag<std::remove_cvref_t<decltype(event)>>, std::vector<std::byte>(encoded_size(event))});
      encode(event, all.back().bytes.data());
    };
    const auto one = [&](const auto& event) {
      using type = std::remove_cvref_t<decltype(event)>;
      if constexpr (Engine::has_keys && holds_personal<type>()) {
        type sealed(event);
        if (!failed_ && engine_.seal(sealed)) write(sealed);
        else failed_ = true;
      } else {
        write(event);
      }
    };
    facts.for_each([&](const auto& part) {
      if constexpr (is_run<std::remove_cvref_t<decltype(part)>>) part.for_each(one);
      else one(part);
    });
    return all;
  }

  template <class Argument>
  bool write(const Argument& argument, const origin& from) {
    if constexpr (is_facts<Argument>) return engine_.record(argument, from);
    else return true;
  }

  template <class Argument>
  void look_at(std::size_t which, const Argument& argument) {
    if constexpr (is_facts<Argument>)
      if (!failed_) look_at_stream(which, argument);
  }
  template <class Facts>
  void look_at_stream(std::size_t which, const Facts& facts) {
    using aggregate = typename Facts::aggregate;
    auto& table = engine_.template table_of<aggregate>();
    const key_bytes key = table.bytes_of(facts.key());
    name stream{flow_type::template aggregate_tag<aggregate>, std::vector<char>(key.data, key.data + key.size)};
    for (const name& earlier : named_)
      if (earlier == stream)
        return fail(failure(failure::kind::duplicate, 0, "one append names the stream ", text_of<aggregate>(facts).chars, " twice"));
    named_.push_back(static_cast<name&&>(stream));

    const std::vector<given> events = encoded(facts);
    if (failed_) return;
    with_events_ += events.empty() ? 0 : 1;
    auto found = table.find(facts.key());
    if constexpr (Engine::template is_cached<aggregate>)
      if (!engine_.template load<aggregate>(facts.key(), found)) return void(failed_ = true);
    if (!engine_.template is_whole<aggregate>(found)) return void(failed_ = true);
    const std::uint64_t actual = found ? found->version : 0;
    if (facts.expectation().holds(actual)) return;
    const bool may_be_there = facts.expectation().what == expected::of::version && actual > facts.expectation().version && !events.empty();
    if (may_be_there && lies_there<aggregate>(facts, events)) {
      ++repeated_;
      if (repeated_ == 1) {
        where_repeated_ = which;
        version_of_repeated_ = actual;
        cause_of_repeated_ = unexpected(facts, actual);
      }
      return;
    }
    if (conflicts_ || failed_) return;
    conflicts_ = true;
    conflicting_ = which;
    actual_ = actual;
    cause_ = unexpected(facts, actual);
  }

  /// Whether these events are the ones that follow the expected version.
  template <class Aggregate, class Facts>
  bool lies_there(const Facts& facts, const std::vector<given>& events) {
    std::size_t same = 0;
    bool differ = false;
    std::uint64_t first = 0, last = 0;
    const slice part{.after = facts.expectation().version, .limit = events.size()};
    failure cause;
    const bool read = detail::each_stored<Aggregate>(engine_, facts.key(), part, cause, [&](const recorded& record) {
      differ = differ || record.tag != events[same].tag || !has_bytes(record, events[same].bytes);
      if (differ) return false;
      if (first == 0) first = record.position;
      last = record.position;
      ++same;
      return true;
    });
    if (!read) return fail(cause), false;
    if (differ || same != events.size()) return false;
    if (first_ == 0 || first < first_) first_ = first;
    if (last > last_) last_ = last;
    return true;
  }

  static bool has_bytes(const recorded& record, const std::vector<std::byte>& bytes) {
    if (!record.in_place) return record.size == bytes.size() && (bytes.empty() || std::memcmp(record.payload, bytes.data(), bytes.size()) == 0);
    bool equal = false;
    select<flow_type::event_count>(record.tag, [&](auto tag) {
      using event = typename flow_type::template event<tag()>;
      if constexpr (flat<event>) {
        const auto& stored = *static_cast<const event*>(record.payload);
        std::vector<std::byte> other(encoded_size(stored));
        encode(stored, other.data());
        equal = other == bytes;
      } else {
        equal = record.size == bytes.size() && (bytes.empty() || std::memcmp(record.payload, bytes.data(), bytes.size()) == 0);
      }
    });
    return equal;
  }

  struct short_text {
    char chars[96];
  };
  template <class Aggregate, class Facts>
  static short_text text_of(const Facts& facts) {
    short_text text{};
    writer to{text.chars, sizeof text.chars};
    if constexpr (identified<Aggregate>) to.put(chars{id_of<Aggregate>.name, std::strlen(id_of<Aggregate>.name)});
    to.put(' ');
    put_key(key_value_of<typename key_rule<Aggregate>::key_type>(facts.key()), to);
    to.end();
    return text;
  }

  template <class Facts>
  static failure unexpected(const Facts& facts, std::uint64_t actual) {
    failure cause(failure::kind::conflict, 0, "the stream ", text_of<typename Facts::aggregate>(facts).chars, " has version ", actual);
    switch (facts.expectation().what) {
      case expected::of::version: cause.add(", not "); cause.add(facts.expectation().version); break;
      default: cause.add(", and some event was expected");
    }
    return cause;
  }
  void fail(const failure& cause) {
    failed_ = true;
    engine_.fails(cause);
  }

  Engine& engine_;
  std::vector<name> named_;
  std::size_t with_events_ = 0, repeated_ = 0;
  std::size_t conflicting_ = 0, where_repeated_ = 0;
  std::uint64_t actual_ = 0, version_of_repeated_ = 0;
  std::uint64_t first_ = 0, last_ = 0;
  bool failed_ = false, conflicts_ = false;
  failure cause_, cause_of_repeated_;
};

}  // namespace gesta::detail
