#include "tools/cli/run_index.h"

#include "tools/cli/feature_output.h"
#include "tools/cli/html.h"
#include "tools/cli/named_report.h"
#include "tools/cli/theme_words.h"
#include <marchland/io/markup.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace marchland::cli {
namespace {

constexpr std::string_view kStyle = R"css(
:root { --back: #ffffff; --soft: #f3f2ee; --text: #1f2326; --dim: #5b6369; --rule: #d5d5cf; --mark: #1f5f8b; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --back: #171b1f; --soft: #22282d; --text: #eceeef; --dim: #a3adb5; --rule: #3a4249; --mark: #7cc0ee; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
main, body > header, body > footer { max-width: 1060px; margin: 0 auto; padding: 0 20px; }
body > header { padding-top: 32px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 21px; margin: 40px 0 10px; padding-top: 14px; border-top: 1px solid var(--rule); overflow-wrap: anywhere; }
p { max-width: 75ch; margin: 8px 0; overflow-wrap: anywhere; }
a { color: var(--mark); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--back); padding: 8px; }
.dim, caption, figcaption { color: var(--dim); font-size: 14px; }
.map { display: inline-block; background: var(--mark); color: var(--back); font-weight: 600; padding: 10px 18px; border-radius: 7px; text-decoration: none; margin: 8px 0; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 18px; }
.wide { overflow-x: auto; margin: 10px 0; }
.tall { max-height: 70vh; overflow-y: auto; }
.tall thead th { position: sticky; top: 0; background: var(--back); }
details { margin: 6px 0; }
summary { cursor: pointer; }
table { border-collapse: collapse; font-size: 14px; }
caption { text-align: left; padding-bottom: 4px; }
th, td { text-align: left; vertical-align: top; padding: 4px 16px 4px 0; border-top: 1px solid var(--rule); }
tbody th { font-weight: inherit; }
thead th { border-top: 0; color: var(--dim); font-weight: 600; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 20px; }
.pictures figure { margin: 0; }
.pictures img { width: 100%; height: auto; background: #f6f4ef; border: 1px solid var(--rule); border-radius: 6px; }
.swatch { display: inline-block; width: 20px; height: 13px; border: 1px solid #0005; border-radius: 2px; margin-right: 8px; vertical-align: -1px; }
.contested { background-image: radial-gradient(circle, #000 1.2px, transparent 1.4px); background-size: 5px 5px; }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 20px; }
@media print { .tall { max-height: none; } }
code { font-size: 13px; overflow-wrap: anywhere; }
body > footer { margin-top: 48px; padding-bottom: 32px; color: var(--dim); font-size: 14px; }
)css";

bool is_web(const std::string& url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

std::string bytes_of(double bytes) {
  if (bytes < 1e3) return fmt::format("{:.0f} B", bytes);
  if (bytes < 1e6) return fmt::format("{:.0f} kB", bytes / 1e3);
  return fmt::format("{:.1f} MB", bytes / 1e6);
}

std::string paragraph(const std::string& text) {
  return text.empty() ? std::string() : "<p>" + escape_markup(text) + "</p>\n";
}

/// What a reader must know before the first figure: that this is not all there is.
std::string about_of(const Session& session, const Json& index) {
  std::string out;
  if (session.theme() != Theme::control)
    out += paragraph(
        fmt::format("About theme {}: {}.", to_string(session.theme()), words_of(session.theme()).state));
  if (!session.filters().empty())
    out += paragraph(fmt::format("A part only: what {} leaves.", session.filters()));
  if (index.contains("dates_note")) out += paragraph(index["dates_note"].get<std::string>() + ".");
  return out;
}

/// A heading, and its entry in the list of contents.
struct Sections {
  std::string contents;
  std::string body;
  int count = 0;

  void add(const std::string& title, const std::string& text) {
    ++count;
    contents += fmt::format("<li><a href=\"#s{}\">{}</a></li>\n", count, escape_markup(title));
    body += fmt::format("<section aria-labelledby=\"s{0}\">\n<h2 id=\"s{0}\">{1}</h2>\n{2}</section>\n",
                        count, escape_markup(title), text);
  }
};

std::string legend_entry(const std::string& color, const std::string& text, bool is_dotted = false) {
  return fmt::format("<li><span class=\"swatch{}\" style=\"background-color:{}\"></span>{}</li>\n",
                     is_dotted ? " contested" : "", escape_markup(color), escape_markup(text));
}

/// Who is to be seen, by name; then what is nobody's alone.
std::string legend_of(const Session& session, const Holders& holders, const std::set<HolderIndex>& shown) {
  const Atlas& atlas = session.atlas();
  using Entries = std::vector<std::pair<std::string, std::string>>;
  Entries parties;
  Entries contested;
  for (const HolderIndex holder : shown) {
    if (holder == kUnknown) continue;
    Entries& entries = holders.is_contested(holder) ? contested : parties;
    entries.emplace_back(party_name(atlas, holders.id(holder)), color_of(atlas, holders, holder));
  }
  std::sort(parties.begin(), parties.end());
  std::sort(contested.begin(), contested.end());
  std::string out = "<ul class=\"legend\">\n";
  for (const auto& [name, color] : parties) out += legend_entry(color, name);
  constexpr std::size_t kMostSets = 12;
  if (contested.size() > kMostSets) {
    out += legend_entry("#c9c9c9", "contested: dotted, in the mean of the colours", true);
  } else {
    for (const auto& [names, color] : contested) out += legend_entry(color, "contested: " + names, true);
  }
  if (shown.contains(kUnknown))
    out += legend_entry(color_of(atlas, holders, kUnknown), "unknown: nothing is stated");
  out += "</ul>\n";
  // Of more than these colours none is told from all others anyway; whoever looks for a party opens it.
  constexpr std::size_t kMost = 30;
  if (parties.size() <= kMost) return out;
  return fmt::format("<details><summary>Colours of {} parties</summary>\n{}</details>\n", parties.size(),
                     out);
}

std::string pictures_of(const Session& session, const Holders& holders, const ResultPictures& pictures) {
  std::string out = "<div class=\"pictures\">\n";
  for (const ResultPicture& picture : pictures.pictures) {
    out += fmt::format("<figure><img src=\"{}\" alt=\"{}\"><figcaption>{}</figcaption></figure>\n",
                       address_of(picture.file), escape_markup("Map: " + picture.caption),
                       escape_markup(picture.caption));
  }
  return out + "</div>\n" + legend_of(session, holders, pictures.shown);
}

std::string links_of(const std::vector<ResultLink>& links) {
  std::string out;
  for (const ResultLink& link : links) {
    std::string files;
    for (const std::string& file : link.files) files += (files.empty() ? "" : ", ") + link_to(file);
    out += fmt::format("<p>{}: {}</p>\n", escape_markup(link.sentence), files);
  }
  return out;
}

std::string sources_of(const Atlas& atlas) {
  std::string out = "<ul>\n";
  for (const Source& source : atlas.sources) {
    const std::string title = escape_markup(source.title.empty() ? source.id : source.title);
    out += "<li>" + (is_web(source.url) ? fmt::format("<a href=\"{}\" rel=\"noopener noreferrer\">{}</a>",
                                                      escape_markup(source.url), title)
                                        : title);
    std::string rest;
    for (const std::string& part : {source.author, source.date, source.licence})
      if (!part.empty()) rest += (rest.empty() ? "" : " · ") + part;
    if (!rest.empty()) out += " <span class=\"dim\">" + escape_markup(rest) + "</span>";
    out += "</li>\n";
  }
  return out + "</ul>\n";
}

/// The part before the '/', or nothing.
std::string folder_of(const Json& file) {
  const std::string name = file["file"].get<std::string>();
  const std::size_t slash = name.find('/');
  return slash == std::string::npos ? std::string() : name.substr(0, slash);
}

std::string files_of(const Json& index) {
  // In the order in which they come.
  std::vector<std::string> folders;
  for (const Json& file : index["files"]) {
    if (std::find(folders.begin(), folders.end(), folder_of(file)) == folders.end())
      folders.push_back(folder_of(file));
  }
  std::stable_partition(folders.begin(), folders.end(), [](const std::string& name) { return name.empty(); });
  std::string out = "<p>Every file of this folder but index.json, which names them too, with SHA-256.</p>\n";
  for (const std::string& folder : folders) {
    std::string rows;
    std::size_t count = 0;
    double bytes = 0.0;
    for (const Json& file : index["files"]) {
      if (folder_of(file) != folder) continue;
      ++count;
      bytes += file["bytes"].get<double>();
      rows +=
          fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"figure\">{}</td></tr>\n",
                      link_to(file["file"].get<std::string>()),
                      escape_markup(file["what"].get<std::string>()), bytes_of(file["bytes"].get<double>()));
    }
    const std::string title = folder.empty() ? "To open" : folder;
    out += fmt::format(
        "<details{}><summary>{}: {} file{}, {}</summary>\n{}<thead><tr><th scope=\"col\">file</th><th "
        "scope=\"col\">what</th><th scope=\"col\" class=\"figure\">size</th></tr></thead>\n<tbody>\n{}"
        "</tbody></table></div>\n</details>\n",
        folder.empty() ? " open" : "", escape_markup(title), count, count == 1 ? "" : "s", bytes_of(bytes),
        html_table_start("Files: " + title, count), rows);
  }
  return out;
}

}  // namespace

std::string result_page(const Session& session, const Holders& holders, const Json& index,
                        const std::vector<ResultAnswer>& answers, const ResultPictures& pictures) {
  const Atlas& atlas = session.atlas();
  const std::string title = escape_markup(atlas.title.empty() ? atlas.id : atlas.title);
  Sections sections;
  if (!pictures.pictures.empty()) sections.add("Pictures", pictures_of(session, holders, pictures));
  for (const ResultAnswer& answer : answers) {
    // What holds of all of them is said once, at the end.
    Report report = with_names(answer.report, atlas);
    const std::vector<std::string> common = session.notes();
    std::erase_if(report.notes, [&](const std::string& note) {
      return std::find(common.begin(), common.end(), note) != common.end();
    });
    Rendering how;
    how.format = Format::html;
    how.name = answer.title;
    how.document = answer.document;
    sections.add(answer.title, render(report, how) + links_of(answer.links));
  }
  sections.add("Files", files_of(index));
  sections.add("Sources", sources_of(atlas));
  const bool has_map = std::any_of(index["files"].begin(), index["files"].end(),
                                   [](const Json& file) { return file["file"] == "map.html"; });
  std::string notes;
  for (const std::string& note : session.notes()) notes += paragraph(note);
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file:; "
      "style-src "
      "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n"
      "<style>{1}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#s1\">Skip to the results</a>\n"
      "<header>\n<h1>{0}</h1>\n{2}{3}{10}{4}<nav "
      "aria-label=\"Contents\"><ul>\n{5}</ul></nav>\n</header>\n<main>\n{6}</main>\n"
      "<footer>\n{7}<p>Checksum of the atlas: <code>{8}</code></p>\n<p>Made by marchland "
      "{9}.</p>\n</footer>\n</body>\n</html>\n",
      title, kStyle, paragraph(atlas.disclaimer), paragraph(atlas.attribution),
      has_map ? "<p><a class=\"map\" href=\"map.html\">Open the map through time</a></p>\n" : "",
      sections.contents, sections.body, notes, escape_markup(atlas.checksum), MARCHLAND_VERSION,
      about_of(session, index));
}

}  // namespace marchland::cli
