// Settings in the address: #scoreboard?table=4&role=target

// What the address asks of `id`; nothing if it speaks of something else.
const askedOf = (id) => {
  const [name, query = ""] = window.location.hash.slice(1).split("?");
  return name === id ? new URLSearchParams(query) : null;
};

// The address of a setting; commas and colons need no code there.
const addressOf = (id, setting) => {
  const parts = Object.entries(setting).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return parts.length ? `#${id}?${parts.join("&").replaceAll("%2C", ",").replaceAll("%3A", ":")}` : "";
};

// Go to an address: one step for Back, and none if it is the one that is there.
const goTo = (address) => {
  if (address === window.location.hash) return;
  const { pathname, search } = window.location;
  window.history.pushState(null, "", address || pathname + search);
};

// Say in the address what is set, without a step for Back.
const stayAt = (address) => {
  if (address !== window.location.hash) window.history.replaceState(null, "", address);
};
