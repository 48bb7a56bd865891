#include <marchland/base/error.h>
#include <marchland/io/detail/draft_dates.h>
#include <marchland/io/detail/draft_ends.h>
#include <marchland/io/detail/draft_lines.h>
#include <marchland/io/detail/draft_rows.h>
#include <marchland/io/detail/exchanged_axes.h>

#include <fmt/format.h>

namespace marchland::detail {
namespace {

void refuse_exchanged(const LayerDraft& draft, const std::vector<DatedLine>& lines, const FrameDraft& frame) {
  std::vector<Position> positions;
  for (const DatedLine& line : lines) {
    for (const Line& piece : line.pieces) positions.insert(positions.end(), piece.begin(), piece.end());
  }
  const AxisCount count = count_in_box(frame.box(), positions);
  if (!count.is_exchanged()) return;
  throw InvalidData(
      fmt::format("{}: its lines seem to be written latitude first: {}; unless the ground is, {}",
                  draft.first_file().name, axis_text(count, "positions", frame.file.file), kSwapAxes));
}

/// Tries which areas the lines divide, and refuses what `check` would refuse.
void choose_frame(LayerDraft& draft, const FrameDraft& frame, Assumptions& said) {
  DivisionRule rule = draft.spec.lines_to_areas->rule;
  rule.left = ActorId(std::size_t{1});
  rule.right = ActorId(std::size_t{2});
  const std::vector<DatedLine> lines = read_dated_lines(
      draft.series->files, draft.spec.layer_in_file, draft.spec.crs, draft.from, draft.series->names.dates);
  const LineTrial trial = try_lines(frame.areas, lines, rule);
  if (trial.clear == 0) {
    refuse_exchanged(draft, lines, frame);
    throw InvalidData(
        fmt::format("{}: its lines divide {} on none of {} tried{}; the frame has to be one piece of "
                    "ground that lines reach the boundary of at both ends: only the areas they lead "
                    "through, not neighbours beyond their ends. Give a file of those alone, or write "
                    "where = \"...\" to the frame, within_m for ends that stop short and seeds by hand "
                    "(docs/front_lines.md)",
                    draft.series->files.front().name, frame.file.file, counted(trial.dates, "date", "dates"),
                    trial.reason.empty() ? "" : " (" + trial.reason + ")"));
  }
  draft.spec.lines_to_areas->frame = frame.of(trial.names);
  said.say(
      draft, "frame",
      fmt::format("{}: the ground that lines divide{}; tried on {}, {} of them clearly",
                  frame.text(trial.names), trial.names.empty() ? "" : ", being that which they lead through",
                  counted(trial.dates, "date", "dates"), trial.clear),
      "frame = {file = \"...\", where = \"...\"}");
  if (trial.clear < trial.dates && !trial.reason.empty())
    said.say(draft, "frame", fmt::format("not divided clearly: {}", trial.reason),
             "extend, within_m, seeds, unclear");
}

}  // namespace

void infer_lines(LayerDraft& draft, const FrameDraft& frame, const ProposeOptions& options,
                 Assumptions& said) {
  name_files(draft, options, said);
  choose_dates(draft, draft.date_columns(), said);
  if (!draft.from && !draft.is_dated_by_name) {
    throw InvalidData(
        fmt::format("{}: lines divide ground from a date on, and neither names nor fields have one",
                    draft.series->files.front().name));
  }
  draft.spec.layer.mode = LayerMode::snapshot;
  draft.to.reset();
  read_rows(draft);
  leave_out_undated(draft, said);
  check_intervals(draft, said);
  constexpr Meters kWithin{50'000.0};
  draft.spec.lines_to_areas = LinesToAreas{};
  LinesToAreas& lines = *draft.spec.lines_to_areas;
  lines.rule.extension = LineExtension::nearest;
  lines.rule.within = kWithin;
  choose_frame(draft, frame, said);
  said.say(draft, "lines_to_areas",
           "the ground on either side of a line is held by 'left' and 'right', looking along it in the "
           "direction it is written",
           "id and name of the two [[actor]], left, right");
  said.say(draft, "lines_to_areas",
           fmt::format("ends of lines inside the frame are prolonged to its nearest point, by {} km at most; "
                       "`check` says which and how far",
                       kWithin.value() / 1000),
           "extend = \"straight\" or \"none\", within_m");
}

}  // namespace marchland::detail
