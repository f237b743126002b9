// What travels with a command that another service decides, and with its answer: who asks, under which number, and where the answer goes.
// Floor: delivery.
// May include: detail, message, store, delivery.
//
// A request has a number that its asker uses for it alone: sent a second time it is the same request, and is answered with the same outcome, whoever
// handles it. An undo names the number of what it undoes: where it comes first, that is not done any more.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/delivery/cloud_event.hpp>
#include <gesta/delivery/parcel.hpp>
#include <gesta/delivery/trace_context.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/message/about.hpp>

namespace gesta::detail {

/// One request. Views of somebody else's characters. In an answer the same stands, but for `answer_to`.
struct request_line {
  std::string_view asker{};      ///< who asks: the `source` of gesta::once
  std::uint64_t number = 0;      ///< which of its requests
  std::uint64_t follows = 0;     ///< of an undo: the number of what it undoes
  std::string_view answer_to{};  ///< the topic; empty: nobody waits for an answer
  std::string_view saga{};       ///< of the instance: its saga, the bytes of its key in hex, the step, and whether its undo is asked
  std::string_view instance{};
  std::string_view step{};
  bool is_undo = false;
};

/// How the command ended.
enum class answer_is : std::uint8_t { an_event, a_rejection, nothing };

inline constexpr std::string_view header_of_asker = "gesta-asker";
inline constexpr std::string_view header_of_number = "gesta-number";
inline constexpr std::string_view header_of_follows = "gesta-follows";
inline constexpr std::string_view header_of_topic = "gesta-answer-to";
inline constexpr std::string_view header_of_saga = "gesta-saga";
inline constexpr std::string_view header_of_instance = "gesta-instance";
inline constexpr std::string_view header_of_step = "gesta-step";
inline constexpr std::string_view header_of_undo = "gesta-undo";
inline constexpr std::string_view header_of_answer = "gesta-answer";
inline constexpr std::string_view names_of_answers[] = {"event", "rejection", "nothing"};

/// Of our own binary codec.
inline constexpr std::string_view binary_content = "application/x-gesta";

/// The id of the message, which is the causation of what follows from it: see unit_of_work::origin_of.
inline message_id id_of_request(std::string_view asker, std::uint64_t number) noexcept {
  const auto hash = hash128{}.add(asker.data(), asker.size()).add(number);
  return {hash.high, hash.low};
}

/// The bytes of a key as they travel in a header.
inline std::string hex_of(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    text += hex_digits[static_cast<unsigned char>(c) >> 4];
    text += hex_digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}
/// False: it is not made of pairs of lower-case hex digits.
inline bool bytes_of_hex(std::string_view text, std::string& bytes) {
  bytes.clear();
  if (text.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    std::uint64_t byte = 0;
    if (!get_hex(text.data() + i, 2, byte)) return false;
    bytes += static_cast<char>(byte);
  }
  return true;
}

/// Builds the headers of a request or of an answer. Used again for the next one; the headers are good until then.
class request_headers {
 public:
  /// False: an attribute cannot be written, and nothing is to be sent; `why` says which.
  bool write(const request_line& line, const envelope& around, std::string& why, const answer_is* answer = nullptr) {
    const envelope_result written = event_.write(around);
    if (!written) return why = written.describe(), false;
    all_.assign(event_.all().begin(), event_.all().end());
    numbers_[0] = std::to_string(line.number);
    numbers_[1] = std::to_string(line.follows);
    all_.push_back({header_of_asker, line.asker});
    all_.push_back({header_of_number, numbers_[0]});
    if (line.follows != 0) all_.push_back({header_of_follows, numbers_[1]});
    if (!line.answer_to.empty()) all_.push_back({header_of_topic, line.answer_to});
    all_.push_back({header_of_saga, line.saga});
    all_.push_back({header_of_instance, line.instance});
    all_.push_back({header_of_step, line.step});
    if (line.is_undo) all_.push_back({header_of_undo, "1"});
    if (answer != nullptr) all_.push_back({header_of_answer, names_of_answers[static_cast<std::size_t>(*answer)]});
    return true;
  }
  std::span<const header> all() const noexcept { return all_; }

 private:
  cloud_event_headers event_;
  std::string numbers_[2];
  std::vector<header> all_;
};

/// Reads the line of a request or of an answer. nullptr, or why it is none.
inline const char* read_request(const delivered& from, request_line& line) {
  const auto number = [&](std::string_view name, std::uint64_t& to) {
    const std::string_view text = from.value_of(name);
    return get_decimal(text, ~std::uint64_t{0}, to) && to != 0;
  };
  line.asker = from.value_of(header_of_asker);
  line.answer_to = from.value_of(header_of_topic);
  line.saga = from.value_of(header_of_saga);
  line.instance = from.value_of(header_of_instance);
  line.step = from.value_of(header_of_step);
  line.is_undo = !from.value_of(header_of_undo).empty();
  if (line.asker.empty() || line.asker.size() > 64) return "it does not say who asks, or with more than 64 characters";
  if (!number(header_of_number, line.number)) return "it has no number, and could not be told from another one";
  line.follows = 0;
  if (!from.value_of(header_of_follows).empty() && !number(header_of_follows, line.follows)) return "what it undoes is no number";
  return nullptr;
}
/// False: it does not say how the command ended.
inline bool read_answer(const delivered& from, answer_is& answer) noexcept {
  const std::string_view name = from.value_of(header_of_answer);
  for (std::size_t i = 0; i < std::size(names_of_answers); ++i)
    if (name == names_of_answers[i]) return answer = static_cast<answer_is>(i), true;
  return false;
}

}  // namespace gesta::detail
