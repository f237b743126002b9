#include "till.hpp"

namespace till {

void evolve(till& t, const put_in& e) { t.cents += e.cents; }
void evolve(till& t, const taken& e) { t.cents -= e.cents; }
auto decide(const till&, const put& c) -> gesta::emits<put_in> { return put_in{c.cents}; }
auto decide(const till& t, const take& c) -> gesta::emits<taken>::or_nothing::or_rejects<too_little, locked> {
  if (c.cents == 0) return gesta::no_change;
  if (c.cents > t.cents) return too_little{t.cents};
  return taken{c.cents};
}

}  // namespace till
