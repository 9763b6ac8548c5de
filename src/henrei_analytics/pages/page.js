// Draws each chart from its specification; the SVG that came with the page stays for print, and stays visible
// where drawing fails.
const timeFormatLocale = JSON.parse(document.getElementById("time-locale").textContent);

const LEAST = 200, BESIDE = 70; // pixels: the narrowest plot, and what stands beside it
const NARROW = 560; // pixels; below this a legend has fewer columns

function fitted(spec, box) {
  // Charts of one view follow the width of their box.
  const fluid = typeof spec.width === "number" ? { width: "container", autosize: { type: "fit-x", contains: "padding" } } : {};
  // Charts one below the other follow it too: scrolled sideways, the newest months would be out of sight.
  if (spec.vconcat) {
    const width = Math.max(LEAST, box.clientWidth - BESIDE);
    fluid.vconcat = spec.vconcat.map((part) => ({ ...part, width }));
  }
  const columns = box.clientWidth < NARROW ? 3 : spec.config.legend.columns;
  return { ...spec, ...fluid, config: { ...spec.config, legend: { ...spec.config.legend, columns } } };
}

async function draw(box) {
  const spec = JSON.parse(document.getElementById(box.dataset.spec).textContent);
  const live = document.createElement("div");
  live.className = "live";
  box.append(live);
  try {
    await window.vegaEmbed(live, fitted(spec, box), { mode: "vega-lite", actions: false, renderer: "canvas", timeFormatLocale });
    box.classList.add("drawn");
  } catch (error) {
    live.remove();
    console.error(`${box.dataset.spec}: ${error.message}`);
  }
}

// The fonts decide the widths of the labels, so they come first.
document.fonts.ready
  .then(() => Promise.all([...document.querySelectorAll(".chart[data-spec]")].map(draw)))
  .then(() => document.documentElement.setAttribute("data-charts", "ready"));
