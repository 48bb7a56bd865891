#include <marchland/io/detail/layer_draft.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace marchland::detail {

using Names = std::vector<std::string>;

std::vector<DateColumn> LayerDraft::date_columns() const {
  std::vector<DateColumn> dates;
  for (const Column& column : sample.columns) {
    if (auto found = find_date_column(column)) dates.push_back(*std::move(found));
  }
  return dates;
}

void Assumptions::say(std::string about, std::string text, std::string change) {
  list_.push_back({std::move(about), std::move(text), std::move(change)});
}

void Assumptions::say(const LayerDraft& draft, std::string_view key, std::string text, std::string change) {
  say(fmt::format("layer '{}': {}", draft.spec.layer.id, key), std::move(text), std::move(change));
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string listed(const Names& names, std::size_t most) {
  Names shown(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), most)));
  if (names.size() > most) shown.push_back(fmt::format("... ({} in all)", names.size()));
  return fmt::format("{}", fmt::join(shown, ", "));
}

std::string kinds_of(const Sample& sample) {
  Names kinds;
  for (const auto& [kind, count] : sample.others) kinds.push_back(fmt::format("{} x {}", count, kind));
  return kinds.empty() ? "no feature" : fmt::format("{}", fmt::join(kinds, ", "));
}

void name_files(LayerDraft& draft, const ProposeOptions& options, Assumptions& said) {
  draft.spec.files = entries_for(draft.series->files, options.folder, options.manifest);
  BoundingBox box;
  for (const auto& other : draft.sample.boxes) box.add(other);
  const std::size_t files = draft.series->files.size();
  std::string text = fmt::format("{} by {}", counted(files, "file", "files"), listed(draft.spec.files));
  if (files > kSampledFiles) text += fmt::format("; contents of {} of them looked at", kSampledFiles);
  if (!box.is_empty()) {
    text += fmt::format("; {} lie between {:.2f} and {:.2f} east, {:.2f} and {:.2f} north",
                        draft.is_lines ? "lines" : "areas", box.west, box.east, box.south, box.north);
  }
  if (const std::size_t others = draft.sample.rows() - draft.sample.polygons;
      others > 0 && !draft.is_derived())
    text += fmt::format("; not areas, and left out when read: {}", kinds_of(draft.sample));
  if (!draft.sample.scattered.empty())
    text +=
        fmt::format("; fields that only some files have are not used: {}", listed(draft.sample.scattered));
  said.say(draft, "files", text, "files = [...], where = \"...\"");
}
}  // namespace marchland::detail
