// The laws of codecs, as one template that is run for each codec and each type of messages.
// Floor: testing. A new codec passes these first.
// May include: detail, message, codec, testing, std.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include <gesta/codec/codec.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/testing/same.hpp>

namespace gesta::laws {

/// What is known of a codec and of the program that runs its laws.
struct codec_terms {
  /// Whether one message has one form: then whatever is decoded encodes to the bytes it came from. Else (JSON) to other bytes at times.
  bool one_form = true;
  /// Counts the bytes this program has allocated so far; the program's own operator new counts them. Null: memory is not watched.
  std::size_t (*allocated)() = nullptr;
  /// Decoding n bytes allocates at most `slack + factor * n` bytes, whatever they are.
  std::size_t slack = 2048, factor = 64;
  /// How often the bytes of each message are changed at random places, and where the sequence of changes begins.
  unsigned rounds = 2000;
  std::uint64_t seed = 1;
};

/// What a run of the laws has seen.
struct codec_findings {
  std::size_t cases = 0;          ///< how often something was expected
  std::size_t most_per_byte = 0;  ///< the most bytes allocated beyond the slack, per byte that was decoded
};

namespace detail {

using gesta::detail::mix;

template <class Codec, class Message, class Broken>
struct codec_run {
  const Codec& codec;
  const codec_terms& terms;
  Broken& broken;
  codec_findings found = {};

  using bytes = std::vector<std::byte>;

  void expect(bool holds, const char* law, const Message& message) {
    ++found.cases;
    if (!holds) broken(law, message);
  }

  /// What encode writes. The room is of just that size, so that a sanitizer sees a byte beyond it; what stood there before is `fill`.
  bytes encoded(const Message& message, std::byte fill) {
    const std::size_t size = codec.encoded_size(message);
    const auto room = std::make_unique<std::byte[]>(size);
    std::fill_n(room.get(), size, fill);
    codec.encode(message, room.get());
    return bytes(room.get(), room.get() + size);
  }

  /// Decodes bytes that lie in room of just their size.
  bool decoded(const bytes& from, Message& message, const Message& origin) {
    const auto room = std::make_unique<std::byte[]>(from.size());
    std::copy(from.begin(), from.end(), room.get());
    const std::size_t before = terms.allocated != nullptr ? terms.allocated() : 0;
    const bool read = static_cast<bool>(codec.decode(room.get(), from.size(), message));
    if (terms.allocated != nullptr) {
      const std::size_t used = terms.allocated() - before;
      expect(used <= terms.slack + terms.factor * from.size(), "decode allocates no more than a multiple of the bytes", origin);
      if (used > terms.slack && !from.empty()) found.most_per_byte = std::max(found.most_per_byte, (used - terms.slack) / from.size());
    }
    return read;
  }

  // A message that holds a NaN is never the same as another; its bytes are.
  static bool same(const Message& a, const Message& b) { return gesta::same_message(a, b) || !gesta::same_message(a, a); }

  void written_and_read(const Message& message, const bytes& form) {
    Message again{};
    expect(decoded(form, again, message), "decode reads what encode wrote", message);
    expect(same(message, again), "the message that was read is the one that was written", message);
    expect(encoded(again, std::byte{0x5a}) == form, "equal messages have equal bytes, whatever stood there before", message);
  }

  void size_is_exact(const Message& message) {
    const std::size_t size = codec.encoded_size(message), more = 4;
    const auto filled = [&](std::byte fill) {
      auto room = std::make_unique<std::byte[]>(more + size + more);
      std::fill_n(room.get(), more + size + more, fill);
      codec.encode(message, room.get() + more);
      return room;
    };
    const auto ones = filled(std::byte{0xff}), zeros = filled(std::byte{0});
    const bool within = std::equal(ones.get() + more, ones.get() + more + size, zeros.get() + more);  // every byte was written
    const auto kept = [&](const std::byte* room, std::byte fill) {
      const auto is = [fill](std::byte b) { return b == fill; };
      return std::all_of(room, room + more, is) && std::all_of(room + more + size, room + more + size + more, is);
    };
    expect(within && kept(ones.get(), std::byte{0xff}) && kept(zeros.get(), std::byte{0}), "encode writes exactly encoded_size bytes", message);
  }

  void cut_short(const Message& message, const bytes& form) {
    for (std::size_t size = 0; size < form.size(); ++size) {
      Message read{};
      expect(!decoded(bytes(form.begin(), form.begin() + static_cast<std::ptrdiff_t>(size)), read, message), "bytes that are cut short are refused", message);
    }
  }

  void with_more_behind(const Message& message, const bytes& form) {
    bytes longer = form;
    longer.push_back(std::byte{0});
    for (unsigned last = 0; last < 256; ++last) {
      Message read{};
      longer.back() = static_cast<std::byte>(last);
      const bool taken = decoded(longer, read, message);
      expect(!taken || (!terms.one_form && same(message, read)), "bytes with more behind them are refused", message);
    }
    longer.insert(longer.end(), form.begin(), form.end());
    Message read{};
    expect(!decoded(longer, read, message), "two messages are not read as one", message);
  }

  /// Any bytes: refused, or a message that has a form of its own. With one form for a message it is these bytes.
  void any_bytes(const bytes& given, const Message& origin) {
    Message read{};
    if (!decoded(given, read, origin)) return expect(true, "", origin);
    const bytes form = encoded(read, std::byte{0});
    if (terms.one_form) return expect(form == given, "bytes that are read are the one form of their message", origin);
    Message again{};
    expect(decoded(form, again, origin) && encoded(again, std::byte{0xff}) == form, "bytes that are read are a message that can be written", origin);
  }

  void one_bit_changed(const Message& message, const bytes& form) {
    bytes changed = form;
    for (std::size_t i = 0; i < form.size(); ++i)
      for (unsigned bit = 0; bit < 8; ++bit) {
        changed[i] = form[i] ^ static_cast<std::byte>(1u << bit);
        any_bytes(changed, message);
        changed[i] = form[i];
      }
  }

  // Numbers of elements as binary forms write them, up to 2^64 - 1; in text they are just other bytes.
  void hostile_counts(const Message& message, const bytes& form) {
    constexpr unsigned char counts[][10] = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, {0xff, 0xff, 0xff, 0xff, 0x7f}, {0xff, 0xff, 0x7f},
                                            {0xff, 0x7f},                                                 {0x80, 0x80, 0x80, 0x80, 0x10}, {0xff}};
    constexpr std::size_t sizes[] = {10, 5, 3, 2, 5, 1};
    for (std::size_t i = 0; i < form.size(); ++i)
      for (std::size_t c = 0; c < 6; ++c) {
        const auto* const count = reinterpret_cast<const std::byte*>(counts[c]);
        bytes changed(form.begin(), form.begin() + static_cast<std::ptrdiff_t>(i));
        changed.insert(changed.end(), count, count + sizes[c]);
        changed.insert(changed.end(), form.begin() + static_cast<std::ptrdiff_t>(i + 1), form.end());
        any_bytes(changed, message);
      }
  }

  void random_changes(const Message& message, const bytes& form) {
    std::uint64_t state = terms.seed;
    const auto random = [&state](std::size_t below) { return static_cast<std::size_t>(mix(state += 0x9e3779b97f4a7c15u) >> 11) % below; };
    for (unsigned round = 0; round < terms.rounds; ++round) {
      bytes changed = form;
      for (std::size_t changes = 1 + random(4); changes != 0 && !changed.empty(); --changes) {
        const auto at = changed.begin() + static_cast<std::ptrdiff_t>(random(changed.size()));
        switch (random(5)) {
          case 0: *at = static_cast<std::byte>(random(256)); break;
          case 1: *at = static_cast<std::byte>(random(3)); break;
          case 2: changed.erase(at); break;
          case 3: changed.insert(at, static_cast<std::byte>(random(256))); break;
          default: std::swap(*at, changed[random(changed.size())]);
        }
      }
      any_bytes(changed, message);
    }
  }
};

}  // namespace detail

/// Tests the laws of gesta::encodes for messages of one type, which differ from each other. Calls broken(law, message) for each case in
/// which one is broken: the law in words, and the message it began with.
template <class Message, encodes<Message> Codec, class Broken>
codec_findings hold_for_codec(const Codec& codec, const std::vector<Message>& different, const codec_terms& terms, Broken&& broken) {
  detail::codec_run<Codec, Message, Broken> run{codec, terms, broken};
  std::vector<std::vector<std::byte>> forms;
  for (const Message& message : different) {
    const auto form = run.encoded(message, std::byte{0xa5});
    run.written_and_read(message, form);
    run.size_is_exact(message);
    run.cut_short(message, form);
    run.with_more_behind(message, form);
    run.one_bit_changed(message, form);
    run.hostile_counts(message, form);
    run.random_changes(message, form);
    run.expect(std::find(forms.begin(), forms.end(), form) == forms.end(), "different messages have different bytes", message);
    forms.push_back(form);
  }
  return run.found;
}

}  // namespace gesta::laws
