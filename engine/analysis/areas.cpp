#include <marchland/analysis/areas.h>
#include <marchland/analysis/date_doubt.h>
#include <marchland/analysis/groups.h>

#include <algorithm>
#include <map>

namespace marchland {
namespace {

struct Tally {
  AreaUnits inside = 0;
  AreaUnits outside = 0;
  bool is_contested = false;
};

}  // namespace

std::vector<AreaRow> areas(const Composite& composite, const FaceAreas& measured, const Holders& holders,
                           const std::vector<Instant>& at, const AreaOptions& options) {
  const Atlas& atlas = composite.atlas();
  std::vector<std::optional<RegionId>> parts{std::nullopt};
  if (options.by_region) {
    parts.assign(options.scope.regions.begin(), options.scope.regions.end());
    if (parts.empty()) {
      for (std::size_t r = 0; r < atlas.regions.size(); ++r) parts.emplace_back(RegionId(r));
    }
  }
  std::vector<std::vector<bool>> inside;
  for (const auto& part : parts) {
    Scope scope = options.scope;
    if (part) scope.regions = {*part};
    inside.push_back(faces_in_scope(composite, scope));
  }
  std::vector<DoubtfulCoverages> doubtful;
  for (const auto& faces : inside) doubtful.emplace_back(composite, measured, holders, faces);
  const bool has_region = options.by_region || !options.scope.regions.empty();
  const bool bounded = is_bounded(composite, options.scope) || options.by_region;

  std::vector<AreaRow> rows;
  for (const Instant instant : at) {
    const std::vector<HolderIndex> held = holders.faces_at(composite.times().epoch_of(instant));
    const std::vector<std::string> name = holder_names(holders, atlas, instant, options.by_group);
    for (std::size_t p = 0; p < parts.size(); ++p) {
      std::map<std::string, Tally> tallies;
      AreaUnits total = 0;
      for (FaceIndex f = 1; f < held.size(); ++f) {
        const HolderIndex h = held[f];
        if (h == kUnknown && (!bounded || !inside[p][f])) continue;
        Tally& tally = tallies[name[h]];
        tally.is_contested = holders.is_contested(h) && name[h] == holders.id(h);
        if (inside[p][f]) {
          tally.inside += measured[f];
          total += measured[f];
        } else if (!has_region) {
          tally.outside += measured[f];
        }
      }
      const auto bands = date_bands(doubtful[p].at(instant), holders, atlas, instant, options.by_group);
      for (const auto& [holder, band] : bands) {
        if (!bounded && holder.empty()) continue;
        const auto [known, is_new] = tallies.try_emplace(holder);
        if (is_new) known->second.is_contested = holder.find('+') != std::string::npos;
      }
      const std::size_t begin = rows.size();
      for (const auto& [holder, tally] : tallies) {
        const auto band = bands.find(holder);
        if (tally.inside == 0 && tally.outside == 0 && (band == bands.end() || band->second.more == 0))
          continue;
        rows.push_back({instant, parts[p], holder, tally.is_contested, tally.inside, tally.outside, total,
                        has_region ? "region" : (bounded ? "study_area" : "held")});
        if (bands.empty()) continue;
        const DateBand off = band == bands.end() ? DateBand{} : band->second;
        rows.back().date_low = tally.inside - off.less;
        rows.back().date_high = tally.inside + off.more;
        rows.back().date_is_outer = off.is_outer;
      }
      std::stable_sort(rows.begin() + static_cast<std::ptrdiff_t>(begin), rows.end(),
                       [](const AreaRow& a, const AreaRow& b) {
                         if (a.holder.empty() != b.holder.empty()) return b.holder.empty();
                         return a.area > b.area;
                       });
    }
  }
  return rows;
}

Division divide_by_holders(const Composite& composite, const Holders& holders, Instant at) {
  Division division;
  for (HolderIndex h = 0; h < holders.size(); ++h) {
    division.names.push_back(holders.id(h));
    division.by_face_class.push_back({h});
  }
  division.face_class = holders.faces_at(composite.times().epoch_of(at));
  return division;
}

Division divide_by_regions(const Composite& composite) {
  Division division;
  const auto regions = static_cast<std::uint32_t>(composite.atlas().regions.size());
  for (const Region& region : composite.atlas().regions) division.names.push_back(region.id);
  division.names.emplace_back();
  for (CoverageIndex c = 0; c < composite.coverage_count(LabelGroup::region); ++c) {
    std::vector<std::uint32_t> inside;
    for (const CoverageRun& run : composite.runs(LabelGroup::region, c)) {
      const RegionId region = composite.slots()[run.slot].region;
      if (region.is_valid()) inside.push_back(static_cast<std::uint32_t>(region.index()));
    }
    if (inside.empty()) inside.push_back(regions);
    division.by_face_class.push_back(std::move(inside));
  }
  division.face_class.resize(composite.plane().face_count());
  for (FaceIndex f = 0; f < division.face_class.size(); ++f) {
    division.face_class[f] = composite.coverage(f, LabelGroup::region);
  }
  return division;
}

std::vector<OverlapRow> overlaps(const Composite& composite, const FaceAreas& measured, const Division& rows,
                                 const Division& cols, const Scope& scope) {
  const std::vector<bool> inside = faces_in_scope(composite, scope);
  const bool bounded = is_bounded(composite, scope);
  std::map<std::pair<std::uint32_t, std::uint32_t>, AreaUnits> by_class;
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (inside[f]) by_class[{rows.face_class[f], cols.face_class[f]}] += measured[f];
  }
  std::map<std::pair<std::string, std::string>, AreaUnits> cells;
  std::map<std::string, AreaUnits> row_areas;
  std::map<std::string, AreaUnits> col_areas;
  const auto has_edge = [&](const std::string& name) { return bounded || !name.empty(); };
  for (const auto& [key, area] : by_class) {
    for (const std::uint32_t r : rows.by_face_class[key.first]) {
      if (has_edge(rows.names[r])) row_areas[rows.names[r]] += area;
    }
    for (const std::uint32_t c : cols.by_face_class[key.second]) {
      if (has_edge(cols.names[c])) col_areas[cols.names[c]] += area;
    }
    for (const std::uint32_t r : rows.by_face_class[key.first]) {
      for (const std::uint32_t c : cols.by_face_class[key.second]) {
        if (!bounded && rows.names[r].empty() && cols.names[c].empty()) continue;
        cells[{rows.names[r], cols.names[c]}] += area;
      }
    }
  }
  std::vector<OverlapRow> out;
  for (const auto& [key, area] : cells) {
    if (area != 0) out.push_back({key.first, key.second, area, row_areas[key.first], col_areas[key.second]});
  }
  return out;
}

}  // namespace marchland
