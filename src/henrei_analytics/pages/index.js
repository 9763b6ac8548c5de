// The index: narrow it to an institution or a page, and search the figures. Without this script everything is listed.
(() => {
  const { figures, offices } = JSON.parse(document.getElementById("figures").textContent);
  const folded = (text) => text.normalize("NFKC").toLowerCase();
  for (const figure of figures) figure.all = folded([figure.title, figure.question, figure.page_title, figure.name, figure.words].join(" "));
  const [input, office, page] = ["words", "office", "page"].map((id) => document.getElementById(id));
  const [found, said] = ["found", "said"].map((id) => document.getElementById(id));

  function link(figure, key) {
    const anchor = document.createElement("a");
    anchor.href = figure.at[key];
    anchor.textContent = Object.keys(offices).length > 1 ? offices[key] : "開く";
    return anchor;
  }

  function search() {
    const wanted = folded(input.value).split(/\s+/).filter(Boolean);
    const hits = !wanted.length ? [] : figures.filter((figure) =>
      wanted.every((word) => figure.all.includes(word)) && (!page.value || figure.page === page.value) && (!office.value || figure.at[office.value]));
    // A word in the title says more than one in the definition.
    const rank = (figure) => wanted.filter((word) => folded(figure.title).includes(word)).length;
    hits.sort((a, b) => rank(b) - rank(a));
    found.replaceChildren(...hits.map((figure) => {
      const item = document.createElement("li");
      const title = document.createElement("strong");
      title.textContent = figure.title;
      const where = document.createElement("span");
      where.textContent = ` ${figure.page_title}　`;
      const question = document.createElement("p");
      question.textContent = figure.question;
      const keys = Object.keys(figure.at).filter((key) => !office.value || key === office.value);
      item.append(title, where, ...keys.flatMap((key) => [link(figure, key), " "]), question);
      return item;
    }));
    said.textContent = wanted.length ? (hits.length ? `${hits.length}件の図と表` : "見つかりません") : "";
  }

  function narrow() {
    document.querySelectorAll("[data-office]").forEach((each) => { each.hidden = office.value !== "" && each.dataset.office !== office.value; });
    document.querySelectorAll("[data-page]").forEach((each) => { each.hidden = page.value !== "" && each.dataset.page !== page.value; });
    if (page.value) document.querySelectorAll("details.earlier").forEach((each) => { each.open = true; });
    search();
  }

  document.getElementById("finder").addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", search);
  office.addEventListener("change", narrow);
  page.addEventListener("change", narrow);
  document.getElementById("finder").hidden = false;
  narrow(); // a browser keeps what was chosen when one comes back
  document.documentElement.dataset.index = "ready";
})();
