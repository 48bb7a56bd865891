#include <marchland/base/error.h>
#include <marchland/io/detail/actor_ids.h>
#include <marchland/io/detail/draft_dates.h>
#include <marchland/io/detail/draft_ends.h>
#include <marchland/io/detail/draft_holders.h>
#include <marchland/io/detail/draft_lines.h>
#include <marchland/io/detail/draft_places.h>
#include <marchland/io/detail/draft_rows.h>
#include <marchland/io/detail/input_drafts.h>
#include <marchland/io/detail/manifest_text.h>
#include <marchland/io/detail/repeated_lines.h>
#include <marchland/io/manifest.h>
#include <marchland/io/propose_manifest.h>
#include <marchland/io/read_atlas.h>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace marchland {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using detail::LayerDraft;

// The distance within which snapshots are taken to have the same line written twice.
constexpr Meters kSameLine{0.2};
// A redrawn line meets the old one within 0.2 m now and then; a line written with other decimals all along.
constexpr std::size_t kLeastRepeated = 10;

class Proposer {
 public:
  explicit Proposer(const ProposeOptions& options) : options_(options) {}

  ProposedManifest propose(const Names& arguments) {
    inputs_ = detail::read_input_drafts(arguments, options_, said_);
    drafts_ = std::move(inputs_.areas);
    take_frame();
    if (drafts_.empty()) refuse_without_polygons();
    name_layers();
    for (LayerDraft& draft : drafts_) infer(draft);
    detail::declare_actors(drafts_, manifest_.atlas, said_);
    declare_study_area();
    propose_harmonising();
    declare_atlas();
    ProposedManifest proposed;
    proposed.text = detail::manifest_text(
        manifest_,
        {"Proposed by marchland init from names and contents of files; every line is yours to change."});
    // What was proposed must be readable; if it is not, that is no fault of the data.
    Manifest readable = parse_manifest(proposed.text, options_.folder / options_.manifest);
    try_places(std::move(readable));
    proposed.assumptions = said_.take();
    return proposed;
  }

 private:
  void infer(LayerDraft& draft) {
    const LayerDraft* gazetteer = inputs_.gazetteers.empty() ? nullptr : &inputs_.gazetteers.front();
    if (draft.is_lines) {
      detail::infer_lines(draft, frame_, options_, said_);
    } else if (draft.is_derived()) {
      detail::infer_places(draft, frame_, gazetteer, options_, said_);
    } else {
      infer_areas(draft);
    }
  }

  void infer_areas(LayerDraft& draft) {
    detail::name_files(draft, options_, said_);
    const std::vector<detail::DateColumn> dates = draft.date_columns();
    detail::choose_dates(draft, dates, said_);
    detail::choose_actor(draft, dates, drafts_.size() == 1, said_);
    detail::refuse_absent_fields(draft);
    detail::read_rows(draft);
    detail::leave_out_undated(draft, said_);
    detail::check_intervals(draft, said_);
    detail::collect_actors(draft, said_);
    detail::say_split_dates(draft, said_);
  }

  /// Lines and places given together with one file of areas divide, or share out, those.
  void take_frame() {
    const bool has_frame = drafts_.size() == 1 && drafts_.front().series->files.size() == 1;
    if (!has_frame && drafts_.empty() && !inputs_.observations.empty()) refuse_without_frame();
    const bool is_used = has_frame && (!inputs_.lines.empty() || !inputs_.observations.empty());
    if (!is_used) {
      for (auto* drafts : {&inputs_.lines, &inputs_.observations, &inputs_.gazetteers}) {
        for (const LayerDraft& draft : *drafts) {
          inputs_.others.push_back(
              fmt::format("{} has {}", draft.series->files.front().name,
                          draft.is_table ? "rows about places" : detail::kinds_of(draft.sample)));
        }
        drafts->clear();
      }
      return;
    }
    frame_ = detail::FrameDraft(drafts_.front(), options_);
    drafts_ = std::move(inputs_.lines);
    std::move(inputs_.observations.begin(), inputs_.observations.end(), std::back_inserter(drafts_));
  }

  [[noreturn]] void refuse_without_frame() const {
    const LayerDraft& draft = inputs_.observations.front();
    const std::string& file = draft.series->files.front().name;
    const bool has_positions = !draft.is_table || !draft.places.lon.empty();
    throw InvalidData(fmt::format(
        "{}: rows about who holds which place ('{}'); an atlas is made of areas, and places become areas by "
        "sharing out ground. Name that ground, one file of a country or a study area, together with them: "
        "init {} GROUND{} (docs/list_of_towns.md)",
        file, draft.places.key, file,
        !inputs_.gazetteers.empty() ? " " + inputs_.gazetteers.front().first_file().name
        : has_positions
            ? ""
            : "; and since no row says where its place lies, a table with the columns name, lon and lat"));
  }

  [[noreturn]] void refuse_without_polygons() const {
    throw InvalidData(fmt::format(
        "no polygons: {}; an atlas is made of areas. For lines, or for rows of who holds which place, "
        "give the ground they divide (a country, a study area) together with them: init LINES GROUND "
        "(docs/front_lines.md, docs/list_of_towns.md)",
        detail::listed(inputs_.others)));
  }

  void name_layers() {
    Names literals;
    for (const LayerDraft& draft : drafts_) {
      const std::string& in_file = draft.spec.layer_in_file;
      const std::string& literal = draft.series->names.literal;
      const std::string whole =
          inputs_.series.size() > 1 || in_file.empty() ? fmt::format("{} {}", literal, in_file) : in_file;
      const std::string id = detail::id_of(whole);
      const auto first = id.find_first_not_of("-_");
      literals.push_back(
          first == std::string::npos ? "layer" : id.substr(first, id.find_last_not_of("-_") - first + 1));
    }
    const Names ids = detail::ids_of(literals);
    for (std::size_t i = 0; i < drafts_.size(); ++i) drafts_[i].spec.layer.id = ids[i];
    for (const std::string& other : inputs_.others) {
      said_.say(
          "files",
          fmt::format("{}: no areas, left out; lines and places become areas together with one file of the "
                      "ground that they divide or share out",
                      other),
          "");
    }
  }

  /// Of layers with several frames there is no common study area.
  void declare_study_area() {
    std::vector<const FileSpec*> frames;
    for (const LayerDraft& draft : drafts_) {
      if (draft.spec.lines_to_areas) frames.push_back(&draft.spec.lines_to_areas->frame);
      if (draft.spec.points_to_areas) frames.push_back(&draft.spec.points_to_areas->frame);
    }
    if (frames.empty()) return;
    const bool are_alike = std::all_of(frames.begin(), frames.end(), [&](const FileSpec* frame) {
      return frame->where == frames.front()->where;
    });
    if (!are_alike) {
      said_.say("study_area", "none: the layers have different frames",
                "study_area = {file = \"...\", where = \"...\"}");
      return;
    }
    manifest_.study_area = *frames.front();
    said_.say("study_area", "the frame", "study_area = {file = \"...\", where = \"...\"}");
  }

  void propose_harmonising() {
    for (const LayerDraft& draft : drafts_) {
      if (draft.spec.layer.mode != LayerMode::snapshot || draft.sample.maps.size() < 2) continue;
      const auto found = detail::find_repeated_vertices(draft.sample.maps, kSameLine);
      if (found.repeated < kLeastRepeated) continue;
      manifest_.atlas.harmonise = kSameLine;
      said_.say(
          "harmonise_m",
          fmt::format(
              "{}: of the {} vertices of {} maps looked at {} differ from one of another map by less than {} "
              "m: the same line written twice; such lines become one",
              draft.spec.layer.id, found.vertices, draft.sample.maps.size(), found.repeated,
              kSameLine.value()),
          "remove harmonise_m to use every line as it is");
    }
  }

  void declare_atlas() {
    const std::string folder = folder_name();
    manifest_.atlas.title = options_.title.empty() ? folder : options_.title;
    const std::string id = detail::id_of(manifest_.atlas.title);
    manifest_.atlas.id = id.empty() ? "atlas" : id;
    said_.say("atlas",
              fmt::format("id '{}' and title '{}' by the folder", manifest_.atlas.id, manifest_.atlas.title),
              "id, title");
    Names literals;
    for (const LayerDraft& draft : drafts_) {
      const std::string& literal = draft.series->names.literal;
      const std::string title = literal.empty() ? folder : literal;
      if (std::find(literals.begin(), literals.end(), title) == literals.end()) literals.push_back(title);
    }
    Source source;
    source.id = "source";
    source.title = detail::listed(literals);
    manifest_.atlas.sources.push_back(source);
    said_.say("source",
              fmt::format("title '{}' by the names of files; author, licence and url are yours to fill in",
                          source.title),
              "[[source]]");
    said_.say("theme", "control, who holds the ground, for every layer",
              "theme = \"claim\", \"border\" or \"zone\"");
    for (LayerDraft& draft : drafts_) {
      draft.spec.layer.source = SourceId(std::size_t{0});
      manifest_.layers.push_back(draft.spec);
    }
  }

  /// Of the data: the folder that holds the first file, or the archive it is in.
  [[nodiscard]] std::string folder_name() const {
    const detail::DataFile& first = drafts_.front().series->files.front();
    const fs::path folder = first.local.empty() ? options_.folder : first.local.parent_path();
    std::string name = fs::absolute(folder).lexically_normal().filename().string();
    if (!name.empty()) return name;
    const std::string parent = fs::absolute(folder).lexically_normal().parent_path().filename().string();
    return parent.empty() ? "atlas" : parent;
  }

  /// Reads the whole as `check` will; places and their holders have many ways to be wrong.
  void try_places(Manifest manifest) const {
    const auto places = std::find_if(drafts_.begin(), drafts_.end(), [](const LayerDraft& draft) {
      return draft.spec.points_to_areas.has_value();
    });
    if (places == drafts_.end()) return;
    try {
      static_cast<void>(read_atlas(std::move(manifest)));
    } catch (const Error& error) {
      throw InvalidData(
          fmt::format("{}: a manifest was tried and is not written: {}. Mend the rows, or give a file of the "
                      "ground that is meant alone (docs/list_of_towns.md)",
                      places->series->files.front().name, error.what()));
    }
  }

  const ProposeOptions& options_;
  detail::Assumptions said_;
  detail::InputDrafts inputs_;
  std::vector<LayerDraft> drafts_;  ///< of the layers of the manifest
  detail::FrameDraft frame_;        ///< that lines divide and places share out
  Manifest manifest_;
};

}  // namespace

ProposedManifest propose_manifest(const std::vector<std::string>& files, const ProposeOptions& options) {
  return Proposer(options).propose(files);
}

}  // namespace marchland
