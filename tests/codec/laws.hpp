// Runs the laws of codecs over the messages of messages.hpp and prints how many cases that were. The program counts what it allocates.
#pragma once

#include <gesta/detail/names.hpp>
#include <gesta/testing/laws/codec.hpp>
#include <gesta/testing/print.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

#include "messages.hpp"

namespace codec_tests {

inline std::size_t bytes_allocated = 0;

/// A message for people.
template <class Message>
std::string shown(const Message& message) {
  std::string text(400, '\0');
  text.resize(std::min(gesta::print(message, text.data(), text.size()), text.size() - 1));
  return text;
}

template <class Codec>
void laws_hold_for_all_messages(const Codec& codec, gesta::laws::codec_terms terms) {
  terms.allocated = [] { return bytes_allocated; };
  gesta::laws::codec_findings all;
  for_all_messages([&](const auto& messages) {
    const auto found = gesta::laws::hold_for_codec(codec, messages, terms,
                                                   [](const char* law, const auto& message) { FAIL_CHECK(std::string(law), ": ", shown(message)); });
    all.cases += found.cases;
    all.most_per_byte = std::max(all.most_per_byte, found.most_per_byte);
  });
  std::printf("laws of %s: %zu cases, at most %zu bytes allocated for one of input\n", codec.id, all.cases, all.most_per_byte);
}

}  // namespace codec_tests

// Only programs of one source file include this header. Not inlined: GCC would see one of a pair without the other.
[[gnu::noinline]] void* operator new(std::size_t size) {
  codec_tests::bytes_allocated += size;
  if (void* p = std::malloc(size)) return p;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
