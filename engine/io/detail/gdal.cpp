#include <marchland/io/detail/gdal.h>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gdal.h>

#include <algorithm>
#include <mutex>

namespace marchland::detail {
namespace {

// A damaged file can report a line per coordinate; a handful says as much.
constexpr std::size_t kMaxMessages = 5;

void CPL_STDCALL keep_message(CPLErr severity, CPLErrorNum /*number*/, const char* text) {
  auto* messages = static_cast<GdalMessages*>(CPLGetErrorHandlerUserData());
  if (severity != CE_None && severity != CE_Debug) messages->add(severity >= CE_Failure, text);
}

}  // namespace

void register_gdal() {
  static std::once_flag once;
  std::call_once(once, [] {
    GDALAllRegister();
    // Reading a large .gz must not leave a .gz.properties file beside the data.
    CPLSetConfigOption("CPL_VSIL_GZIP_WRITE_PROPERTIES", "NO");
    // These drivers make the list of their creation options when it is first asked for, without a lock;
    // rasters are made by several threads (a use after free with GDAL 3.6.2; OSGeo/gdal#12389 is the same of
    // another driver).
    for (const char* name : {"GTiff", "COG"})
      GDALGetMetadataItem(GDALGetDriverByName(name), GDAL_DMD_CREATIONOPTIONLIST, nullptr);
  });
}

GdalMessages::GdalMessages() {
  CPLPushErrorHandlerEx(keep_message, this);
}
GdalMessages::~GdalMessages() {
  CPLPopErrorHandler();
}

std::string GdalMessages::reason() const {
  return failures_.empty() ? "no reason given" : fmt::format("{}", fmt::join(failures_, "; "));
}

void GdalMessages::add(bool is_failure, std::string_view text) {
  auto& list = is_failure ? failures_ : warnings_;
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.remove_suffix(1);
  if (list.size() < kMaxMessages && std::find(list.begin(), list.end(), text) == list.end()) {
    list.emplace_back(text);
  }
}

}  // namespace marchland::detail
