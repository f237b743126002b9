// The domain of 15_snapshots: visitors are counted at the gates of a museum, every day, for years.
#pragma once

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>

namespace gates {

struct counted { int visitors; static constexpr auto id = "turnstile.counted"; };
struct count   { int visitors; };

struct turnstile {
  long visitors = 0;
  int largest = 0;
};

inline int folds = 0;  // to show what is folded; a domain has no such thing

inline void evolve(turnstile& t, const counted& e) {
  ++folds;
  t.visitors += e.visitors;
  if (e.visitors > t.largest) t.largest = e.visitors;
}
inline auto decide(const turnstile&, const count& c) -> gesta::emits<counted> { return counted{c.visitors}; }

struct turnstiles : gesta::aggregate<turnstile, gesta::commands<count>> {
  static constexpr auto id = "turnstile";
  static constexpr unsigned snapshot_version = 1;  // raised when evolve changes and the struct does not
};
struct museum : gesta::model<turnstiles> {};

}  // namespace gates
