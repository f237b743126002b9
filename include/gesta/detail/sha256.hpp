// SHA-256 (FIPS 180-4): names bytes by what they are, so that nobody can put others in their place.
// Stands below everything: it knows no domain word.
// May include <cstddef> and <cstdint> only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gesta::detail {

/// The 32 bytes of a hash.
struct sha256_hash {
  unsigned char bytes[32] = {};
  friend constexpr bool operator==(const sha256_hash&, const sha256_hash&) noexcept = default;
};

namespace sha {

inline constexpr std::uint32_t rounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
    0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
    0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

constexpr std::uint32_t turn(std::uint32_t x, int by) noexcept { return x >> by | x << (32 - by); }

constexpr void block(std::uint32_t (&h)[8], const unsigned char* at) noexcept {
  std::uint32_t w[64] = {};
  for (int i = 0; i < 16; ++i)
    w[i] = std::uint32_t{at[4 * i]} << 24 | std::uint32_t{at[4 * i + 1]} << 16 | std::uint32_t{at[4 * i + 2]} << 8 | std::uint32_t{at[4 * i + 3]};
  for (int i = 16; i < 64; ++i)
    w[i] = w[i - 16] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] + (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
  std::uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
  for (int i = 0; i < 64; ++i) {
    const std::uint32_t one = k + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i] + w[i];
    const std::uint32_t two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    k = g, g = f, f = e, e = d + one, d = c, c = b, b = a, a = one + two;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += k;
}

}  // namespace sha

/// The hash of some bytes.
constexpr sha256_hash sha256(const char* bytes, std::size_t size) noexcept {
  std::uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  unsigned char last[128] = {};
  unsigned char whole[64] = {};
  std::size_t at = 0;
  for (; size - at >= 64; at += 64) {
    for (std::size_t i = 0; i < 64; ++i) whole[i] = static_cast<unsigned char>(bytes[at + i]);
    sha::block(h, whole);
  }
  const std::size_t left = size - at;
  for (std::size_t i = 0; i < left; ++i) last[i] = static_cast<unsigned char>(bytes[at + i]);
  last[left] = 0x80;
  const std::size_t end = left < 56 ? 64 : 128;
  for (unsigned i = 0; i < 8; ++i) last[end - 1 - i] = static_cast<unsigned char>(std::uint64_t{size} * 8 >> 8 * i);
  sha::block(h, last);
  if (end == 128) sha::block(h, last + 64);
  sha256_hash out;
  for (unsigned i = 0; i < 32; ++i) out.bytes[i] = static_cast<unsigned char>(h[i / 4] >> (24 - 8 * (i % 4)));
  return out;
}

}  // namespace gesta::detail
