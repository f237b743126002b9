// The program that writes a model's lock, as a header for the compiler and as JSON for people, and refuses what stored events do not allow.
// Floor: describe. Made by the CMake function gesta_schema_lock; it compiles whatever the lock says.
// May include: detail, message, model, codec, describe.
//
//   int main(int count, char** words) { return gesta::lock_tool<bank>("bank_lock", count, words); }
//
// `tool HEADER JSON` writes both files; `tool --check HEADER JSON` only says whether they are up to date. The JSON is what was stored so far:
// events are added to it and never taken out, one line each and one line for each of their fields, sorted by id and version.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <gesta/codec/wire_form.hpp>
#include <gesta/describe/schema.hpp>
#include <gesta/model/flow.hpp>

namespace gesta {

namespace detail::lock {

struct field {
  std::string name;  ///< on the wire, as JSON writes it within quotes
  std::string kind;  ///< JSON, as codec/wire_form.hpp says it
  bool operator==(const field&) const = default;
};
struct event {
  std::string id;
  unsigned version = 1;
  std::uint64_t shape = 0;
  std::vector<field> fields;
};
inline bool operator<(const event& a, const event& b) { return a.id != b.id ? a.id < b.id : a.version < b.version; }
inline bool same_place(const event& a, const event& b) { return a.id == b.id && a.version == b.version; }
using events = std::vector<event>;

/// What the tool has to know of a model.
struct model_now {
  events all;
  std::vector<std::string> retired;
};

inline std::string quoted(const char* text) {
  std::string out;
  writer count{nullptr, 0};
  wire::put_name(detail::chars_of(text), count);
  out.resize(count.size);
  writer to{out.data(), out.size()};
  wire::put_name(detail::chars_of(text), to);
  return out.substr(1, out.size() - 2);
}

template <class Event, std::size_t... I>
std::vector<field> fields_of(indices<I...>) {
  return {field{quoted(detail::name_text<Event, I>().chars), wire::form_of_message<field_type<Event, I>>.chars}...};
}
template <class Event>
event describe() {
  return {quoted(id_of<Event>.name), id_of<Event>.version, shape_id<Event>, lock::fields_of<Event>(make_indices<field_count<Event>>{})};
}
template <class Model>
model_now model_as_it_is() {
  (void)sizeof(typename rules::stored_rules<typename flow<Model>::events>::written);
  model_now now;
  const auto all = [&]<class... E>(types<E...>) { (now.all.push_back(lock::describe<E>()), ...); };
  all(typename flow<Model>::events{});
  all(detail::locked_sagas<flow<Model>>{});
  all(detail::locked_processes<flow<Model>>{});
  std::sort(now.all.begin(), now.all.end());
  flow<Model>::each_retired([&](const char* id) { now.retired.push_back(quoted(id)); });
  return now;
}

// ---- as text

inline std::string number(std::uint64_t value, unsigned base) {
  std::string out;
  do out.insert(out.begin(), "0123456789abcdef"[value % base]);
  while ((value /= base) != 0);
  return out;
}

inline std::string as_json(const events& all) {
  std::string out = "{\n  \"schema lock\": 1,\n  \"events\": [";
  for (std::size_t i = 0; i < all.size(); ++i) {
    const event& e = all[i];
    out += i == 0 ? "\n" : ",\n";
    out += "    {\"id\": \"" + e.id + "\", \"version\": " + number(e.version, 10) + ", \"shape\": \"" + number(e.shape, 16) + "\", \"fields\": [";
    for (std::size_t j = 0; j < e.fields.size(); ++j)
      out += (j == 0 ? "\n" : ",\n") + ("      {\"name\": \"" + e.fields[j].name + "\", \"kind\": " + e.fields[j].kind + "}");
    out += e.fields.empty() ? "]}" : "\n    ]}";
  }
  return out + (all.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

inline std::string as_literal(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}
// What stands in JSON within quotes is written there with escapes; the header holds the characters themselves.
inline std::string plain(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) out += text[i] == '\\' && i + 1 < text.size() && text[i + 1] != 'u' ? text[++i] : text[i];
  return out;
}

inline std::string as_header(const char* name, const events& all) {
  std::string out = "// The shapes of stored events, for the compiler; for people they stand in the JSON beside it. Written by gesta::lock_tool.\n"
                    "#pragma once\n\n#include <gesta/describe/schema.hpp>\n\nusing ";
  out += std::string(name) + " = gesta::schema_lock<";
  for (std::size_t i = 0; i < all.size(); ++i) {
    const event& e = all[i];
    out += (i == 0 ? "\n    gesta::locked<" : ",\n    gesta::locked<") + as_literal(plain(e.id)) + ", " + number(e.version, 10) + ", 0x" +
           number(e.shape, 16);
    for (const field& f : e.fields) out += ",\n        gesta::locked_field<" + as_literal(plain(f.name)) + ", " + as_literal(f.kind) + ">";
    out += ">";
  }
  return out + ">;\n";
}

/// Reads the JSON that as_json writes, and no other. False: `line` is the first that it would not have written.
inline bool read_json(const std::string& text, events& all, std::size_t& line) {
  const char* at = text.c_str();
  line = 1;
  const auto take = [&](const char* words) {
    const std::size_t size = std::strlen(words);
    if (std::strncmp(at, words, size) != 0) return false;
    for (std::size_t i = 0; i < size; ++i) line += words[i] == '\n';
    at += size;
    return true;
  };
  const auto take_text = [&](std::string& out) {
    for (; *at != '\0' && *at != '"' && *at != '\n'; ++at) {
      if (*at == '\\' && at[1] != '\0') out += *at++;
      out += *at;
    }
    return *at == '"';
  };
  const auto take_number = [&](std::uint64_t& out, unsigned base) {
    const char* const begin = at;
    for (out = 0; *at != '\0'; ++at) {
      const char* const digit = std::strchr("0123456789abcdef", *at);
      if (digit == nullptr || static_cast<unsigned>(digit - "0123456789abcdef") >= base) break;
      out = out * base + static_cast<unsigned>(*at <= '9' ? *at - '0' : *at - 'a' + 10);
    }
    return at != begin;
  };
  const auto take_fields = [&](event& e) {
    if (take("]}")) return true;
    do {
      field f;
      if (!take("\n      {\"name\": \"") || !take_text(f.name) || !take("\", \"kind\": ")) return false;
      const char* const end = std::strchr(at, '\n');
      if (end == nullptr) return false;
      std::size_t size = static_cast<std::size_t>(end - at);
      if (size != 0 && at[size - 1] == ',') --size;
      if (size < 2 || at[size - 1] != '}') return false;
      f.kind.assign(at, size - 1);
      at += size;
      e.fields.push_back(f);
    } while (take(","));
    return take("\n    ]}");
  };
  if (!take("{\n  \"schema lock\": 1,\n  \"events\": [")) return false;
  if (take("]\n}\n")) return *at == '\0';
  do {
    event e;
    std::uint64_t version = 0;
    if (!take("\n    {\"id\": \"") || !take_text(e.id) || !take("\", \"version\": ") || !take_number(version, 10) || !take(", \"shape\": \"") ||
        !take_number(e.shape, 16) || !take("\", \"fields\": [") || !take_fields(e))
      return false;
    e.version = static_cast<unsigned>(version);
    if (!all.empty() && !(all.back() < e)) return false;
    all.push_back(e);
  } while (take(","));
  return take("\n  ]\n}\n") && *at == '\0';
}

// ---- what is refused

inline bool is_saga(const event& e) { return detail::is_saga_definition(e.id.c_str()); }
inline bool is_process(const event& e) { return detail::is_process_definition(e.id.c_str()); }
inline std::string named(const event& e) { return e.id + " version " + number(e.version, 10); }

/// The id of the saga or the process whose definition this is.
inline std::string part_of(const event& definition) {
  const std::size_t mark = is_saga(definition) ? sizeof detail::definition_mark : sizeof detail::process_mark;
  return definition.id.substr(0, definition.id.size() - (mark - 1));
}

/// What became of the fields of one event, in words.
inline std::string changes(const event& was, const event& now) {
  const auto find = [](const std::vector<field>& all, const std::string& name) {
    return std::find_if(all.begin(), all.end(), [&](const field& f) { return f.name == name; });
  };
  std::string out;
  const auto say = [&](const std::string& words) { out += (out.empty() ? "" : "; ") + words; };
  std::vector<std::string> before, after;
  for (const field& f : was.fields) {
    const auto found = find(now.fields, f.name);
    if (found == now.fields.end()) say("the field " + f.name + " is gone");
    else if (found->kind != f.kind) say("the field " + f.name + " was " + f.kind + " and is " + found->kind);
    if (found != now.fields.end()) before.push_back(f.name);
  }
  for (const field& f : now.fields) {
    if (find(was.fields, f.name) == was.fields.end()) say("the field " + f.name + " is new");
    else after.push_back(f.name);
  }
  for (std::size_t i = 0; i < before.size(); ++i)
    if (before[i] != after[i]) {
      say("the field " + after[i] + " stands where " + before[i] + " stood");
      break;
    }
  return out.empty() ? "its shape is another" : out;
}

/// Why a model must not be stored under a lock; nothing where it may.
inline std::vector<std::string> refusals(const events& locked, const model_now& now) {
  std::vector<std::string> all;
  for (const event& was : locked) {
    if (std::find(now.retired.begin(), now.retired.end(), was.id) != now.retired.end()) continue;
    unsigned newest = 0;
    const event* found = nullptr;
    for (const event& e : now.all) {
      if (e.id == was.id && e.version > newest) newest = e.version;
      if (same_place(e, was)) found = &e;
    }
    if (is_saga(was) || is_process(was)) {
      const std::string name = part_of(was);
      const std::string what = (is_saga(was) ? "the saga " : "the process ") + name + " version " + number(was.version, 10);
      if (found == nullptr)
        all.push_back(what + " left the model, and instances of it may be under way: keep its struct as gesta::pinned<...>");
      else if (found->shape != was.shape)
        all.push_back(what + (is_saga(was) ? " changed: its steps, their order, or what is answered are others"
                                           : " changed: its states, what it hears, or what an input leads to are others") +
                      "; make the new one gesta::event_id{\"" + name + "\", " +
                      number(newest + 1, 10) + "} and keep the old struct as gesta::pinned<...>");
      continue;
    }
    if (newest == 0)
      all.push_back(named(was) + " is neither in the model nor retired: bring the event back, or list its id in gesta::retired<\"" + was.id + "\">");
    else if (found == nullptr && newest < was.version)
      all.push_back(named(was) + " is stored already, and the model's newest version is " + number(newest, 10) +
                    ": a version is never lowered; make it " + number(was.version, 10) + " or higher");
    else if (found == nullptr)
      all.push_back(named(was) + " left the model: keep its struct in gesta::history<...> with its upcast");
    else if (found->shape != was.shape || found->fields != was.fields)
      all.push_back(named(was) + " changed: " + changes(was, *found) + "; make the new one gesta::event_id{\"" + was.id + "\", " +
                    number(newest + 1, 10) + "} and keep the old struct in gesta::history<...> with an upcast");
  }
  return all;
}

/// The lock with what the model adds.
inline events merged(const events& locked, const model_now& now) {
  events all = locked;
  for (const event& e : now.all)
    if (std::find_if(all.begin(), all.end(), [&](const event& other) { return same_place(other, e); }) == all.end()) all.push_back(e);
  std::sort(all.begin(), all.end());
  return all;
}

// ---- files

/// False: there is no such file. What cannot be read reads as empty, which no lock is.
inline bool read_file(const char* path, std::string& out) {
  std::FILE* const file = std::fopen(path, "rb");
  if (file == nullptr) return false;
  char part[4096];
  for (std::size_t size; (size = std::fread(part, 1, sizeof part, file)) != 0;) out.append(part, size);
  std::fclose(file);
  return true;
}
/// Writes a file beside it and puts it in its place, so that it is never half there.
inline bool write_file(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  std::FILE* const file = std::fopen(beside.c_str(), "wb");
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (written && closed && std::rename(beside.c_str(), path.c_str()) == 0) return true;
  std::remove(beside.c_str());
  return false;
}

inline int complain(const char* name, const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", name, what.c_str());
  return 1;
}

inline int run(const char* name, const model_now& now, int count, char** words) {
  const bool only_check = count == 4 && std::strcmp(words[1], "--check") == 0;
  if (count != 3 && !only_check) return complain(name, "say HEADER JSON, or --check HEADER JSON"), 2;
  const char* const header_path = words[count - 2];
  const char* const json_path = words[count - 1];
  std::string header, json;
  const bool has_header = lock::read_file(header_path, header), has_json = lock::read_file(json_path, json);
  events locked;
  std::size_t line = 0;
  if (has_header && !has_json) return complain(name, std::string(json_path) + " is not there, which says what was stored; bring it back");
  if (has_json && !lock::read_json(json, locked, line))
    return complain(name, std::string(json_path) + ":" + number(line, 10) + ": this is not what the tool writes; bring the file back as it was");
  const std::vector<std::string> refused = refusals(locked, now);
  for (const std::string& one : refused) lock::complain(name, one);
  if (!refused.empty()) return 1;

  const events next = merged(locked, now);
  const std::string next_header = as_header(name, next), next_json = as_json(next);
  int missing = 0;
  for (const event& e : next)
    if (std::find_if(locked.begin(), locked.end(), [&](const event& other) { return same_place(other, e); }) == locked.end()) {
      ++missing;
      if (only_check) lock::complain(name, named(e) + " is not in the lock; update it");
      else std::printf("%s: %s added\n", name, named(e).c_str());
    }
  if (only_check) {
    if (missing == 0 && (header != next_header || json != next_json)) return complain(name, "header and JSON do not say the same; update the lock");
    return missing == 0 ? 0 : 1;
  }
  if (json != next_json && !lock::write_file(json_path, next_json)) return complain(name, std::string("cannot write ") + json_path);
  if (header != next_header && !lock::write_file(header_path, next_header)) return complain(name, std::string("cannot write ") + header_path);
  return 0;
}

}  // namespace detail::lock

/// The whole program: what its main returns. `name` is what the lock is called in its header. Ends with 0; with 1 where it refuses, or
/// where a check finds something missing: then it says on standard error which event and which field, and what to do, and writes nothing.
template <class Model>
int lock_tool(const char* name, int count, char** words) {
  return detail::lock::run(name, detail::lock::model_as_it_is<Model>(), count, words);
}

}  // namespace gesta
