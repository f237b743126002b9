#include <gesta/domain.hpp>

struct tariff { long base, step, limit, tax; };
struct reading { int units; };
struct readings {
  reading first, second;
  const reading* begin() const { return &first; }
  const reading* end() const { return &first + 1; }
};
struct charged { long cents; static constexpr auto id = "meter.charged"; };
struct bill { readings all; };
struct meter { tariff now{}; };

inline auto decide(const meter& m, const bill& c) -> gesta::emits<gesta::many<charged>> {
  return gesta::each(c.all, [&now = m.now](const reading& r) { return charged{now.base + r.units * now.step}; });
}
