// [gesta E116] the Message holds a pointer, or a view of memory that it does not own; hold the value itself:  gesta::text<N>,  std::string  or a struct
// in message_with_pointer<false, renamed>
// A view of characters that somebody else owns dangles as soon as the event is read back.
#include <string_view>

#include <gesta/model/model.hpp>

struct renamed { std::string_view name; static constexpr auto id = "account.renamed"; };
struct rename_account {};
struct account { int renames = 0; };

constexpr void evolve(account& a, const renamed&) { ++a.renames; }
constexpr auto decide(const account&, const rename_account&) -> gesta::emits<renamed> { return renamed{"Ada"}; }

struct accounts : gesta::aggregate<account, gesta::commands<rename_account>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
