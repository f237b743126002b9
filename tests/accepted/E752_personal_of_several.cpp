#include <gesta/gesta.hpp>

#include <string>

struct customer_id { gesta::text<20> value; static constexpr auto id = "customer"; };
struct named { customer_id who; gesta::personal<customer_id, std::string> name; };
struct registered { named customer, invited_by; static constexpr auto id = "customer.registered"; };
struct enroll { gesta::text<20> customer; std::string name; };
struct customer { int registrations = 0; };

inline registered made_of(const enroll&) { return {}; }
inline void evolve(customer& c, const registered&) { ++c.registrations; }
inline auto decide(const customer&, const enroll& c) -> gesta::emits<registered> { return made_of(c); }

struct customers : gesta::aggregate<customer, gesta::commands<enroll>, gesta::by<"customer">> { static constexpr auto id = "customer"; };
struct shop : gesta::model<customers> {};

// Keys that seal nothing: what a test of the compiler needs.
struct keys_of_glass {
  using seals_personal_data = void;
  gesta::failure why;
  const gesta::failure& last_failure() const noexcept { return why; }
  template <class Event>
  bool seal(Event&) noexcept {
    return true;
  }
};

int main() {
  keys_of_glass keys;
  auto app = gesta::start<shop>(gesta::memory_store{}, gesta::sealed_by(keys));
  app.handle(enroll{"ada", "Ada"}).match([](const auto&) {});
}
