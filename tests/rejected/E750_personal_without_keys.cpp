// [gesta E750] the Event holds personal data and the Model is started without keys; give them to start:  gesta::start<Model>(store, gesta::sealed_by(keys))
// in personal_without_keys<false, shop, registered>
#include <gesta/gesta.hpp>

#include <string>

struct customer_id { gesta::text<20> value; static constexpr auto id = "customer"; };
struct registered { customer_id customer; gesta::personal<customer_id, std::string> name; static constexpr auto id = "customer.registered"; };
struct enroll { gesta::text<20> customer; std::string name; };
struct customer { int registrations = 0; };

inline registered made_of(const enroll&) { return {}; }
inline void evolve(customer& c, const registered&) { ++c.registrations; }
inline auto decide(const customer&, const enroll& c) -> gesta::emits<registered> { return made_of(c); }

struct customers : gesta::aggregate<customer, gesta::commands<enroll>, gesta::by<"customer">> { static constexpr auto id = "customer"; };
struct shop : gesta::model<customers> {};


int main() {
  
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle(enroll{"ada", "Ada"}).match([](const auto&) {});
}
