// Areas and lengths as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/// km2 with as many digits as say something: to the unit from 100 on, else to three digits.
export function km2(area) {
  const value = area / 1e6;
  if (value === 0) return "0";
  if (Math.abs(value) >= 100) return whole.format(value).replaceAll(",", "\u202f");
  if (Math.abs(value) < 0.005) return "< 0.01";
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/// A figure rounded to what its band supports: to the unit above a tenth of its width.
export function km2Within(area, low, high) {
  const spread = (high - low) / 1e6;
  if (!(spread > 0)) return km2(area);
  const unit = 10 ** Math.floor(Math.log10(spread / 2));
  if (unit < 1) return km2(area);
  return whole.format(Math.round(area / 1e6 / unit) * unit).replaceAll(",", "\u202f");
}

export function km(length) {
  const value = length / 1e3;
  return value >= 100 ? whole.format(value).replaceAll(",", "\u202f") : value.toFixed(1);
}
