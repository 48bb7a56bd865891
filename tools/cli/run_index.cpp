#include "tools/cli/run_index.h"

#include "tools/cli/html.h"

#include <fmt/format.h>

#include <algorithm>

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
table { border-collapse: collapse; font-size: 14px; }
caption { text-align: left; padding-bottom: 4px; }
th, td { text-align: left; vertical-align: top; padding: 4px 16px 4px 0; border-top: 1px solid var(--rule); }
thead th { border-top: 0; color: var(--dim); font-weight: 600; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 20px; }
.pictures figure { margin: 0; }
.pictures img { width: 100%; height: auto; background: #f6f4ef; border: 1px solid var(--rule); border-radius: 6px; }
.swatch { display: inline-block; width: 20px; height: 13px; border: 1px solid #0005; border-radius: 2px; margin-right: 8px; vertical-align: -1px; }
code { font-size: 13px; overflow-wrap: anywhere; }
body > footer { margin-top: 48px; padding-bottom: 32px; color: var(--dim); font-size: 14px; }
)css";

bool is_web(const std::string& url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

/// In an address a name may have any character but those that end it or mean something.
std::string address_of(const std::string& file) {
  std::string out;
  for (const char c : file) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                          c == '-' || c == '_' || c == '.' || c == '/' || c == '~';
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string link_to(const std::string& file) {
  return fmt::format("<a href=\"{}\">{}</a>", address_of(file), escape_html(file));
}

std::string bytes_of(double bytes) {
  if (bytes < 1e3) return fmt::format("{:.0f} B", bytes);
  if (bytes < 1e6) return fmt::format("{:.0f} kB", bytes / 1e3);
  return fmt::format("{:.1f} MB", bytes / 1e6);
}

std::string paragraph(const std::string& text) {
  return text.empty() ? std::string() : "<p>" + escape_html(text) + "</p>\n";
}

/// A heading, and its entry in the list of contents.
struct Sections {
  std::string contents;
  std::string body;
  int count = 0;

  void add(const std::string& title, const std::string& text) {
    ++count;
    contents += fmt::format("<li><a href=\"#s{}\">{}</a></li>\n", count, escape_html(title));
    body += fmt::format("<section aria-labelledby=\"s{0}\">\n<h2 id=\"s{0}\">{1}</h2>\n{2}</section>\n",
                        count, escape_html(title), text);
  }
};

std::string pictures_of(const Session& session, const std::vector<ResultPicture>& pictures) {
  std::string out = "<div class=\"pictures\">\n";
  for (const ResultPicture& picture : pictures) {
    out += fmt::format("<figure><img src=\"{}\" alt=\"{}\"><figcaption>{}</figcaption></figure>\n",
                       address_of(picture.file), escape_html("Map: " + picture.caption),
                       escape_html(picture.caption));
  }
  out += "</div>\n<p>";
  for (const Actor& actor : session.atlas().actors) {
    if (&actor == &session.atlas().actors.front()) continue;  // nobody
    out += fmt::format("<span class=\"swatch\" style=\"background:{}\"></span>{} &ensp;",
                       escape_html(actor.color), escape_html(actor.name.empty() ? actor.id : actor.name));
  }
  return out + "</p>\n";
}

std::string sources_of(const Atlas& atlas) {
  std::string out = "<ul>\n";
  for (const Source& source : atlas.sources) {
    const std::string title = escape_html(source.title.empty() ? source.id : source.title);
    out += "<li>" + (is_web(source.url) ? fmt::format("<a href=\"{}\" rel=\"noopener noreferrer\">{}</a>",
                                                      escape_html(source.url), title)
                                        : title);
    std::string rest;
    for (const std::string& part : {source.author, source.date, source.licence})
      if (!part.empty()) rest += (rest.empty() ? "" : " · ") + part;
    if (!rest.empty()) out += " <span class=\"dim\">" + escape_html(rest) + "</span>";
    out += "</li>\n";
  }
  return out + "</ul>\n";
}

std::string files_of(const Json& index) {
  std::string out =
      "<div class=\"wide\"><table>\n<caption>Every file of this folder but index.json, which names them too, "
      "with "
      "SHA-256</caption>\n<thead><tr><th scope=\"col\">file</th><th scope=\"col\">what</th><th scope=\"col\" "
      "class=\"figure\">size</th></tr></thead>\n<tbody>\n";
  for (const Json& file : index["files"]) {
    out += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"figure\">{}</td></tr>\n",
                       link_to(file["file"].get<std::string>()), escape_html(file["what"].get<std::string>()),
                       bytes_of(file["bytes"].get<double>()));
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace

std::string result_page(const Session& session, const Json& index, const std::vector<ResultAnswer>& answers,
                        const std::vector<ResultPicture>& pictures) {
  const Atlas& atlas = session.atlas();
  const std::string title = escape_html(atlas.title.empty() ? atlas.id : atlas.title);
  Sections sections;
  if (!pictures.empty()) sections.add("Pictures", pictures_of(session, pictures));
  for (const ResultAnswer& answer : answers) {
    Rendering how;
    how.format = Format::html;
    how.document = answer.document;
    sections.add(answer.title, render(answer.report, how));
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
      "<header>\n<h1>{0}</h1>\n{2}{3}{4}<nav "
      "aria-label=\"Contents\"><ul>\n{5}</ul></nav>\n</header>\n<main>\n{6}</main>\n"
      "<footer>\n{7}<p>Checksum of the atlas: <code>{8}</code></p>\n<p>Made by marchland "
      "{9}.</p>\n</footer>\n</body>\n</html>\n",
      title, kStyle, paragraph(atlas.disclaimer), paragraph(atlas.attribution),
      has_map ? "<p><a class=\"map\" href=\"map.html\">Open the map through time</a></p>\n" : "",
      sections.contents, sections.body, notes, escape_html(atlas.checksum), MARCHLAND_VERSION);
}

}  // namespace marchland::cli
