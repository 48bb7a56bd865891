// What figures a view has, row by row: for the panel, for a saved picture, for what is read aloud.
import { UNKNOWN } from "./model.js";
import { km2, km2Band, km2Of } from "./numbers.js";

/// The dates of a view in their order: one or two, the earlier first.
export function datesOf(view) {
  return view.mode === "date" ? [view.t] : [Math.min(view.from, view.t), Math.max(view.from, view.t)];
}

/// Areas at dates: {id, number, name, language, figures: [{area, low, high, text, band, dateBand}]}, a figure for each date;
/// parties in a steady order. `number` is undefined for a holder that only figures have.
export function figureRows(model, dates) {
  const holders = model.data.themes[model.primary].holders;
  const numbers = new Map(holders.map((h, i) => [h.id, i]));
  const at = dates.map((t) => new Map(model.figuresAt(t).map((row) => [row.id, row])));
  return model.holdersEver().map((id) => {
    const number = numbers.get(id);
    return {
      id, number, name: number === undefined ? id : model.holderName(model.primary, number),
      language: number === undefined ? null : model.languageOf(model.primary, number),
      figures: at.map((of) => {
        const { area = 0, low = null, high = null, dateLow = null, dateHigh = null } = of.get(id) ?? {};
        const hasBand = low !== null && high !== null;
        const isDoubtful = dateLow !== null && (dateLow !== area || dateHigh !== area);
        return {
          area, low, high, text: area > 0 ? km2(area, low, high) : isDoubtful ? "0" : "–", band: hasBand && area > 0 ? km2Band(low, high) : null,
          dateBand: isDoubtful ? `${km2(dateLow)}–${km2(dateHigh)}` : null,
        };
      }),
    };
  });
}

/// Lines of contact at dates: {first, second, lengths}, the longest first.
export function contactRows(model, dates) {
  const rows = new Map();
  dates.forEach((t, i) => {
    for (const { first, second, length } of model.contacts(model.holdersAt(model.primary, t))) {
      const key = `${first} ${second}`;
      if (!rows.has(key)) rows.set(key, { first, second, lengths: dates.map(() => 0) });
      rows.get(key).lengths[i] = length;
    }
  });
  return [...rows.values()].sort((a, b) => Math.max(...b.lengths) - Math.max(...a.lengths));
}

/// What changed between two dates, of one party or of all (null): changes as the model has them, with `parties`,
/// `passed` and `places` of that party; and how their figures are written.
export function changeRows(model, [from, to], party) {
  const changes = model.changes(from, to);
  const bandsAt = [from, to].map((t) => new Map(model.figuresAt(t).map((row) => [row.id, row])));
  const bands = (holders) => holders.filter((h) => h !== UNKNOWN).flatMap((h) => bandsAt.map((of) => of.get(model.holder(model.primary, h).id)))
    .filter((row) => row && row.low !== null && row.high !== null);
  // One patch of ground is written alike, whoever gained and lost it.
  const ofChanges = bands(changes.parties.filter((p) => p.gained + p.lost > 0).map((p) => p.holder));
  const isOf = ({ from: a, to: b }) => party === null || a === party || b === party;
  return {
    ...changes, hasBands: bandsAt.some((of) => [...of.values()].some((row) => row.low !== null)),
    parties: changes.parties.filter((p) => party === null || p.holder === party),
    passed: changes.passed.filter(isOf), places: model.placesChanged(changes).filter(isOf),
    text: (area) => km2Of(area, ofChanges), heldText: ({ holder, held }) => km2Of(held, bands([holder])),
  };
}

/// What areas of a theme are called.
export const AREA_WORDS = { control: "Area under control", claim: "Area claimed", border: "Area within borders", zone: "Area of zones" };

/// Of how many rows a list is made shorter.
export const MANY = 14;
