// Asks for memory in large pages, where the system has them and the C library can be told. Changes no result, only the time.
// Stands beside the ledger's way. May include: std, and glibc's and Linux' own headers under their own names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#if defined(__linux__) && defined(__GLIBC__)
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace retail {

/// To be called before memory is used. Half a million sales touch 170 MB once; in pages of 4 KiB that is 50,000 page faults, which
/// took twice as long as all that the program does.
inline void use_large_pages() {
#if defined(__linux__) && defined(__GLIBC__)
  constexpr int step = 512 << 20;  // of addresses, not of memory: a page is there when it is touched
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, step);
  mallopt(M_TOP_PAD, step);
  const auto before = reinterpret_cast<std::uintptr_t>(sbrk(0));
  void* volatile grown = std::malloc(std::size_t{1} << 20);
  std::free(grown);
  const auto after = reinterpret_cast<std::uintptr_t>(sbrk(0));
  const std::uintptr_t page = 4096, first = (before + page - 1) & ~(page - 1);
  if (after > first) (void)madvise(reinterpret_cast<void*>(first), after - first, MADV_HUGEPAGE);
#endif
}

}  // namespace retail
