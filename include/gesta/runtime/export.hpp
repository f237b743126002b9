// What an app in memory holds, as lines of JSON: to look at, and to go on with in a file (`gesta-log import`).
// Floor: runtime. Beside gesta.hpp: include it where facts are written out.
// May include: all above.
//
// The lines are those of `gesta-log export`; docs/tools.md says what stands in them. A file of the SQLite store is exported by that program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gesta/codec/binary.hpp>
#include <gesta/codec/by_form.hpp>
#include <gesta/codec/wire_form.hpp>
#include <gesta/decide/key_rule.hpp>
#include <gesta/detail/json_text.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/message/flat.hpp>
#include <gesta/message/id.hpp>
#include <gesta/runtime/app.hpp>
#include <gesta/runtime/stored.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

namespace gesta {

namespace detail {

/// Writes the lines one by one; a type is said before it is first used.
template <class Engine, class Sink>
class facts_writer {
  using flow_type = typename Engine::flow_type;

 public:
  facts_writer(Engine& held, Sink& sink) : held_(held), sink_(sink) {}

  read_result write() {
    if (held_.open()) return read_result(failure(failure::kind::busy, 0, "a batch is open: what it recorded is not kept yet"));
    if (!held_.log().erased().empty())
      return read_result(failure(failure::kind::truncated, 0, "events were erased, and an export holds all of a log or nothing"));
    line_ = R"({"gesta":"facts","format":1})";
    end_line();
    failure cause;
    const bool whole = detail::each_stored(held_, {}, cause, [this](const recorded& record) { return event(record), true; });
    if (!whole) return read_result(cause);
    held_.log().each_outcome([this](const char* source, std::uint64_t number, const remembered& outcome) { remember(source, number, outcome); });
    line_ = "{\"end\":{\"events\":";
    number_in_words(events_);
    line_ += ",\"outcomes\":";
    number_in_words(outcomes_);
    line_ += "}}";
    end_line();
    return {};
  }

 private:
  /// What is known of one type: nothing before it was said.
  struct known {
    form_reader form;
    bool said = false;
  };

  void end_line() {
    line_ += '\n';
    sink_(static_cast<const char*>(line_.data()), line_.size());
    line_.clear();
  }
  template <class Number>
  void number_in_words(Number number) {
    json::appended to{line_};
    json::put_number(number, to);
  }
  void name(const char* text) { ((line_ += line_.empty() ? "{\"" : ",\"") += text) += "\":"; }
  void text(const char* what, chars value) {
    name(what);
    json::appended to{line_};
    json::put_text(value, to);
  }
  template <class Number>
  void number(const char* what, Number value) {
    name(what);
    number_in_words(value);
  }
  void hex(chars bytes) {
    json::appended to{line_};
    json::put_hex(bytes, to);
  }
  void id(const char* what, const message_id& value) {
    char bytes[16];
    for (unsigned i = 0; i < 8; ++i) {
      bytes[i] = static_cast<char>(static_cast<unsigned char>(value.high >> (56 - 8 * i)));
      bytes[8 + i] = static_cast<char>(static_cast<unsigned char>(value.low >> (56 - 8 * i)));
    }
    name(what);
    hex({bytes, sizeof bytes});
  }

  const form_reader& say(std::vector<known>& of, std::size_t tag, const char* kind, const event_id& what, const char* form) {
    if (of.size() <= tag) of.resize(tag + 1);
    known& type = of[tag];
    if (type.said) return type.form;
    std::string line;
    line.swap(line_);  // a line may have begun
    text("type", chars_of(kind));
    text("id", chars_of(what.name));
    number("version", what.version);
    name("form");
    line_ += form;
    line_ += '}';
    end_line();
    line_.swap(line);
    type.said = true;
    type.form = read_form(form);
    return type.form;
  }

  // ---- events

  void event(const recorded& record) {
    select<flow_type::aggregates::size>(record.aggregate, [&](auto at) {
      using aggregate = detail::at<at(), typename flow_type::aggregates>;
      const form_reader& form =
          say(aggregates_, record.aggregate, "aggregate", id_of<aggregate>, key_wire_form<typename key_rule<aggregate>::key_type>);
      select<flow_type::event_count>(record.tag, [&](auto tag) {
        using type = typename flow_type::template event<tag()>;
        const form_reader& shown = say(types_, record.tag, "event", id_of<type>, wire_form<type>);
        number("position", record.position);
        text("aggregate", chars_of(id_of<aggregate>.name));
        key(form, record.key);
        number("version", record.version);
        text("event", chars_of(id_of<type>.name));
        number("event_version", id_of<type>.version);
        number("time", record.from.time.nanoseconds);
        if (record.from.correlation != message_id{}) id("correlation", record.from.correlation);
        if (record.from.causation != record.from.correlation) id("causation", record.from.causation);
        if constexpr (flat<type>) {
          const type& value = *static_cast<const type*>(record.payload);
          bytes_.resize(encoded_size(value));
          encode(value, bytes_.data());
          payload(shown, bytes_.data(), bytes_.size());
        } else {
          payload(shown, record.payload, record.size);
        }
        line_ += '}';
        end_line();
      });
    });
    ++events_;
  }
  void payload(const form_reader& form, const void* bytes, std::size_t size) {
    name("payload");
    form.to_json(bytes, size, line_);
    name("bytes");
    hex({static_cast<const char*>(bytes), size});
  }

  // As it would stand in a file: numbers as numbers, text as text, the others by their bytes.
  void key(const form_reader& form, const key_bytes& key) {
    name("key");
    const chars bytes{key.data, key.size};
    if (form.word() == "text") {
      const bool holds_zero = std::string_view(key.data, key.size).find('\0') != std::string_view::npos;
      if (json::is_utf8(bytes)) return void(form.key_to_json(key.data, key.size, line_));
      line_ += holds_zero ? "{\"hex\":" : "{\"text_in_hex\":";
    } else if (form.word() == "bool" || form.word() == "char") {
      const auto byte = static_cast<unsigned char>(key.data[0]);
      return number_in_words(form.word() == "char" && std::is_signed_v<char> ? static_cast<int>(static_cast<signed char>(byte ^ 0x80u)) : int{byte});
    } else if (!form.word().empty()) {
      return void(form.key_to_json(key.data, key.size, line_));
    } else {
      line_ += "{\"hex\":";
    }
    hex(bytes);
    line_ += '}';
  }

  // ---- outcomes

  void remember(const char* source, std::uint64_t request, const remembered& outcome) {
    constexpr const char* verdicts[] = {"accepted", "nothing", "rejected"};
    text("once", chars_of(source));
    number("number", request);
    text("verdict", chars_of(verdicts[static_cast<std::size_t>(outcome.what)]));
    number("version", outcome.version);
    if (outcome.position != 0) number("position", outcome.position);
    if (outcome.what == verdict::rejected) {
      select<flow_type::rejections::size>(outcome.rejection, [&](auto at) {
        using type = detail::at<at(), typename flow_type::rejections>;
        if constexpr (identified<type>) {  // no other is ever stored
          const form_reader& shown = say(rejections_, outcome.rejection, "rejection", id_of<type>, wire_form<type>);
          text("rejection", chars_of(id_of<type>.name));
          number("rejection_version", id_of<type>.version);
          payload(shown, outcome.payload, outcome.size);
        }
      });
    }
    line_ += '}';
    end_line();
    ++outcomes_;
  }

  Engine& held_;
  Sink& sink_;
  std::string line_;
  std::vector<std::byte> bytes_;
  std::vector<known> aggregates_, types_, rejections_;
  std::uint64_t events_ = 0, outcomes_ = 0;
};

}  // namespace detail

/// Writes all events and outcomes that an app in memory holds, a line each: sink(const char*, std::size_t), a whole line per call, its end
/// included. False: why() not everything can be told: a batch is open, events were erased, or the store keeps its last records only and older ones are gone;
/// what was written then has no last line, so nobody takes it for whole. Costs as many steps as there are events.
template <class App, class Sink>
  requires(detail::facts_of_app::in_memory<App>)
read_result export_facts(App& app, Sink&& sink) {
  auto& engine = detail::facts_of_app::engine(app);
  return detail::facts_writer<std::remove_reference_t<decltype(engine)>, std::remove_reference_t<Sink>>(engine, sink).write();
}

}  // namespace gesta
