// marchland map: the whole history as one page that any browser opens, without a network.
#include "tools/cli/commands.h"
#include "tools/cli/map_data.h"
#include "tools/cli/viewer_page.h"
#include <marchland/base/error.h>
#include <marchland/io/output_file.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace marchland::cli {
namespace {

struct MapCommand {
  QueryOptions query;
  std::string language;
  std::filesystem::path output;
  bool overwrite = false;

  void run() const {
    query.refuse_two_layer("map");
    if (is_same_file(output, query.atlas))
      throw InvalidArgument(fmt::format("-o {}: is the atlas itself; choose another name", output.string()));
    const std::string ending = output.extension().string();
    if (ending != ".html" && ending != ".htm" && ending != ".json") {
      throw InvalidArgument(
          fmt::format("-o {}: expected a name that ends in .html (the page), or .json (its data alone)",
                      output.string()));
    }
    OutputFile file(output, overwrite ? Existing::overwrite : Existing::refuse);
    const bool is_page = ending != ".json";
    if (is_page && !has_viewer()) static_cast<void>(viewer_page(Json::object()));  // says what is missing
    const Session session(query, Load::with_areas);
    session.check_language(language);
    const Json data = map_data(session, language);
    const std::string text =
        is_page ? viewer_page(data) : data.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    file.write(text);
    file.commit();
    const auto& topology = data["topology"];
    fmt::print(stderr, "{}: {} dates, {} grounds, {} lines between them; {:.2f} MB\n", output.string(),
               data["dates"].size(), topology["objects"]["ground"]["geometries"].size(),
               topology["arcs"].size(), static_cast<double>(text.size()) / 1e6);
  }
};

}  // namespace

void add_map(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "map",
      "The whole history as one page for the browser: time slider, figures, sources; no network needed");
  const auto state = std::make_shared<MapCommand>();
  state->query.declare(*command);
  command->get_option("--theme")->description(
      "what is filled and measured: control, claim, border or zone; the others are drawn over it");
  state->query.declare_bands(*command);
  command
      ->add_option("--lang", state->language,
                   "names of parties in this language, where the atlas has them (default: its main names)")
      ->type_name("CODE");
  command->add_option("-o,--output", state->output, "the page; or its data alone")
      ->type_name("FILE.html|FILE.json")
      ->required();
  command->add_flag("--overwrite", state->overwrite, "replace an existing file");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
