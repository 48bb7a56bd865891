#include <marchland/io/csv.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace marchland {
namespace {

using Json = nlohmann::ordered_json;

Json datatype_of(CsvColumn::Type type) {
  switch (type) {
    case CsvColumn::Type::text:
      break;
    case CsvColumn::Type::integer:
      return "integer";
    case CsvColumn::Type::real:
      return "double";
    case CsvColumn::Type::instant:
      return "dateTimeStamp";
    case CsvColumn::Type::boolean:
      return "boolean";
    case CsvColumn::Type::wkt:
      return {{"@id", "http://www.opengis.net/ont/geosparql#wktLiteral"}, {"base", "string"}};
  }
  return "string";
}

/// A file name as a relative URL: what RFC 3986 reserves is escaped, and so is ':', which would end a scheme.
std::string url_of(const std::string& name) {
  std::string url;
  for (const char c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      url += c;
    } else {
      url += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return url;
}

}  // namespace

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_metadata(const std::filesystem::path& path, const std::string& title,
                         const std::vector<CsvColumn>& columns, const Provenance& provenance) {
  Json document;
  document["@context"] = "http://www.w3.org/ns/csvw";
  document["url"] = url_of(path.filename().string());
  if (!title.empty()) document["dc:title"] = title;
  Json list = Json::array();
  for (const CsvColumn& column : columns) {
    Json entry{{"name", column.name}, {"titles", column.name}};
    if (!column.title.empty() && column.title != column.name) entry["dc:description"] = column.title;
    entry["datatype"] = datatype_of(column.type);
    list.push_back(std::move(entry));
  }
  document["tableSchema"]["columns"] = std::move(list);
  document["marchland"] = Json::parse(to_json(provenance));
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_csv(const std::filesystem::path& path, std::string_view text, const std::string& title,
               const std::vector<CsvColumn>& columns, const Provenance& provenance, Existing existing) {
  OutputPair files(path, metadata_path(path), existing);
  files.write(text, csv_metadata(path, title, columns, provenance));
  files.commit();
}

}  // namespace marchland
