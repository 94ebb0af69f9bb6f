const MOST_PINS = 3;

const defaults = (spec) =>
  Object.fromEntries(spec.parameters.map((parameter) => [parameter.name, parameter.default]));

// The state in the address: #quality?psi=2&axis=e&pin=psi:2,e:0.3
export const toHash = (spec, { values, axis, pins }) => {
  const short = (v) => Number(v.toPrecision(6));
  const changed = (point) => spec.parameters.filter((p) => point[p.name] !== p.default);
  const parts = changed(values).map((p) => `${p.name}=${short(values[p.name])}`);
  if (axis !== spec.axis) parts.push(`axis=${axis}`);
  for (const pin of pins) {
    parts.push(`pin=${changed(pin).map((p) => `${p.name}:${short(pin[p.name])}`).join(",")}`);
  }
  return parts.length ? `#${spec.id}?${parts.join("&")}` : "";
};

// Several explorers share an address: #quality?psi=2;profit?lam=0.3
const settings = (hash) => hash.replace(/^#/, "").split(";").filter((part) => part.includes("?"));
const isOf = (spec, part) => part.split("?")[0] === spec.id;

// The address with this explorer's setting in it, those of others kept.
export const inHash = (spec, hash, state) => {
  const others = settings(hash).filter((part) => !isOf(spec, part));
  const own = toHash(spec, state).slice(1);
  const all = own ? [...others, own] : others;
  return all.length ? `#${all.join(";")}` : "";
};

export const fromHash = (spec, hash) => {
  const state = { values: defaults(spec), axis: spec.axis, pins: [], problems: [] };
  const own = settings(hash).find((part) => isOf(spec, part));
  if (own === undefined) return null;
  const query = own.split("?")[1];
  const put = (point, name, text) => {
    const parameter = spec.parameters.find((p) => p.name === name);
    const value = Number(text);
    if (!parameter) state.problems.push(`The link names an unknown parameter, ${name}`);
    else if (text === "" || !(value >= parameter.low && value <= parameter.high)) {
      state.problems.push(
        `The link asks for ${parameter.glyph} = ${text}, outside ${parameter.low} to ${parameter.high}`,
      );
    } else point[name] = value;
  };
  for (const part of query.split("&").filter(Boolean)) {
    const [key, text = ""] = decodeURIComponent(part).split("=");
    if (key === "axis") {
      if (spec.axes.includes(text)) state.axis = text;
      else state.problems.push(`The link names an unknown axis, ${text}`);
    } else if (key === "pin") {
      const pin = defaults(spec);
      text.split(",").filter(Boolean).forEach((entry) => put(pin, ...entry.split(":")));
      state.pins = [...state.pins, pin].slice(-MOST_PINS);
    } else put(state.values, key, text);
  }
  return state;
};

