const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = String.raw`(\d{2}):(\d{2}):(\d{2}|60)`;
const IMF = new RegExp(String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (\w{3}) (\d{4}) ${TIME} GMT$`);
const RFC_850 = new RegExp(
  String.raw`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d{2})-(\w{3})-(\d{2}) ${TIME} GMT$`,
);
const ASCTIME = new RegExp(String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3}) ([ \d]\d) ${TIME} (\d{4})$`);

/**
 * Reads an HTTP-date in each of its three forms (RFC 9110 section 5.6.7), and nothing that merely looks like a date.
 *
 * @param nowMs decides the century of the form with two digits
 * @returns milliseconds since 1970, or NaN
 */
export function parseHttpDate(text: string, nowMs = Date.now()): number {
  let found = IMF.exec(text);
  if (found !== null) return at(found[3], found[2], found[1], found[4], found[5], found[6]);
  found = RFC_850.exec(text);
  if (found !== null) {
    // More than 50 years ahead is taken as the past.
    const thisYear = new Date(nowMs).getUTCFullYear();
    let year = Math.floor(thisYear / 100) * 100 + Number(found[3]);
    if (year > thisYear + 50) year -= 100;
    return at(String(year), found[2], found[1], found[4], found[5], found[6]);
  }
  found = ASCTIME.exec(text);
  return found === null ? Number.NaN : at(found[6], found[1], found[2].trim(), found[3], found[4], found[5]);
}

/** IMF-fixdate. */
export function formatHttpDate(timeMs: number): string {
  return new Date(timeMs).toUTCString();
}

function at(year: string, month: string, day: string, hour: string, minute: string, second: string): number {
  const index = MONTHS.indexOf(month);
  if (index < 0 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return Number.NaN;
  const time = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second));
  // Day 31 of a month that has 30 is no date.
  return new Date(time - Number(second) * 1000).getUTCDate() === Number(day) ? time : Number.NaN;
}
