// marchland append: further files of an atlas go into a composite that was built, and nothing of it moves.
#include "tools/cli/commands.h"
#include "tools/cli/composite_output.h"
#include "tools/cli/stopwatch.h"
#include <marchland/base/error.h>
#include <marchland/io/file_lock.h>
#include <marchland/io/read_atlas.h>

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>

namespace marchland::cli {
namespace {

struct AppendCommand {
  QueryOptions query;
  std::vector<std::filesystem::path> files;
  std::string layer;
  std::filesystem::path output;
  std::filesystem::path stats;
  bool overwrite = false;

  void run() const {
    const bool in_place = output.empty();
    const std::filesystem::path& target = in_place ? query.atlas : output;
    const Existing existing = in_place || overwrite ? Existing::overwrite : Existing::refuse;
    const Existing stats_existing = overwrite ? Existing::overwrite : Existing::refuse;
    check_composite_name(target);
    // Whoever else appends to the same file would undo this, or be undone by it.
    const FileLock lock(query.atlas);
    static_cast<void>(OutputFile(target, existing));
    if (!stats.empty()) static_cast<void>(OutputFile(stats, stats_existing));
    if (is_same_file(stats, target) || is_same_file(stats, query.atlas))
      throw InvalidArgument("the composite and --stats name the same file; choose two");
    Stopwatch watch;
    Atlas atlas = read_composite(query.atlas, Load::with_areas).atlas();
    if (!atlas.window.is_all()) {
      throw InvalidArgument(
          fmt::format("{}: was built of a window of time (--since, --until) and does not have all "
                      "statements; build it anew",
                      query.atlas.string()));
    }
    if (!(atlas.knowledge == Knowledge())) {
      throw InvalidArgument(fmt::format(
          "{}: was built {} and does not have all statements; build it anew", query.atlas.string(),
          atlas.knowledge.is_public ? "for the public (--public)" : "as of an earlier record (--as-of)"));
    }
    const std::size_t before = atlas.statements.size() + atlas.set_aside.size();
    const auto counted_aside =
        static_cast<std::size_t>(std::count_if(atlas.set_aside.begin(), atlas.set_aside.end(),
                                               [](const Statement& s) { return s.retracts.empty(); }));
    std::set<std::string> known;
    Instant published = Interval().from();
    for (const Statement& s : atlas.statements) {
      known.insert(s.id);
      published = std::max(published, s.validity.from());
    }
    for (const Statement& s : atlas.set_aside) known.insert(s.id);
    atlas = append_files(std::move(atlas), query.atlas, files, layer);
    const std::size_t added = atlas.statements.size() + atlas.set_aside.size() - before;
    const auto known_aside = static_cast<std::size_t>(
        std::count_if(atlas.set_aside.begin(), atlas.set_aside.end(),
                      [&](const Statement& s) { return s.retracts.empty() && known.contains(s.id); }));
    const std::size_t corrected = known_aside - counted_aside;
    if (atlas.harmonise.value() > 0) {
      if (corrected > 0) {
        throw InvalidArgument(
            fmt::format("{} statement(s) would be superseded or retracted: with harmonise_m later lines that "
                        "were moved to "
                        "theirs would move back, and append moves nothing; look at 'review', build anew",
                        corrected));
      }
      // Later lines are moved to earlier ones: one that comes between would move lines that were published.
      for (const Statement& s : atlas.statements) {
        if (s.validity.from() > published || known.contains(s.id)) continue;
        throw InvalidArgument(fmt::format(
            "statement '{}' begins at {}, not after the last one there ({}): with harmonise_m it could move "
            "lines of "
            "later dates, and append moves nothing; look at 'review', build anew",
            s.id, s.validity.has_from() ? format_instant(s.validity.from(), atlas.days) : "no date",
            format_instant(published, atlas.days)));
      }
    }
    const double read = watch.lap();
    const Session session(query, std::move(atlas));
    watch.lap();
    const std::string content = write_session(session, target, existing, "append");
    const double written = watch.lap();
    fmt::print("{} statement{} added\n", added, added == 1 ? "" : "s");
    if (corrected > 0) {
      fmt::print("{} statement{} superseded or retracted; --as-of still answers from {}\n", corrected,
                 corrected == 1 ? "" : "s", corrected == 1 ? "it" : "them");
    }
    if (stats.empty()) return;
    Json document = stats_of(session, content, written);
    document["seconds"]["read"] = read;
    document["statements_added"] = added;
    document["statements_set_aside"] = corrected;
    write_file(stats, document.dump(2) + "\n", stats_existing);
  }
};

}  // namespace

void add_append(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("append", "Add the statements of further files to a composite that build wrote");
  const auto state = std::make_shared<AppendCommand>();
  command->add_option("COMPOSITE", state->query.atlas, "GeoPackage that build wrote")
      ->required()
      ->type_name("FILE.gpkg");
  command->add_option("FILES", state->files, "read as the manifest says that the composite was built by")
      ->required()
      ->type_name("FILE...");
  command
      ->add_option("--layer", state->layer, "layer they belong to (default: the one whose files they match)")
      ->type_name("ID");
  command->add_option("-o,--output", state->output, "write this file and leave the composite as it is")
      ->type_name("FILE.gpkg");
  command->add_option("--stats", state->stats, "what was built and what it took, as JSON")
      ->type_name("FILE.json");
  command->add_flag("--overwrite", state->overwrite, "replace the files of -o and --stats if they exist");
  state->query.declare_limits(*command);
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
