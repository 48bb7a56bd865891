#include <marchland/analysis/source_agreement.h>

#include <map>
#include <tuple>
#include <utility>

namespace marchland {
namespace {

Agreement agreement_of(const std::string& first, const std::string& second) {
  if (first == second) return Agreement::same;
  if (second.empty()) return Agreement::only_first;
  return first.empty() ? Agreement::only_second : Agreement::different;
}

}  // namespace

std::string_view to_string(Agreement agreement) {
  switch (agreement) {
    case Agreement::same:
      return "same";
    case Agreement::different:
      return "different";
    case Agreement::only_first:
      return "only first";
    case Agreement::only_second:
      return "only second";
  }
  return "same";
}

double HolderAgreement::overlap() const {
  const AreaUnits either = both + only_first + only_second;
  return either == 0 ? 1.0 : static_cast<double>(both) / static_cast<double>(either);
}

AreaUnits SourceAgreement::area(Agreement agreement) const {
  AreaUnits sum = 0;
  for (const AgreementRow& row : rows) {
    if (row.agreement == agreement) sum += row.area;
  }
  return sum;
}

SourceAgreement compare_sources(const Composite& composite, const FaceAreas& measured, const Holders& first,
                                const Holders& second, Instant at, const Scope& scope) {
  const TimeIndex epoch = composite.times().epoch_of(at);
  const std::vector<HolderIndex> by_first = first.faces_at(epoch);
  const std::vector<HolderIndex> by_second = second.faces_at(epoch);
  const std::vector<bool> inside = faces_in_scope(composite, scope);
  // Ordered as the rows are: by id, silence last.
  const auto rank = [](const std::string& id) { return std::pair(id.empty(), id); };
  using Key = std::pair<std::pair<bool, std::string>, std::pair<bool, std::string>>;
  std::map<Key, std::pair<AreaUnits, std::uint32_t>> cells;
  std::map<std::pair<HolderIndex, HolderIndex>, std::pair<AreaUnits, std::uint32_t>*> cell_of;
  const auto is_meant = [&](FaceIndex f) {
    return inside[f] && (by_first[f] != kUnknown || by_second[f] != kUnknown);
  };
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (!is_meant(f)) continue;
    auto& cell = cell_of[{by_first[f], by_second[f]}];
    if (cell == nullptr) cell = &cells[{rank(first.id(by_first[f])), rank(second.id(by_second[f]))}];
    cell->first += measured[f];
  }

  SourceAgreement out;
  std::map<std::string, HolderAgreement> holders;
  for (auto& [key, cell] : cells) {
    const std::string& a = key.first.second;
    const std::string& b = key.second.second;
    const Agreement agreement = agreement_of(a, b);
    out.rows.push_back({a, b, agreement, cell.first});
    cell.second = static_cast<std::uint32_t>(out.rows.size());
    if (agreement == Agreement::same) {
      holders[a].both += cell.first;
    } else {
      if (!a.empty()) holders[a].only_first += cell.first;
      if (!b.empty()) holders[b].only_second += cell.first;
    }
  }
  for (auto& [id, holder] : holders) {
    holder.holder = id;
    out.holders.push_back(holder);
  }
  out.faces.assign(inside.size(), 0);
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (is_meant(f)) out.faces[f] = cell_of.at({by_first[f], by_second[f]})->second;
  }
  return out;
}

}  // namespace marchland
