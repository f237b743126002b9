#include <gesta/message/text.hpp>
#include <gesta/model/model.hpp>

struct renamed { static constexpr auto id = "account.renamed"; };
struct rename_account { gesta::text<32> name; };
struct account { int renames = 0; };

constexpr void evolve(account& a, const renamed&) { ++a.renames; }
constexpr auto decide(const account&, const rename_account&) -> gesta::emits<renamed> { return renamed{}; }

struct accounts : gesta::aggregate<account, gesta::commands<rename_account>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
