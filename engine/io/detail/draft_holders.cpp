#include <marchland/io/detail/actor_colors.h>
#include <marchland/io/detail/actor_ids.h>
#include <marchland/io/detail/draft_holders.h>
#include <marchland/io/detail/draft_rows.h>
#include <marchland/model/name_form.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace marchland::detail {

using Names = std::vector<std::string>;

namespace {

/// Names that look alike and are written with different code points.
void say_forms(const std::vector<LayerDraft>& drafts, Assumptions& said) {
  std::map<std::string, std::set<std::string>> written;
  for (const LayerDraft& draft : drafts) {
    for (const std::string& value : draft.actor_values) {
      const std::string name = trimmed(value);
      written[name_form(name)].insert(name);
    }
  }
  Names several;
  for (const auto& [form, names] : written) {
    if (names.size() > 1) several.push_back(fmt::format("'{}'", form));
  }
  if (several.empty()) return;
  said.say("actor",
           fmt::format("{} written in several forms of Unicode, which look the same; each is one holder",
                       listed(several)),
           "");
}

void say_actor(const LayerDraft& draft, Assumptions& said) {
  const Names& others = draft.other_actor_fields;
  Names names;
  for (const std::string& value : draft.actor_values) names.push_back(name_form(trimmed(value)));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string text = fmt::format("field '{}', {}: {}", draft.spec.actor.text,
                                 counted(names.size(), "holder", "holders"), listed(names));
  if (!others.empty()) text += fmt::format("; other fields that could name holders: {}", listed(others));
  said.say(draft, "actor", text, "actor = {field = \"...\"}");
}

}  // namespace

std::optional<ActorColumn> holder_column(const LayerDraft& draft, const std::vector<DateColumn>& dates) {
  Names passed_over{draft.places.key, draft.places.lon, draft.places.lat};
  for (const DateColumn& column : dates) passed_over.push_back(column.field);
  return find_actor_column(draft.sample.columns, passed_over);
}

void choose_actor(LayerDraft& draft, const std::vector<DateColumn>& dates, bool is_only, Assumptions& said) {
  Names date_fields;
  for (const DateColumn& column : dates) date_fields.push_back(column.field);
  const auto actor = find_actor_column(draft.sample.columns, date_fields);
  if (!actor) {
    draft.spec.actor.text = is_only ? "holder" : draft.spec.layer.id;
    said.say(draft, "actor",
             fmt::format("no field names a holder; all ground is of one, called '{}'", draft.spec.actor.text),
             "id and name of the [[actor]], or actor = {field = \"...\"}");
    return;
  }
  draft.spec.actor = ValueSpec{ValueSpec::Kind::field, actor->field, {}, "", false, 0};
  draft.other_actor_fields = actor->others;
}

void collect_actors(LayerDraft& draft, Assumptions& said) {
  if (draft.spec.actor.kind != ValueSpec::Kind::field) return;
  const Column& column = *draft.rows.column(draft.spec.actor.text);
  std::set<std::string> values;
  Blanks blank;
  for (const auto& value : column.values) {
    const std::string raw = value.value_or("");
    if (trimmed(raw).empty()) {
      ++blank[value];
    } else {
      values.insert(raw);
    }
  }
  check_encoding(draft, values);
  draft.actor_values.assign(values.begin(), values.end());
  leave_out(draft, column.name, blank, "holder",
            "a statement needs one ('nobody' where nobody holds the ground)", said);
}

void declare_actors(std::vector<LayerDraft>& drafts, Atlas& atlas, Assumptions& said) {
  std::set<std::string> names;
  for (const LayerDraft& draft : drafts) {
    if (draft.is_lines) names.insert({"left", "right"});
    // One letter can be written by several code points; a name so written is no second holder.
    for (const std::string& value : draft.actor_values) names.insert(name_form(trimmed(value)));
    if (draft.spec.actor.kind == ValueSpec::Kind::constant && !draft.is_lines)
      names.insert(name_form(draft.spec.actor.text));
  }
  names.erase(std::string(kNobody));
  say_forms(drafts, said);
  const Names sorted(names.begin(), names.end());
  const Names ids = ids_of(sorted);
  const Names palette = colors(ids.size());
  std::map<std::string, std::string> declared{{std::string(kNobody), std::string(kNobody)}};
  std::map<std::string, Names> alike;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    atlas.actors.push_back(
        Actor{.id = ids[i], .name = sorted[i], .names = {}, .color = palette[i], .groups = {}});
    declared[sorted[i]] = ids[i];
    alike[id_of(sorted[i])].push_back(sorted[i]);
  }
  for (LayerDraft& draft : drafts) {
    if (draft.is_lines) {
      // nobody stands before them
      draft.spec.lines_to_areas->rule.left = ActorId(std::size_t{1});
      draft.spec.lines_to_areas->rule.right = ActorId(std::size_t{2});
      continue;
    }
    if (draft.spec.actor.kind == ValueSpec::Kind::constant)
      draft.spec.actor.text = declared[name_form(draft.spec.actor.text)];
    for (const std::string& value : draft.actor_values) {
      const std::string& id = declared[name_form(trimmed(value))];
      if (id != trimmed(value)) draft.spec.actor.map.emplace(value, id);
    }
    for (const auto& [value, holders] : draft.contested) {
      Names together;
      for (const std::string& holder : holders) together.push_back(declared.at(name_form(holder)));
      draft.spec.actor.map.emplace(value, fmt::format("{}", fmt::join(together, "+")));
    }
  }
  for (const LayerDraft& draft : drafts) {
    if (draft.spec.actor.kind == ValueSpec::Kind::field) say_actor(draft, said);
  }
  for (const auto& [id, written] : alike) {
    if (id.empty() || written.size() < 2) continue;
    said.say("actor",
             fmt::format("'{}' are written almost alike, and kept apart", fmt::join(written, "', '")),
             "map both to one id if they are the same");
  }
}

}  // namespace marchland::detail
