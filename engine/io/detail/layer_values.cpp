#include <marchland/io/detail/layer_values.h>

#include <algorithm>
#include <map>

namespace marchland::detail {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

Names wanted_fields(const LayerSpec& spec) {
  Names fields;
  const auto want = [&](const ValueSpec& value) {
    const bool is_new = std::find(fields.begin(), fields.end(), value.text) == fields.end();
    if (value.kind == ValueSpec::Kind::field && is_new) fields.push_back(value.text);
  };
  if (!spec.lines_to_areas) want(spec.actor);
  for (const auto* value : {&spec.from, &spec.to, &spec.seq, &spec.statement, &spec.basis, &spec.certainty,
                            &spec.note, &spec.taken_from}) {
    if (*value) want(**value);
  }
  return fields;
}

std::optional<DateSpan> find_file_date(const AtlasFiles& in, const std::optional<ValueSpec>& spec,
                                       const DataFile& file, std::string_view key) {
  if (!spec || spec->kind == ValueSpec::Kind::field) return std::nullopt;
  if (spec->kind == ValueSpec::Kind::constant) {
    return is_open_end(spec->text) ? std::nullopt : std::optional(parse_date(spec->text, in.atlas.days));
  }
  try {
    const auto span = NamePattern(spec->text).find_date(file.file_name(), in.atlas.days);
    if (span) return span;
  } catch (const Error& error) {
    throw InvalidData(fmt::format("{}: {}: {}", in.display_name(file), key, error.what()));
  }
  throw InvalidData(
      fmt::format("{}: {}: the name '{}' has no date of the form '{}'; mend the pattern ({}) or the files",
                  in.display_name(file), key, file.file_name(), spec->text, in.manifest.place(spec->line)));
}

std::optional<DateSpan> find_date(const AtlasFiles& in, const Row& row, const std::optional<ValueSpec>& spec,
                                  const std::optional<DateSpan>& of_file, std::string_view key) {
  if (!spec || spec->kind != ValueSpec::Kind::field) return of_file;
  const std::string text = trim(row.text(*spec).value_or(""));
  if (is_open_end(text)) return std::nullopt;
  try {
    if (!spec->format.empty() && !row.is_mapped(*spec))
      return NamePattern(spec->format).read_date(text, in.atlas.days);
    return parse_date(pad_year(text), in.atlas.days);
  } catch (Error& error) {
    error.add_context(Row::subject(key, *spec));
    throw;
  }
}

std::string statement_id(const Row& row, const LayerSpec& spec, const VectorFeature& feature,
                         const std::string& prefix) {
  if (!spec.statement) return fmt::format("{}{}", prefix, feature.fid);
  std::string id = trim(row.text(*spec.statement).value_or(""));
  if (id.empty()) {
    throw InvalidData(
        fmt::format("{} is empty; every statement needs an id", Row::subject("statement", *spec.statement)));
  }
  return id;
}

ActorId actor_of(const AtlasFiles& in, const Row& row, const ValueSpec& spec, std::string_view key) {
  const std::string value = trim(row.text(spec).value_or(""));
  const auto found = in.actors.find(value);
  if (found != in.actors.end()) return found->second;
  if (value.empty()) {
    throw InvalidData(fmt::format("{} is empty; expected an actor ('nobody' where nobody holds the ground)",
                                  Row::subject(key, spec)));
  }
  Names known = in.actor_ids;
  for (const auto& [from, to] : spec.map) known.push_back(from);
  throw InvalidData(fmt::format("{}: there is no [[actor]] '{}'{}; declare it, or map it to one of {}",
                                Row::subject(key, spec), value, did_you_mean(value, known),
                                fmt::join(in.actor_ids, ", ")));
}

Names id_prefixes(const LayerSpec& spec, const std::vector<DataFile>& files) {
  const std::string layer = spec.layer.id + "/";
  if (spec.files.size() == 1 && is_single_file(spec.files.front())) return {layer};
  std::map<std::string, int> uses;
  const auto stem = [](const DataFile& file) { return fs::path(file.file_name()).stem().string(); };
  for (const DataFile& file : files) ++uses[stem(file)];
  Names prefixes;
  for (const DataFile& file : files) {
    const bool is_unique = uses[stem(file)] == 1;
    prefixes.push_back(layer + (is_unique ? stem(file) : file.name) + "/");
  }
  return prefixes;
}

}  // namespace marchland::detail
