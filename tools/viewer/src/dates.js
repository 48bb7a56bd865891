// Dates as the atlas writes them. Instants are seconds since 1970-01-01T00:00Z; a date without a time is a day of
// the atlas's convention. Years are astronomical, as in ISO 8601: 0000 is 1 BC, -0300 is 301 BC.

const DAY = 86400;
const two = (n) => String(n).padStart(2, "0");

/// Null where there is no such day.
function utcSeconds(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() / 1000 : null;
}

function isoDay(seconds) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  const year = date.getUTCFullYear();
  return `${year < 0 ? "-" : year > 9999 ? "+" : ""}${String(Math.abs(year)).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

export class Calendar {
  /// `offset` of local time and `dayStarts`, both in minutes.
  constructor(offset, dayStarts) {
    this.offset = offset * 60;
    this.dayStarts = dayStarts * 60;
  }

  /// The first instant of a written date, as the command line takes it: a year, a month, a day, or an instant with or
  /// without an offset; and as `forPeople` writes it. Null for anything else.
  parse(text) {
    const found = /^([+-]\d{4,5}|\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d):?(\d\d)(?::?(\d\d))?(?: ?\(?(?:([Zz]|UTC)|([+-])(\d\d):?(\d\d)?)\)?)?)?)?)?$/.exec(text.trim());
    if (!found) return null;
    const [, year, month, day, hour, minute, second, zulu, sign, zoneHour, zoneMinute] = found;
    const [h, m, s] = [hour, minute, second].map((part) => Number(part ?? 0));
    const date = utcSeconds(Number(year), Number(month ?? 1), Number(day ?? 1));
    const isEndOfDay = h === 24 && m === 0 && s === 0;
    if (date === null || Math.abs(year) > 30000 || (h > 23 && !isEndOfDay) || m > 59 || s > 59) return null;
    if (hour === undefined) return date - this.offset + this.dayStarts;
    const local = date + h * 3600 + m * 60 + s;
    if (zulu) return local;
    if (!sign) return local - this.offset;
    const [zh, zm] = [Number(zoneHour), Number(zoneMinute ?? 0)];
    if (zh > 18 || zm > 59) return null;
    return local - (sign === "-" ? -1 : 1) * (zh * 3600 + zm * 60);
  }

  /// The shortest text that is read back to the same instant, as the command line writes it: "2020-11-10" where the
  /// day begins, otherwise "2020-11-10T01:00:00+04:00". Empty for an open end.
  format(seconds) {
    if (!Number.isFinite(seconds)) return "";
    const local = seconds + this.offset;
    const within = (((local - this.dayStarts) % DAY) + DAY) % DAY;
    if (within === 0) return isoDay(local - this.dayStarts) ?? "";
    const clock = ((local % DAY) + DAY) % DAY;
    const day = isoDay(local - clock);
    if (day === null) return "";
    const zone = Math.abs(this.offset) / 60;
    return `${day}T${two(Math.floor(clock / 3600))}:${two(Math.floor(clock / 60) % 60)}:${two(clock % 60)}`
      + (this.offset === 0 ? "Z" : `${this.offset < 0 ? "-" : "+"}${two(Math.floor(zone / 60))}:${two(zone % 60)}`);
  }

  year(seconds) {
    return new Date((seconds + this.offset) * 1000).getUTCFullYear();
  }

  /// The instant at which a year begins.
  beginOf(year) {
    return utcSeconds(year, 1, 1) - this.offset + this.dayStarts;
  }
}

/// A date in fewer signs: "2020-11-10T01:00:00+04:00" is "2020-11-10 01:00 (+04:00)".
export function forPeople(text) {
  return text.replace(/T(\d\d:\d\d)(?::00|(:\d\d))(Z|[+-]\d\d:\d\d)$/, (_, time, second = "", zone) => ` ${time}${second} (${zone === "Z" ? "UTC" : zone})`);
}
