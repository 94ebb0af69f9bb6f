// Sets TeX outside a browser, by MathJax's parts on its own small DOM. Defines two functions:
// typeset(tex, display) gives HTML with MathML for screen readers, styleSheet() all rules.
const parts = MathJax._;
const adaptor = parts.adaptors.liteAdaptor.liteAdaptor();
parts.handlers.html_ts.RegisterHTMLHandler(adaptor);
const input = new parts.input.tex_ts.TeX({
  packages: ["base", "ams", "newcommand"],
  formatError: (_, error) => {
    throw new Error(error.message);
  },
});
const font = new parts.output.chtml.fonts.tex_ts.TeXFont({ fontURL: "formulas" });
const output = new parts.output.chtml_ts.CHTML({ font, adaptiveCSS: false });
const page = parts.mathjax.mathjax.document("", { InputJax: input, OutputJax: output });
const mathml = new parts.core.MmlTree.SerializedMmlVisitor.SerializedMmlVisitor();

function spoken(root) {
  return mathml
    .visitTree(root)
    .replace(/\n */g, "")
    .replace(/ (xmlns|data-name|data-mjx-[a-z]+)="[^"]*"/g, "");
}

const read = (node) =>
  node.isToken ? node.getText().replace("\u2217", "*") : node.childNodes.map(read).join("");

// Writes on each part that may be a symbol, such as φ_D, λ* or dig, how a reader sees it. A letter
// with an index, an asterisk, a zero above or an accent is another symbol than the letter; a name
// keeps its meaning, and so does a base with a power, but for e to the power of what is no number.
function name(node) {
  if (!node || node.isKind("mtext")) return;
  if (node.isKind("mi")) {
    if (node.attributes.get("mathvariant") !== "normal") node.attributes.set("data-name", read(node));
  } else if (node.isKind("msub") || node.isKind("msup") || node.isKind("msubsup")) {
    const [base, first, second] = node.childNodes;
    const [below, above] = node.isKind("msup") ? [null, first] : [first, second];
    const power = above ? read(above) : "";
    const own = /^[*0]$/.test(power);
    const whole = read(base) + (below ? `_${read(below)}` : "") + (own ? power : "");
    if (whole !== read(base)) node.attributes.set("data-name", whole);
    const same = !below && !own && (read(base) !== "e" || /^\d+$/.test(power));
    if (same || read(base).length > 1) name(base);
    if (above) name(above);
  } else if (!node.isKind("mover") && !node.isKind("munder")) node.childNodes?.forEach(name);
}

// An equation's identifier is left out: it would stand on a page as often as the equation does.
function typeset(tex, display) {
  input.reset();
  const item = new page.options.MathItem(tex, input, display);
  item.start.node = adaptor.body(page.document);
  item.setMetrics(16, 8, 1280, 1e6, 1);
  item.compile(page);
  name(item.root);
  item.typeset(page);
  const drawn = adaptor.firstChild(item.typesetRoot);
  adaptor.setAttribute(drawn, "aria-hidden", "true");
  const form = display ? "block" : "inline";
  const hidden = adaptor.node("mjx-assistive-mml", { unselectable: "on", display: form });
  adaptor.append(item.typesetRoot, hidden);
  return adaptor
    .outerHTML(item.typesetRoot)
    .replace("</mjx-assistive-mml>", () => `${spoken(item.root)}</mjx-assistive-mml>`)
    .replace(/ (id="mjx-eqn[^"]*"|style="height: NaNem;")/g, "");
}

const styleSheet = () => adaptor.textContent(output.styleSheet(page));
