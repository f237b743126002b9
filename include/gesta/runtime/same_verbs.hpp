// Files of one program that run one model are compared before main: all of them see the same verbs, or the program ends with a sentence.
// Floor: runtime.
// May include: detail, model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <gesta/model/verbs_seen.hpp>

namespace gesta::detail {

/// What a file that runs a model sees of it.
struct seen_in_file {
  const char* file;
  const char* model;
  std::uint64_t whole;
  std::size_t parts;
  const std::uint64_t* verbs;
  const char* const* signatures;
};

[[noreturn, gnu::cold, gnu::noinline]] inline void end_as_files_differ(const seen_in_file& one, const seen_in_file& other) {
  std::size_t part = 0;
  while (part + 1 < one.parts && part + 1 < other.parts && one.verbs[part] == other.verbs[part]) ++part;
  const name_view model = naming::last_name(one.model);
  const name_view differs = part + 1 < one.parts ? naming::last_name(one.signatures[part]) : model;
  std::fprintf(stderr,
               "[gesta E910] %s and %s see different verbs of %.*s, a part of the model %.*s; include the headers that declare its decide, "
               "evolve, project, react and upcast in both, and build both\n",
               one.file, other.file, static_cast<int>(differs.size), differs.data, static_cast<int>(model.size), model.data);
  std::abort();
}

/// The first file that was asked; one for all files, whatever they see.
template <class Model>
inline const seen_in_file* first_to_see = nullptr;

/// One for the files that see the same.
template <class Model, std::uint64_t Verbs>
struct same_verbs {
  static constexpr auto parts = detail::parts_seen_of<Model>();
  static constexpr seen_in_file here{__BASE_FILE__, naming::of_type<Model>(), Verbs, sizeof parts.verbs / sizeof *parts.verbs,
                                     parts.verbs,   parts.signatures};

  static bool compare() {
    if (first_to_see<Model> == nullptr) first_to_see<Model> = &here;
    if (first_to_see<Model>->whole != Verbs) end_as_files_differ(*first_to_see<Model>, here);
    return true;
  }
  static inline const bool compared = compare();
};

}  // namespace gesta::detail
