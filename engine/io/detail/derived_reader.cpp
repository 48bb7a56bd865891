#include <marchland/io/detail/derived_reader.h>
#include <marchland/io/detail/layer_values.h>
#include <marchland/model/name_form.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>

namespace marchland::detail {
namespace {

using Names = std::vector<std::string>;

/// A field of the feature whatever its map; nothing for null and blank.
std::optional<std::string> field_of(const Row& row, const std::string& field) {
  ValueSpec spec;
  spec.kind = ValueSpec::Kind::field;
  spec.text = field;
  return row.text(spec);
}

std::optional<double> degrees_of(const Row& row, const std::string& field) {
  const std::string text = trim(field_of(row, field).value_or(""));
  if (text.empty()) return std::nullopt;
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw InvalidData(fmt::format("field '{}': '{}' is no number of degrees", field, text));
  return value;
}

std::optional<Position> position_of(const Row& row, const std::string& lon, const std::string& lat) {
  const auto x = degrees_of(row, lon);
  const auto y = degrees_of(row, lat);
  if (!x || !y) return std::nullopt;
  if (!(std::abs(*x) <= 180.0 && std::abs(*y) <= 90.0)) {
    throw InvalidData(
        fmt::format("({}, {}) in the fields '{}' and '{}' is no longitude and latitude in degrees; "
                    "are they swapped?",
                    *x, *y, lon, lat));
  }
  return Position{*x, *y};
}

}  // namespace

void DerivedReader::read_lines(LayerId id, const LayerSpec& spec, const std::vector<DataFile>& files) {
  const std::string subject = fmt::format("layer '{}'", spec.layer.id);
  const MultiPolygon frame = in_.read_area(spec.lines_to_areas->frame, subject + ": frame");
  const Names prefixes = id_prefixes(spec, files);
  Tally tally;
  std::vector<FrontRow> rows;
  for (std::size_t k = 0; k < files.size(); ++k) {
    VectorRequest request{files[k].dataset, in_.display_name(files[k]), spec.layer_in_file, spec.where,
                          spec.crs,         wanted_fields(spec)};
    request.with_lines = true;
    VectorTable table = read_vector(request);
    in_.remember(files[k], table);
    tally_table(table, files[k].name, tally);
    const auto of_file = find_file_date(in_, spec.from, files[k], "from");
    for (VectorFeature& feature : table.features) {
      try {
        rows.push_back(front_row(spec, files[k], table, feature, prefixes[k], of_file, tally));
      } catch (const Error& error) {
        throw InvalidData(
            fmt::format("{}: {}", table.place_of(feature, in_.display_name(files[k])), error.what()));
      }
    }
  }
  tally.report(subject, in_.atlas.findings);
  const std::size_t before = in_.atlas.statements.size();
  const std::size_t findings = in_.atlas.findings.size();
  MultiPolygon noded = in_.at_line(spec.lines_to_areas->frame.line, subject, [&] {
    return add_front_statements(in_.atlas, in_.rings, id, *spec.lines_to_areas, frame, rows);
  });
  if (in_.atlas.statements.size() == before) {
    throw InvalidData(fmt::format("{}: {} has no statement: {}", in_.manifest.place(spec.line), subject,
                                  rows.empty() ? "its files have no feature"
                                               : "none of its lines divides the frame; 'extend' and 'frame' "
                                                 "of lines_to_areas say which ground they are to divide" +
                                                     warnings_since(findings)));
  }
  record_since(before, spec);
  share_frame(spec.lines_to_areas->frame, noded);
}

std::string DerivedReader::warnings_since(std::size_t first) const {
  constexpr std::size_t kShown = 3;
  std::string text;
  std::size_t count = 0;
  for (std::size_t i = first; i < in_.atlas.findings.size(); ++i) {
    const Finding& finding = in_.atlas.findings[i];
    if (finding.severity == Severity::info || ++count > kShown) continue;
    text += fmt::format("\n  {} {}: {}", finding.code, finding.at, finding.text);
  }
  if (count > kShown) text += fmt::format("\n  and {} more", count - kShown);
  return text;
}

void DerivedReader::record_since(std::size_t first, const LayerSpec& spec) {
  // Constants ask nothing of a row.
  const VectorTable table;
  const VectorFeature feature;
  for (std::size_t i = first; i < in_.atlas.statements.size(); ++i)
    read_record(in_, Row(table, feature), spec, {}, in_.atlas.statements[i]);
}

FrontRow DerivedReader::front_row(const LayerSpec& spec, const DataFile& file, const VectorTable& table,
                                  VectorFeature& feature, const std::string& prefix,
                                  const std::optional<FuzzyDate>& of_file, Tally& tally) {
  const Row row(table, feature);
  const auto from = find_date(in_, row, spec.from, of_file, "from");
  if (!from) {
    throw InvalidData(fmt::format("{} is empty; a line needs its date",
                                  Row::subject("from", spec.from.value_or(ValueSpec{}))));
  }
  FrontRow front;
  front.at = exact_instant(*from, "a line that divides a frame");
  front.id = statement_id(row, spec, feature, prefix);
  front.certainty =
      enum_of<Certainty>(row, spec.certainty, "certainty", {"confirmed", "reported"}, Certainty::confirmed);
  if (spec.note) front.note = row.text(*spec.note).value_or("");
  front.origin = table.place_of(feature, file.name);
  front.lines = std::move(feature.lines);
  tally_feature(feature, front.origin, tally);
  if (!feature.area.empty() || !feature.points.empty()) {
    tally.add("not-a-line", Severity::warning, "polygons and points divide nothing and are left out",
              front.origin);
  }
  if (front.lines.empty()) {
    in_.atlas.findings.push_back(
        {"no-line", Severity::info, "", format_utc(front.at), std::nullopt,
         fmt::format("{}: it has no line; unless another feature of its date has, the "
                     "layer says nothing from its date on",
                     front.origin)});
  }
  return front;
}

void DerivedReader::read_points(LayerId id, const LayerSpec& spec, const std::vector<DataFile>& files) {
  const PointsToAreas& points = *spec.points_to_areas;
  const std::string subject = fmt::format("layer '{}'", spec.layer.id);
  PlaceGround ground;
  ground.frame = in_.read_area(points.frame, subject + ": frame");
  if (points.places) ground.gazetteer = read_gazetteer(*points.places, subject);
  if (points.barriers) ground.barriers = read_barriers(*points.barriers, subject);
  const Names prefixes = id_prefixes(spec, files);
  Tally tally;
  std::vector<PlaceRow> rows;
  for (std::size_t k = 0; k < files.size(); ++k) {
    Names fields = wanted_fields(spec);
    for (const std::string& field : {points.key, points.lon, points.lat}) {
      if (!field.empty() && std::find(fields.begin(), fields.end(), field) == fields.end())
        fields.push_back(field);
    }
    VectorRequest request{
        files[k].dataset, in_.display_name(files[k]), spec.layer_in_file, spec.where, spec.crs, fields};
    request.is_table = !points.lon.empty() || points.places.has_value();
    const VectorTable table = read_vector(request);
    in_.remember(files[k], table);
    tally_table(table, files[k].name, tally);
    const auto of_file = find_file_date(in_, spec.from, files[k], "from");
    for (const VectorFeature& feature : table.features) {
      try {
        auto row = place_row(spec, files[k], table, feature, prefixes[k], of_file, tally);
        if (row) rows.push_back(std::move(*row));
      } catch (const Error& error) {
        throw InvalidData(
            fmt::format("{}: {}", table.place_of(feature, in_.display_name(files[k])), error.what()));
      }
    }
  }
  tally.report(subject, in_.atlas.findings);
  const std::size_t before = in_.atlas.statements.size();
  const SharedGround shared = in_.at_line(points.frame.line, subject, [&] {
    try {
      return add_place_statements(in_.atlas, in_.rings, id, points, ground, rows);
    } catch (const InvalidArgument& error) {
      // A key of the manifest is wrong, no option of the command.
      throw InvalidData(fmt::format("points_to_areas: crs '{}': {}", points.crs, error.what()));
    }
  });
  record_since(before, spec);
  share_frame(points.frame, shared.frame);
  if (!in_.manifest.places) add_places(in_.atlas, shared.sites);
}

std::optional<PlaceRow> DerivedReader::place_row(const LayerSpec& spec, const DataFile& file,
                                                 const VectorTable& table, const VectorFeature& feature,
                                                 const std::string& prefix,
                                                 const std::optional<FuzzyDate>& of_file,
                                                 Tally& tally) const {
  const PointsToAreas& points = *spec.points_to_areas;
  const Row row(table, feature);
  PlaceRow out;
  out.origin = table.place_of(feature, file.name);
  const auto holders = holders_of(row, spec);
  if (!holders) {
    tally.add("row-skipped", Severity::warning, "rows whose holder is one of 'skip' state nothing",
              out.origin);
    return std::nullopt;
  }
  out.holders = *holders;
  const auto from = find_date(in_, row, spec.from, of_file, "from");
  if (!from) {
    throw InvalidData(fmt::format("{} is empty; a row needs its date",
                                  Row::subject("from", spec.from.value_or(ValueSpec{}))));
  }
  out.at = exact_instant(*from, "a row of a place");
  out.place = plain_spaces(field_of(row, points.key).value_or(""));
  if (out.place.empty())
    throw InvalidData(fmt::format("key (field '{}') is empty; a row needs its place", points.key));
  out.id = statement_id(row, spec, feature, prefix);
  out.certainty =
      enum_of<Certainty>(row, spec.certainty, "certainty", {"confirmed", "reported"}, Certainty::confirmed);
  if (spec.note) out.note = row.text(*spec.note).value_or("");
  if (!points.lon.empty()) {
    out.position = position_of(row, points.lon, points.lat);
  } else if (feature.points.size() == 1) {
    out.position = feature.points.front();
  }
  return out;
}

std::optional<std::vector<ActorId>> DerivedReader::holders_of(const Row& row, const LayerSpec& spec) const {
  const PointsToAreas& points = *spec.points_to_areas;
  const std::string raw = spec.actor.kind == ValueSpec::Kind::field
                              ? field_of(row, spec.actor.text).value_or("")
                              : spec.actor.text;
  const std::string plain = plain_spaces(raw);
  const auto form_of = [](const std::string& text) { return name_form(plain_spaces(text)); };
  const std::string form = name_form(plain);
  const auto lists = [&](const std::vector<std::string>& values) {
    return std::any_of(values.begin(), values.end(),
                       [&](const std::string& value) { return value == raw || form_of(value) == form; });
  };
  if (lists(points.skip)) return std::nullopt;
  if (lists(points.unknown)) return std::vector<ActorId>{};
  std::string value = plain;
  for (const auto& [from, to] : spec.actor.map) {
    if (from == raw || form_of(from) == form) value = to;
  }
  std::vector<ActorId> holders;
  for (const std::string& id : split_holders(value)) {
    const auto found = in_.actors.find(id);
    if (found == in_.actors.end()) {
      Names known = in_.actor_ids;
      for (const auto& [from, to] : spec.actor.map) known.push_back(from);
      throw InvalidData(
          fmt::format("{}: '{}' is no [[actor]]{}; map it to one of {} (or several: \"a+b\"), or "
                      "list it in 'unknown' or 'skip' of points_to_areas",
                      Row::subject("actor", spec.actor), plain, did_you_mean(plain, known),
                      fmt::join(in_.actor_ids, ", ")));
    }
    holders.push_back(found->second);
  }
  std::sort(holders.begin(), holders.end());
  return holders;
}

std::vector<Site> DerivedReader::read_gazetteer(const GazetteerSpec& gazetteer, const std::string& subject) {
  const FileSpec& spec = gazetteer.source;
  const DataFile file = in_.find_one_file(spec, subject + ": places");
  VectorRequest request{file.dataset, in_.display_name(file), spec.layer, spec.where, spec.crs, std::nullopt};
  request.is_table = true;
  VectorTable table = read_vector(request);
  const auto has = [&](const std::string& name) {
    return std::find(table.fields.begin(), table.fields.end(), name) != table.fields.end();
  };
  for (const std::string& field : {gazetteer.name, gazetteer.lon, gazetteer.lat}) {
    if (field.empty() || has(field)) continue;
    throw InvalidData(fmt::format("{}: places: {} has no field '{}'{}; fields: {}",
                                  in_.manifest.place(spec.line), file.name, field,
                                  did_you_mean(field, table.fields), fmt::join(table.fields, ", ")));
  }
  std::string lon = gazetteer.lon;
  std::string lat = gazetteer.lat;
  if (lon.empty() && has("lat") && (has("lon") || has("lng"))) {
    lon = has("lon") ? "lon" : "lng";
    lat = "lat";
  }
  const bool is_by_fields = !lon.empty();
  if (!is_by_fields) table = in_.read_table(file, spec, std::nullopt);
  in_.remember(file, table);
  std::vector<Site> sites;
  for (const VectorFeature& feature : table.features) {
    const Row row(table, feature);
    const auto position = is_by_fields                 ? position_of(row, lon, lat)
                          : feature.points.size() == 1 ? std::optional(feature.points.front())
                                                       : std::nullopt;
    const std::string name = field_of(row, gazetteer.name).value_or("");
    if (position && !name.empty()) sites.push_back({name, *position});
  }
  return sites;
}

MultiLine DerivedReader::read_barriers(const FileSpec& spec, std::string subject) {
  subject += ": barriers";
  const DataFile file = in_.find_one_file(spec, subject);
  VectorRequest request{file.dataset, in_.display_name(file), spec.layer, spec.where, spec.crs, Names{}};
  request.with_lines = true;
  VectorTable table = read_vector(request);
  in_.remember(file, table);
  Tally tally;
  tally_table(table, file.name, tally);
  MultiLine barriers;
  for (VectorFeature& feature : table.features) {
    const std::string place = table.place_of(feature, file.name);
    tally_feature(feature, place, tally);
    if (!feature.area.empty() || !feature.points.empty()) {
      tally.add("not-a-line", Severity::warning,
                "polygons and points are no barriers and are left out; draw the outline as a line", place);
    }
    std::move(feature.lines.begin(), feature.lines.end(), std::back_inserter(barriers));
  }
  tally.report(subject, in_.atlas.findings);
  if (!barriers.empty()) return barriers;
  throw InvalidData(fmt::format("{}: {}: no line in {}{}; expected lines, or leave 'barriers' out",
                                in_.manifest.place(spec.line), subject, file.name,
                                spec.where.empty() ? "" : fmt::format(" where {}", spec.where)));
}

void DerivedReader::share_frame(const FileSpec& frame, const MultiPolygon& noded) {
  const auto is_frame = [&](const FileSpec& place) {
    return place.file == frame.file && place.layer == frame.layer && place.where == frame.where &&
           place.crs == frame.crs;
  };
  for (const FileSpec& other : shared_frames_) {
    if (is_frame(other)) return;
  }
  shared_frames_.push_back(frame);
  if (in_.manifest.study_area && is_frame(*in_.manifest.study_area))
    in_.atlas.study_area = in_.rings.share(noded);
  for (const RegionSpec& spec : in_.manifest.regions) {
    if (spec.id.kind != ValueSpec::Kind::constant || !is_frame(spec.source)) continue;
    for (Region& region : in_.atlas.regions) {
      if (region.id == spec.id.text) region.area = in_.rings.share(noded);
    }
  }
}

}  // namespace marchland::detail
