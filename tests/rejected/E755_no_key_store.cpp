// [gesta E755] gesta::sealed_by is given something that seals no personal data; give it gesta::memory_keys or gesta::sqlite_keys, or derive yours from gesta::sealing<Keys> and give it  key_of_now, key_named  and  destroy,  as gesta::key_store says
// in not_a_key_store<false, drawer>
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

struct drawer {};

int main() {
  drawer keys;
  auto app = gesta::start<shop>(gesta::memory_store{}, gesta::sealed_by(keys));
  app.handle(enroll{"ada", "Ada"}).match([](const auto&) {});
}
