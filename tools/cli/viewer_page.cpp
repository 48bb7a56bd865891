#include "tools/cli/viewer_page.h"

#include <marchland/base/error.h>
#include <marchland/io/markup.h>

#include <string_view>

// The bundled page lies in the program as it is. It has two places that are filled here.
#ifdef MARCHLAND_VIEWER
__asm__(
    ".section .rodata\n"
    ".global marchland_viewer_begin\n"
    ".global marchland_viewer_end\n"
    "marchland_viewer_begin:\n"
    ".incbin \"" MARCHLAND_VIEWER
    "\"\n"
    "marchland_viewer_end:\n"
    ".byte 0\n"
    ".previous\n");
extern "C" {
extern const char marchland_viewer_begin[];
extern const char marchland_viewer_end[];
}
#endif

namespace marchland::cli {
namespace {

constexpr std::string_view kTitlePlace = "@TITLE@";
constexpr std::string_view kDataPlace = "@DATA@";

std::string_view viewer() {
#ifdef MARCHLAND_VIEWER
  return {marchland_viewer_begin, static_cast<std::size_t>(marchland_viewer_end - marchland_viewer_begin)};
#else
  return {};
#endif
}

/// As JSON still, without a character that could end a script element or begin a comment.
std::string script_text(const Json& data) {
  const std::string text = data.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string out;
  out.reserve(text.size() + text.size() / 64);
  for (const char c : text) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

bool has_viewer() {
  return !viewer().empty();
}

std::string viewer_page(const Json& data) {
  if (!has_viewer()) {
    throw Error(
        ErrorCode::failure,
        "this program was built without the page of the map; run 'tools/setup viewer' (it needs npm), "
        "then configure and build again, as tools/demo does");
  }
  const std::string_view page = viewer();
  const std::size_t title = page.find(kTitlePlace);
  const std::size_t place = page.find(kDataPlace);
  std::string out;
  out += page.substr(0, title);
  out += escape_markup(data.value("title", data["atlas"].get<std::string>()));
  out += page.substr(title + kTitlePlace.size(), place - title - kTitlePlace.size());
  out += script_text(data);
  out += page.substr(place + kDataPlace.size());
  return out;
}

}  // namespace marchland::cli
