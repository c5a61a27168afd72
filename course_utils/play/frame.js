// The frame follows the page around it: its theme (JupyterLab, nbconvert, Sphinx) and this height.
function followTheme(outer) {
  const {jpThemeLight} = outer.body.dataset, {theme} = outer.documentElement.dataset;
  const name = jpThemeLight ? (jpThemeLight === "true" ? "light" : "dark") : theme;
  document.body.className = name === "light" || name === "dark" ? name : "";
}

function follow() {
  const frame = window.frameElement, outer = window.parent.document, page = document.documentElement;
  if (!frame) return;
  followTheme(outer);
  const attributes = {attributeFilter: ["data-jp-theme-light", "data-theme"]};
  for (const element of [outer.body, outer.documentElement]) {
    new MutationObserver(() => followTheme(outer)).observe(element, attributes);
  }
  new ResizeObserver(() => { frame.style.height = `${page.offsetHeight}px`; }).observe(page);
}

try {
  follow();
} catch (error) {
  // A frame in a page of another origin keeps its height and takes the system's theme.
  if (!(error instanceof DOMException)) throw error;
}

// The figure is ready to be used, or says why not.
function begin(ready) {
  ready.then(() => { document.body.dataset.ready = "yes"; }, error => {
    document.getElementById("said").textContent =
      `This figure needs a newer browser (Chrome 80, Firefox 113, Safari 16.4). ${error}`;
  });
}
