// gesta-log: looks into the files of gesta's SQLite store and into logs in PostgreSQL, and moves logs from one to another, without the program that
// wrote them.
#include <charconv>
#include <cstdio>
#include <cstring>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands.hpp"
#include "file.hpp"

namespace {

constexpr const char* help =
    R"(gesta-log - looks into the logs of gesta's SQLite and PostgreSQL stores, without the program that wrote them

usage: gesta-log streams FILE [--aggregate ID]
       gesta-log events FILE [--stream AGGREGATE KEY] [--after POSITION] [--to POSITION] [--limit N] [--backwards]
       gesta-log verify FILE [--most N]
       gesta-log copy FROM TO
       gesta-log export FILE
       gesta-log import FACTS FILE
       gesta-log consumers FILE [--log LOG]
       gesta-log letters FILE [--consumer NAME] [--discarded]
       gesta-log retry FILE CONSUMER [--position N [--key KEY]]
       gesta-log discard FILE CONSUMER REASON --position N [--key KEY]
       gesta-log pause FILE CONSUMER
       gesta-log resume FILE CONSUMER
       gesta-log sagas FILE [--saga SAGA] [--all]
       gesta-log saga-retry FILE SAGA KEY WHO
       gesta-log saga-resolve FILE SAGA KEY WHO WHY
       gesta-log delayed FILE
       gesta-log trace ID FILE...
       gesta-log --help | --version

streams   one JSON object per line and stream: aggregate, key, version, position of the last event, first version that was not erased,
          whether it is closed
events    one JSON object per line and event, in order of position: position, aggregate, key, version, event, event_version, time,
          correlation, causation, payload. The payload is decoded by the form that stands in the file; {"hex":"..."} where there is none, as
          in files of format 1. An event that was erased says "erased":true.
            --stream AGGREGATE KEY   of one stream; KEY as text, as number, or as `streams` shows it
            --after, --to POSITION   from behind the one position up to the other
            --limit N                at most so many, counted from where it begins
            --backwards              the last first
verify    checks everything that can be checked: the pages, the dictionary of types and its forms, positions without gaps, versions, the links
          and heads of streams, that every payload is one of its form, keys, incarnations, outcomes and what they point at, snapshots. Each
          finding is a line that says where and why; at most N of them (100)
copy      brings TO, a new file or a copy made before, to what FROM holds: positions, versions, times, ids, outcomes and incarnations stay as
          they are. Run again it goes on where it was, also after it was interrupted, and takes over what was erased since. A file that is
          no beginning of FROM is refused and stays as it is. Into PostgreSQL: all in one transaction, into a schema that is empty or is not there
export    writes the whole log as lines of JSON, with the bytes of every payload
import    makes FILE, which must not be there, of such lines; FACTS may be - for standard input
consumers one JSON object per line and consumer that keeps a view in FILE: up to which position, how many events it is behind the log, since when
          the first of them waits, how many letters failed, wait behind others, or were discarded, whether it serves, stands still, or has
          stopped by itself and why, who owns it and until when
            --log LOG                the log is another file than FILE
letters   one JSON object per line and event that a consumer has put aside: consumer, position, key, attempts (0: it waits behind an earlier
          one), cause, since when, when it is tried again (null: when somebody says so)
            --discarded              those that were discarded as well
retry     lets the consumer try a letter again with its next poll, and then those behind it; without --position the first of every key
discard   closes a letter whose event is not handled; it is kept with the reason, and those behind it go on
pause     lets a consumer stand still, resume lets it go on, also when it has stopped by itself
sagas     one JSON object per line and instance of a saga that has not ended: saga, key, state (open, going back, stuck), its last record and when it
          was written; of one that is stuck the step whose undo was refused, and the refusal. Reads the whole log
            --saga SAGA              of one saga
            --all                    those that were completed or compensated as well
saga-retry    lets the undo of an instance that is stuck be asked again; KEY as text, or as `sagas` shows it. It is recorded with who said it
saga-resolve  lets it count as undone, because WHO has undone it by hand; recorded with WHY. The program that runs the sagas takes both in as
          what another process records: with its next poll
delayed   one JSON object per line and command that app.later keeps: its name, the command, waiting or refused, when it is due, the position and
          time at which it was said, payload; of one that was refused the refusal and since when. What is put aside is not told. Reads the whole log
trace     the events of one correlation as a tree of what caused what; ID as `events` shows it, as a UUID, or a traceparent. Several logs are one
          tree: what a service told and another heard, what it asked and another decided. Each line: event, aggregate, key, version, position,
          time, payload; personal data stays sealed. A cause that is not in the files is named. Reads the whole logs

FILE, LOG, FROM and TO may be a log in PostgreSQL: postgres:ADDRESS or postgres:ADDRESS?SCHEMA, with an address as libpq takes it, "host=... dbname=..." or
postgresql://..., and the schema gesta where none is said. Not for import. A password is better in PGPASSWORD or in the password file than on the
command line.

Files that are only looked into are opened for reading only. They may be in use: what is seen is the file as it was at one moment, and writers do
not wait. Exit codes: 0 well; 1 a file holds what it must not hold, or TO is no beginning of FROM; 2 wrong usage; 3 a file cannot be
opened, read or written. What is wrong is said on standard error; findings of verify on standard output.
)";

using tool::trouble;

[[noreturn]] void misuse(const std::string& why) { throw trouble{trouble::usage, why + "; see gesta-log --help"}; }

/// The words of the command line: names in their order, options by name.
class arguments {
 public:
  arguments(int count, char** words) : words_(words, words + count) {}

  bool flag(std::string_view name) {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (words_[i] == name) return words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(i)), true;
    return false;
  }
  /// The values behind an option, so many of them; nothing where it does not stand there.
  std::optional<std::vector<std::string>> option(std::string_view name, std::size_t values) {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (words_[i] != name) continue;
      if (words_.size() - i <= values) misuse(std::string(name) + " needs " + (values == 1 ? "a value" : "two values"));
      const auto begin = words_.begin() + static_cast<std::ptrdiff_t>(i);
      const std::vector<std::string> found(begin + 1, begin + 1 + static_cast<std::ptrdiff_t>(values));
      words_.erase(begin, begin + 1 + static_cast<std::ptrdiff_t>(values));
      return found;
    }
    return std::nullopt;
  }
  std::int64_t number(std::string_view name, std::int64_t otherwise) {
    const auto value = option(name, 1);
    if (!value) return otherwise;
    const std::string& digits = value->front();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || number < 0) misuse(std::string(name) + " needs a number from 0 on, not " + digits);
    return number;
  }
  /// What is left: so many names.
  std::vector<std::string> names(std::size_t count, const char* what) {
    if (rest(count, what).size() != count) misuse(std::string("what is expected is ") + what);
    return words_;
  }
  /// The same: so many names or more.
  std::vector<std::string> rest(std::size_t least, const char* what) {
    for (const std::string& word : words_)
      if (word.starts_with("--")) misuse("there is no option " + word + " here");
    if (words_.size() < least) misuse(std::string("what is expected is ") + what);
    return words_;
  }

 private:
  std::vector<std::string> words_;
};

int run(int count, char** words) {
  if (count == 0) misuse("what to do is missing");
  const std::string_view command = words[0];
  if (command == "--help" || command == "-h") return std::fputs(help, stdout), tool::end_output(), 0;
  if (command == "--version") return std::fputs("gesta-log " GESTA_VERSION "\n", stdout), tool::end_output(), 0;
  arguments rest(count - 1, words + 1);
  if (command == "streams") {
    const auto aggregate = rest.option("--aggregate", 1);
    const auto names = rest.names(1, "FILE");
    return tool::list_streams(names[0], aggregate ? std::optional(aggregate->front()) : std::nullopt);
  }
  if (command == "events") {
    tool::selection which;
    if (const auto stream = rest.option("--stream", 2)) which.aggregate = stream->front(), which.key = stream->back();
    which.after = rest.number("--after", which.after);
    which.to = rest.number("--to", which.to);
    which.limit = rest.number("--limit", which.limit);
    which.backwards = rest.flag("--backwards");
    return tool::list_events(rest.names(1, "FILE")[0], which);
  }
  if (command == "verify") {
    const std::int64_t most = rest.number("--most", 100);
    return tool::verify(rest.names(1, "FILE")[0], most);
  }
  if (command == "copy") {
    const std::int64_t step = rest.number("--step", 100'000);
    const auto names = rest.names(2, "FROM TO");
    return tool::copy(names[0], names[1], step < 1 ? 1 : step);
  }
  if (command == "export") return tool::export_facts(rest.names(1, "FILE")[0]);
  if (command == "import") {
    const auto names = rest.names(2, "FACTS FILE");
    return tool::import_facts(names[0], names[1]);
  }
  if (command == "consumers") {
    const auto log = rest.option("--log", 1);
    const auto names = rest.names(1, "FILE");
    return tool::list_consumers(names[0], log ? std::optional(log->front()) : std::nullopt);
  }
  if (command == "letters") {
    const auto consumer = rest.option("--consumer", 1);
    const bool discarded = rest.flag("--discarded");
    const auto names = rest.names(1, "FILE");
    return tool::list_letters(names[0], consumer ? std::optional(consumer->front()) : std::nullopt, discarded);
  }
  if (command == "retry" || command == "discard") {
    const std::int64_t at = rest.number("--position", 0);
    const auto key = rest.option("--key", 1);
    const std::optional<std::string> of_key = key ? std::optional(key->front()) : std::nullopt;
    if (command == "retry") {
      const auto names = rest.names(2, "FILE CONSUMER");
      return tool::retry(names[0], names[1], at != 0 ? std::optional(at) : std::nullopt, of_key);
    }
    const auto names = rest.names(3, "FILE CONSUMER REASON");
    if (at == 0) misuse("discard needs --position N");
    return tool::discard(names[0], names[1], at, of_key, names[2]);
  }
  if (command == "pause" || command == "resume") {
    const auto names = rest.names(2, "FILE CONSUMER");
    return command == "pause" ? tool::pause(names[0], names[1]) : tool::resume(names[0], names[1]);
  }
  if (command == "sagas") {
    const auto saga = rest.option("--saga", 1);
    const bool all = rest.flag("--all");
    return tool::list_sagas(rest.names(1, "FILE")[0], saga ? std::optional(saga->front()) : std::nullopt, all);
  }
  if (command == "saga-retry") {
    const auto names = rest.names(4, "FILE SAGA KEY WHO");
    return tool::retry_saga(names[0], names[1], names[2], names[3]);
  }
  if (command == "saga-resolve") {
    const auto names = rest.names(5, "FILE SAGA KEY WHO WHY");
    return tool::resolve_saga(names[0], names[1], names[2], names[3], names[4]);
  }
  if (command == "delayed") return tool::list_delayed(rest.names(1, "FILE")[0]);
  if (command == "trace") {
    auto names = rest.rest(2, "ID FILE...");
    const std::string id = names.front();
    names.erase(names.begin());
    return tool::trace(id, names);
  }
  misuse("there is no command " + std::string(command));
}

}  // namespace

int main(int count, char** words) {
  try {
    return run(count - 1, words + 1);
  } catch (const trouble& t) {
    std::fprintf(stderr, "gesta-log: %s\n", t.words.c_str());
    return t.exit;
  } catch (const std::bad_alloc&) {
    std::fputs("gesta-log: there is not enough memory\n", stderr);
    return trouble::access;
  }
}
