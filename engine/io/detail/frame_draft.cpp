#include <marchland/io/detail/draft_rows.h>
#include <marchland/io/detail/frame_draft.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace marchland::detail {

using Names = std::vector<std::string>;

FrameDraft::FrameDraft(const LayerDraft& draft, const ProposeOptions& options) {
  file.file = entries_for(draft.series->files, options.folder, options.manifest).front();
  file.layer = draft.spec.layer_in_file;
  file.crs = draft.spec.crs;
  Names dates;
  for (const DateColumn& column : draft.date_columns()) dates.push_back(column.field);
  const auto name = find_actor_column(draft.sample.columns, dates);
  if (name && draft.sample.polygons > 1) field = name->field;
  const DataFile& first = draft.first_file();
  areas = areas_by_name(read_vector({first.dataset, first.name, draft.spec.layer_in_file, "", draft.spec.crs,
                                     field.empty() ? Names{} : Names{field}}));
  count = draft.sample.polygons;
}

BoundingBox FrameDraft::box() const {
  BoundingBox all;
  for (const auto& [name, area] : areas) all.add(box_of(area));
  return all;
}

FileSpec FrameDraft::of(const Names& names) const {
  FileSpec frame = file;
  if (names.empty()) return frame;
  Names quoted;
  for (const std::string& name : names) quoted.push_back(condition_text(name));
  frame.where = fmt::format("{} IN ({})", sql_name(field, "\""), fmt::join(quoted, ", "));
  return frame;
}

std::string FrameDraft::text(const Names& names) const {
  if (names.empty()) return fmt::format("{}, {}, all of it", file.file, counted(count, "area", "areas"));
  return fmt::format("of the {} of {} those whose '{}' is {}", counted(count, "area", "areas"), file.file,
                     field, fmt::join(names, ", "));
}

}  // namespace marchland::detail
