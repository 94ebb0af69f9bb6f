// Search that shows prose, counts phrases, and works from the file system.
"use strict";

(() => {
  // prose.js calls bookProse with {page: [[anchor, text], ...]}. Sphinx fetches whole pages
  // instead, which the file system forbids and which would bring code and formulas.
  const root = document.documentElement.dataset.content_root;
  let prose = {};
  let coming;
  const load = () =>
    (coming ??= new Promise((done) => {
      window.bookProse = (all) => (prose = all);
      const script = document.createElement("script");
      script.src = `${root}_static/prose.js`;
      script.onload = script.onerror = done;
      document.head.append(script);
    }));
  const sections = (page) => prose[page] ?? [];
  const textOf = (page) => sections(page).map(([, text]) => text).join(" ");
  const suffix = DOCUMENTATION_OPTIONS.FILE_SUFFIX;
  const fetchFile = window.fetch;
  window.fetch = async (url, ...options) => {
    const page = String(url).slice(root.length, -suffix.length);
    return page in prose ? { text: () => page } : fetchFile(url, ...options);
  };

  // The sentence with the phrase, or else with most of the words, and what follows it.
  const LENGTH = 240;
  let phrase = "";
  const hits = (text, wanted) => wanted.filter((one) => text.toLowerCase().includes(one)).length;
  Search.makeSearchSummary = (page, keywords, anchor) => {
    const own = sections(page).find(([name]) => `#${name}` === anchor)?.[1];
    const sentences = (own || textOf(page)).split(/(?<=[.!?:。]) +/);
    const wanted = [...keywords, ...Array(keywords.size + 1).fill(phrase)];
    const marks = sentences.map((one) => hits(one, wanted));
    const best = marks.indexOf(Math.max(...marks));
    let words = sentences.slice(best).join(" ");
    if (words.length > LENGTH) words = `${words.slice(0, LENGTH).replace(/\s+\S*$/, "")} …`;
    const summary = document.createElement("p");
    summary.className = "context";
    summary.textContent = (best > 0 && own === undefined ? "… " : "") + words;
    return words ? summary : null;
  };

  // A page that says the phrase comes before those that only have its words, the more so the
  // larger the phrase's part in it; a page named by it counts more than one of its sections.
  Scorer.score = ([page, title, anchor, , score]) => {
    const text = textOf(page).toLowerCase();
    const times = text.split(phrase).length - 1;
    const share = (1000 * times) / (text.split(" ").length || 1);
    const named = title.toLowerCase().includes(phrase) ? (anchor ? 10 : 30) : 0;
    return score + named + (times ? 20 + Math.min(share, 20) : 0);
  };

  // Sphinx takes text without spaces, such as Chinese, for one word: look for it as it stands.
  const byTerms = Search.performTermsSearch;
  Search.performTermsSearch = (...terms) => {
    const found = byTerms(...terms);
    const { docnames, titles, filenames } = Search._index;
    docnames.forEach((page, i) => {
      const known = found.some(([name]) => name === page);
      if (!known && textOf(page).toLowerCase().includes(phrase))
        found.push([page, titles[i], "", null, Scorer.term, filenames[i]]);
    });
    return found;
  };
  const query = Search.query;
  Search.query = async (words) => {
    await load();
    phrase = words.toLowerCase().trim();
    query(words);
  };
})();
