// What a codec is: it turns messages into bytes and back.
// Floor: codec. Stores and transports reach codecs through this; binary.hpp and json.hpp are two.
// May include: message.
#pragma once

#include <concepts>
#include <cstddef>

#include <gesta/message/id.hpp>

namespace gesta {

/// True when Codec turns messages of type Message into bytes and back. A codec is a value that is copied freely, and promises:
///   - its `id` is stored beside what it wrote, and never changes;
///   - encode writes exactly encoded_size(message) bytes, the same for equal messages (0.0 and -0.0 are two), on every machine and at every time;
///   - decode is true, or an answer that converts to true, when it read what encode wrote; the message then equals the one written;
///   - decode takes any bytes: it is false for bytes that are cut short or have more behind them (JSON: more than blanks), reads nothing
///     beyond them, and allocates no more than a fixed multiple of their number. After false the message is valid, and unspecified.
/// testing/laws/codec.hpp tests all of that.
template <class Codec, class Message>
concept encodes =
    identified<Codec> && std::copyable<Codec> &&
    requires(const Codec& codec, const Message& message, Message& read, std::byte* out, const std::byte* bytes, std::size_t size) {
      { codec.encoded_size(message) } -> std::same_as<std::size_t>;
      codec.encode(message, out);
      static_cast<bool>(codec.decode(bytes, size, read));
    };

}  // namespace gesta
