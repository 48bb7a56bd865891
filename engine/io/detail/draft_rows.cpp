#include <marchland/base/error.h>
#include <marchland/io/detail/actor_ids.h>
#include <marchland/io/detail/draft_rows.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace marchland::detail {

using Names = std::vector<std::string>;

namespace {

void append_rows(Sample& rows, Sample more) {
  if (rows.columns.empty()) {
    rows = std::move(more);
    return;
  }
  for (Column& column : rows.columns) {
    if (const Column* other = more.column(column.name))
      column.values.insert(column.values.end(), other->values.begin(), other->values.end());
  }
  rows.boxes.insert(rows.boxes.end(), more.boxes.begin(), more.boxes.end());
  rows.places.insert(rows.places.end(), more.places.begin(), more.places.end());
}

/// The condition that `field` has none of these values.
std::string without_blank(const LayerDraft& draft, const std::string& field, const Blanks& blank) {
  const auto condition = [&](std::string_view escape) {
    const std::string quoted = sql_name(field, escape);
    Names conditions;
    for (const auto& [value, count] : blank) {
      conditions.push_back(value ? fmt::format("{} <> {}", quoted, condition_text(*value))
                                 : fmt::format("{} IS NOT NULL", quoted));
    }
    return fmt::format("{}", fmt::join(conditions, " AND "));
  };
  // SQL doubles a quote within a name, which formats with a database behind them read; GDAL's own
  // conditions want a backslash before it.
  const std::string doubled = condition("\"");
  if (field.find('"') == std::string::npos) return doubled;
  const DataFile& file = draft.series->files.front();
  try {
    static_cast<void>(read_vector(
        {file.dataset, file.name, draft.spec.layer_in_file, doubled, draft.spec.crs, Names{field}}));
    return doubled;
  } catch (const InvalidData&) {
    return condition("\\");
  }
}

}  // namespace

void refuse_absent_fields(const LayerDraft& draft) {
  Names fields;
  if (draft.spec.actor.kind == ValueSpec::Kind::field) fields.push_back(draft.spec.actor.text);
  for (const auto* column : {&draft.from, &draft.to}) {
    if (*column) fields.push_back((*column)->field);
  }
  for (const std::string& field : fields) {
    const auto absent = draft.sample.absent.find(field);
    if (absent == draft.sample.absent.end()) continue;
    throw InvalidData(
        fmt::format("{}: there is no field '{}', which nearly all files of its series have; give it one, "
                    "or leave it out",
                    absent->second, field));
  }
}

void read_rows(LayerDraft& draft) {
  Names fields;
  if (draft.spec.actor.kind == ValueSpec::Kind::field) fields.push_back(draft.spec.actor.text);
  for (const auto* column : {&draft.from, &draft.to}) {
    if (*column) fields.push_back((*column)->field);
  }
  for (const std::string* column : {&draft.places.key, &draft.places.lon, &draft.places.lat}) {
    if (!column->empty()) fields.push_back(*column);
  }
  if (fields.empty()) return;
  constexpr std::size_t kBatch = 256;
  const std::vector<DataFile>& files = draft.series->files;
  if (files.size() == 1) {
    // It was read whole already.
    draft.rows = {{}, {}, {}, draft.sample.boxes, draft.sample.places, {}, 0, {}};
    for (const std::string& field : fields) draft.rows.columns.push_back(*draft.sample.column(field));
    return;
  }
  for (std::size_t begin = 0; begin < files.size(); begin += kBatch) {
    const auto from = files.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto to = files.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kBatch, files.size()));
    append_rows(draft.rows, read_sample({from, to}, {draft.spec.layer_in_file, draft.spec.crs, fields, false,
                                                     draft.is_table}));
  }
  for (auto* column : {&draft.from, &draft.to}) {
    if (!*column) continue;
    const Column* values = draft.rows.column((*column)->field);
    if (auto again = values == nullptr ? std::nullopt : find_date_column(*values)) *column = again;
  }
}

void check_encoding(const LayerDraft& draft, const std::set<std::string>& values) {
  for (const std::string& value : values) {
    if (is_utf8(value)) continue;
    throw InvalidData(
        fmt::format("{}: field '{}' {}", draft.series->files.front().name, draft.spec.actor.text, kNoUtf8));
  }
}

void leave_out(LayerDraft& draft, const std::string& field, const Blanks& blanks, std::string_view what,
               std::string_view why, Assumptions& said) {
  if (blanks.empty()) return;
  std::size_t count = 0;
  Names values;
  for (const auto& [value, times] : blanks) {
    count += times;
    if (!trimmed(value.value_or("")).empty()) values.push_back(fmt::format("'{}' x {}", *value, times));
  }
  const std::string condition = without_blank(draft, field, blanks);
  draft.spec.where = draft.spec.where.empty() ? condition : draft.spec.where + " AND " + condition;
  said.say(draft, "where",
           fmt::format("{} without a {} in '{}' left out{}: {}", counted(count, "feature", "features"), what,
                       field, values.empty() ? "" : fmt::format(" ({})", listed(values)), why),
           fmt::format("give them a {} and remove where", what));
}

void leave_out_undated(LayerDraft& draft, Assumptions& said) {
  if (!draft.from || draft.spec.layer.mode == LayerMode::interval) return;
  Blanks undated;
  for (const auto& value : draft.rows.column(draft.from->field)->values) {
    if (!date_of(*draft.from, value)) ++undated[value];
  }
  draft.from->odd.clear();
  draft.from->stand_ins.clear();
  leave_out(draft, draft.from->field, undated, "date",
            draft.spec.layer.mode == LayerMode::event ? "an event needs its date" : "a state needs its date",
            said);
}

std::string condition_text(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

std::string sql_name(std::string_view name, std::string_view escape) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string(escape) + c : std::string(1, c);
  return quoted + "\"";
}

}  // namespace marchland::detail
