#include <marchland/io/detail/layer_values.h>

#include <algorithm>
#include <charconv>
#include <cmath>
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
  for (const auto* value :
       {&spec.from, &spec.to, &spec.seq, &spec.statement, &spec.basis, &spec.certainty, &spec.note,
        &spec.taken_from, &spec.sigma, &spec.correlation, &spec.bias, &spec.cites, &spec.recorded,
        &spec.author, &spec.supersedes, &spec.retracts, &spec.state, &spec.visibility}) {
    if (*value) want(**value);
  }
  return fields;
}

std::optional<FuzzyDate> find_file_date(const AtlasFiles& in, const std::optional<ValueSpec>& spec,
                                        const DataFile& file, std::string_view key) {
  if (!spec || spec->kind == ValueSpec::Kind::field) return std::nullopt;
  if (spec->kind == ValueSpec::Kind::constant) {
    return is_open_end(spec->text) ? std::nullopt : std::optional(parse_edtf(spec->text, in.atlas.days));
  }
  try {
    const auto span = NamePattern(spec->text).find_date(file.file_name(), in.atlas.days);
    if (span) return FuzzyDate{*span, *span, *span};
  } catch (const Error& error) {
    throw InvalidData(fmt::format("{}: {}: {}", in.display_name(file), key, error.what()));
  }
  throw InvalidData(
      fmt::format("{}: {}: the name '{}' has no date of the form '{}'; mend the pattern ({}) or the files",
                  in.display_name(file), key, file.file_name(), spec->text, in.manifest.place(spec->line)));
}

std::optional<FuzzyDate> find_date(const AtlasFiles& in, const Row& row, const std::optional<ValueSpec>& spec,
                                   const std::optional<FuzzyDate>& of_file, std::string_view key) {
  if (!spec || spec->kind != ValueSpec::Kind::field) return of_file;
  const std::string text = trim(row.text(*spec).value_or(""));
  if (is_open_end(text)) return std::nullopt;
  try {
    if (!spec->format.empty() && !row.is_mapped(*spec)) {
      const DateSpan span = NamePattern(spec->format).read_date(text, in.atlas.days);
      return FuzzyDate{span, span, span};
    }
    return parse_edtf(pad_year(text), in.atlas.days);
  } catch (Error& error) {
    error.add_context(Row::subject(key, *spec));
    throw;
  }
}

Instant exact_instant(const FuzzyDate& date, std::string_view subject) {
  if (date.is_exact()) return date.nominal.first;
  throw InvalidData(
      fmt::format("its date is in doubt, and {} needs an exact one; state the date that is meant", subject));
}

Meters parse_meters(const std::string& text, bool is_signed) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) ||
      (value < 0.0 && !is_signed))
    throw InvalidData(fmt::format("'{}' is no number of metres; expected {}", text,
                                  is_signed ? "such as -12.5" : "0 or more"));
  return Meters(value);
}

std::vector<SourceId> parse_sources(std::string_view text, const Atlas& atlas) {
  std::vector<SourceId> out;
  for (const std::string& id : split_list(text)) {
    const auto found = std::find_if(atlas.sources.begin(), atlas.sources.end(),
                                    [&](const Source& source) { return source.id == id; });
    if (found == atlas.sources.end()) {
      Names ids;
      for (const Source& source : atlas.sources) ids.push_back(source.id);
      throw InvalidData(fmt::format("there is no [[source]] '{}'{}; declare it, or divide several by ';'", id,
                                    did_you_mean(id, ids)));
    }
    const SourceId source(static_cast<std::size_t>(found - atlas.sources.begin()));
    if (std::find(out.begin(), out.end(), source) == out.end()) out.push_back(source);
  }
  return out;
}

namespace {

/// Nothing for null and blank.
std::optional<std::string> stated(const Row& row, const std::optional<ValueSpec>& spec) {
  if (!spec) return std::nullopt;
  std::string text = trim(row.text(*spec).value_or(""));
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

/// What `read` makes of the text; errors name key and field.
template <class Read>
auto at_key(std::string_view key, const ValueSpec& spec, Read read) {
  try {
    return read();
  } catch (Error& error) {
    error.add_context(Row::subject(key, spec));
    throw;
  }
}

/// Nothing where it is that of the source.
std::optional<Accuracy> own_accuracy(const Row& row, const LayerSpec& spec, const Source& source) {
  Accuracy own = source.accuracy();
  const auto read = [&](std::string_view key, const std::optional<ValueSpec>& value, bool is_signed) {
    const auto text = stated(row, value);
    if (!text) return std::optional<Meters>();
    return std::optional(at_key(key, *value, [&] { return parse_meters(*text, is_signed); }));
  };
  if (const auto sigma = read("sigma_m", spec.sigma, false)) own.sigma = sigma;
  own.correlation = read("correlation_m", spec.correlation, false).value_or(own.correlation);
  own.bias = read("bias_m", spec.bias, true).value_or(own.bias);
  return own == source.accuracy() ? std::nullopt : std::optional(own);
}

}  // namespace

void read_record(const AtlasFiles& in, const Row& row, const LayerSpec& spec, const DataFile& file,
                 Statement& statement) {
  statement.accuracy = own_accuracy(row, spec, in.atlas[in.atlas[statement.layer].source]);
  if (const auto text = stated(row, spec.cites))
    statement.cites = at_key("cites", *spec.cites, [&] { return parse_sources(*text, in.atlas); });
  if (spec.recorded) {
    const auto recorded =
        find_date(in, row, spec.recorded, find_file_date(in, spec.recorded, file, "recorded"), "recorded");
    if (recorded)
      statement.recorded =
          at_key("recorded", *spec.recorded, [&] { return exact_instant(*recorded, "a record"); });
  }
  statement.author = stated(row, spec.author).value_or("");
  if (const auto text = stated(row, spec.supersedes)) statement.supersedes = split_list(*text);
  if (const auto text = stated(row, spec.retracts)) statement.retracts = split_list(*text);
  if (!statement.supersedes.empty() && !statement.retracts.empty()) {
    throw InvalidData(
        fmt::format("{} and {} are both set; a statement either replaces others or takes them back",
                    Row::subject("supersedes", *spec.supersedes), Row::subject("retracts", *spec.retracts)));
  }
  statement.state =
      enum_of<State>(row, spec.state, "state", {"draft", "reviewed", "published"}, State::published);
  statement.visibility =
      enum_of<Visibility>(row, spec.visibility, "visibility", {"public", "internal"}, Visibility::open);
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
