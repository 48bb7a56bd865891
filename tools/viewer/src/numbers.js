// Areas and lengths as people read them: as the tables of the command line write them (tools/cli/report.cpp).

/// Decimals of a figure without a band, as of `--round`.
const DECIMALS = 2;

/// Thousands apart; decimals below 0 round to tens, hundreds, ...
function withThousands(value, decimals) {
  const unit = 10 ** Math.max(0, -decimals);
  const rounded = decimals < 0 ? Math.sign(value) * Math.round(Math.abs(value) / unit) * unit : value;
  const text = rounded.toFixed(Math.max(0, decimals));
  const [whole, part] = text.replace(/^-(?=[0.]*$)/, "").split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") + (part === undefined ? "" : `.${part}`);
}

/// To how many decimals a figure is worth writing that is known within a band: the half of the band to two digits
/// where they are below 36, else to one (the rule of the Particle Data Group).
export function decimalsOf(low, high, most = DECIMALS) {
  const half = (high - low) / 2;
  if (!(half > 0)) return most;
  const exponent = Math.floor(Math.log10(half));
  return Math.min(most, (half / 10 ** exponent < 3.55 ? 1 : 0) - exponent);
}

const bandDecimals = (low, high) => (low === null || high === null ? DECIMALS : decimalsOf(low / 1e6, high / 1e6));

/// km2, rounded to what its band supports.
export function km2(area, low = null, high = null) {
  return withThousands(area / 1e6, bandDecimals(low, high));
}
/// The band itself.
export function km2Band(low, high) {
  const decimals = bandDecimals(low, high);
  const least = withThousands(low / 1e6, decimals);
  return low === high ? least : `${least}–${withThousands(high / 1e6, decimals)}`;
}
/// Of what changed, whose own band the page does not have: as the areas that it is a part of, [{low, high}], but to
/// two digits at least, for lines that two dates share make it surer than these.
export function km2Of(area, bands) {
  const digits = area === 0 ? DECIMALS : 1 - Math.floor(Math.log10(Math.abs(area) / 1e6));
  const decimals = Math.min(DECIMALS, ...bands.map(({ low, high }) => bandDecimals(low, high)));
  return withThousands(area / 1e6, Math.min(DECIMALS, Math.max(decimals, digits)));
}

export function km(length) {
  return withThousands(length / 1e3, DECIMALS);
}
