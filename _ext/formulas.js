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
    .replace(/ (xmlns|data-mjx-[a-z]+)="[^"]*"/g, "");
}

// An equation's identifier is left out: it would stand on a page as often as the equation does.
function typeset(tex, display) {
  input.reset();
  const item = new page.options.MathItem(tex, input, display);
  item.start.node = adaptor.body(page.document);
  item.setMetrics(16, 8, 1280, 1e6, 1);
  item.convert(page);
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
