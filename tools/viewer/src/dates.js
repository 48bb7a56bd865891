// Dates as the atlas writes them. Instants are seconds since 1970-01-01T00:00Z; a date without a time is a day of
// the atlas's convention. Years are astronomical, as in ISO 8601: 0000 is 1 BC, -0300 is 301 BC.

const DAY = 86400;

function utcSeconds(year, month, day, hour = 0, minute = 0, second = 0) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}

export class Calendar {
  /// `offset` of local time and `dayStarts`, both in minutes.
  constructor(offset, dayStarts) {
    this.offset = offset * 60;
    this.dayStarts = dayStarts * 60;
  }

  /// The first instant of a written date, as the command line takes it: a year, a month, a day, or an instant.
  /// Null for anything else.
  parse(text) {
    const found = /^\s*(-?\d{4,6})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(Z|[+-]\d\d:?\d\d)?)?)?)?\s*$/.exec(text);
    if (!found) return null;
    const [, year, month, day, hour, minute, second, zone] = found;
    const local = utcSeconds(+year, +(month ?? 1), +(day ?? 1), +(hour ?? 0), +(minute ?? 0), +(second ?? 0));
    if (local === null || +(hour ?? 0) > 24 || +(minute ?? 0) > 59) return null;
    if (hour === undefined) return local - this.offset + this.dayStarts;
    if (zone === undefined) return local - this.offset;
    if (zone === "Z") return local;
    const sign = zone[0] === "-" ? -1 : 1;
    return local - sign * (+zone.slice(1, 3) * 3600 + +zone.slice(-2) * 60);
  }

  /// The day that an instant lies in, and its time if the day does not begin then.
  format(seconds) {
    if (!Number.isFinite(seconds)) return "";
    const local = seconds + this.offset - this.dayStarts;
    const within = ((local % DAY) + DAY) % DAY;
    const date = new Date((local - within) * 1000);
    if (Number.isNaN(date.getTime())) return "";
    const two = (n) => String(n).padStart(2, "0");
    const year = date.getUTCFullYear();
    const text = `${year < 0 ? "-" : ""}${String(Math.abs(year)).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
    if (within === 0) return text;
    const clock = new Date((seconds + this.offset) * 1000);
    const day = this.dayStarts === 0 ? text : new Calendar(this.offset / 60, 0).format(seconds).slice(0, 10);
    return `${day}T${two(clock.getUTCHours())}:${two(clock.getUTCMinutes())}`;
  }

  year(seconds) {
    return new Date((seconds + this.offset) * 1000).getUTCFullYear();
  }

  /// The instant at which a year begins.
  beginOf(year) {
    return utcSeconds(year, 1, 1) - this.offset + this.dayStarts;
  }
}
