// Tables that can be sorted by a heading and narrowed by a word. Without this script they are simply there.
(() => {
  const LONG = 8; // rows; a shorter table needs no filter
  const folded = (text) => text.normalize("NFKC").toLowerCase();

  // What a cell is worth for sorting: nothing is last, months and numbers count, words go by their order.
  function worth(text) {
    const plain = text.normalize("NFKC").trim();
    if (plain === "" || plain === "—") return { rank: 2, value: 0 };
    const month = plain.match(/^(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?/);
    if (month) return { rank: 0, value: month[1] * 400 + month[2] * 32 + Number(month[3] || 0) };
    const day = plain.match(/^(\d{4})-(\d{2})-(\d{2})/);
    if (day) return { rank: 0, value: day[1] * 400 + day[2] * 32 + Number(day[3]) };
    const number = plain.match(/^[¥±]?([+−-]?)[¥]?([\d,]+(?:\.\d+)?)\s*(?:%|[^\d\s].{0,5})?$/);
    if (number) return { rank: 0, value: (number[1] === "" || number[1] === "+" ? 1 : -1) * Number(number[2].replaceAll(",", "")) };
    return { rank: 1, value: plain };
  }

  function compare(a, b, down) {
    if (a.rank !== b.rank) return a.rank - b.rank;
    const order = typeof a.value === "number" ? a.value - b.value : a.value.localeCompare(b.value, "ja", { numeric: true });
    return down ? -order : order;
  }

  // The rows a page folds away below the open ones belong to the same table.
  function joined(box, table) {
    const rest = box.nextElementSibling;
    const more = rest?.matches("details.rows") ? rest.querySelector("table") : null;
    const heads = (each) => [...each.querySelectorAll("thead th")].map((cell) => cell.textContent).join("\t");
    if (!more || heads(more) !== heads(table)) return null;
    const rows = [...more.tBodies[0].rows];
    table.tBodies[0].append(...rows);
    rest.remove();
    return rows;
  }

  function enhance(table) {
    const box = table.closest(".scroll");
    if (!box || !table.tBodies[0]) return;
    const kept = table.tBodies[0].rows.length;
    const folded_rows = joined(box, table);
    const body = table.tBodies[0];
    const original = [...body.rows];
    const sortable = !table.classList.contains("worklist");
    const tools = document.createElement("div");
    tools.className = "tools";
    let words = "", all = !folded_rows, order = null;

    const count = document.createElement("span");
    count.className = "count";
    count.setAttribute("role", "status");
    const more = document.createElement("button");
    more.type = "button";
    more.addEventListener("click", () => { all = !all; show(); });

    function show() {
      const wanted = folded(words).split(/\s+/).filter(Boolean);
      const rows = order ? original.map((row) => [row, worth(row.cells[order.at]?.textContent ?? "")])
        .sort((a, b) => compare(a[1], b[1], order.down)).map(([row]) => row) : original;
      body.append(...rows);
      let shown = 0, found = 0;
      for (const row of rows) {
        const text = folded(row.textContent);
        const match = wanted.every((word) => text.includes(word));
        found += match;
        const visible = match && (all || wanted.length > 0 || shown < kept);
        row.hidden = !visible;
        shown += visible;
      }
      count.textContent = wanted.length ? `${found.toLocaleString()}行` : shown < original.length ? `${original.length.toLocaleString()}行のうち${shown}行` : "";
      more.hidden = !folded_rows || wanted.length > 0;
      more.textContent = all ? `はじめの${kept}行だけにする` : `全${original.length.toLocaleString()}行を見る`;
    }

    if (original.length > LONG) {
      const label = document.createElement("label");
      label.textContent = "しぼり込み ";
      const input = document.createElement("input");
      input.type = "search";
      input.addEventListener("input", () => { words = input.value; show(); });
      label.append(input);
      tools.append(label, count);
      if (folded_rows) tools.append(more);
      box.before(tools);
    }
    if (sortable && original.length > 2) {
      const heads = [...table.querySelectorAll("thead th")];
      heads.forEach((head, at) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        button.title = "並べ替え";
        button.addEventListener("click", () => {
          // First the way a reader wants it: numbers from the largest, words from the first; then the other; then as it was.
          const first = head.classList.contains("number");
          order = order?.at !== at ? { at, down: first } : order.down === first ? { at, down: !first } : null;
          heads.forEach((each) => each.removeAttribute("aria-sort"));
          if (order) head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
          show();
        });
        head.append(button);
      });
    }
    show();
  }

  document.querySelectorAll(".scroll > table").forEach((table) => { if (table.isConnected) enhance(table); });
  document.documentElement.dataset.tables = "ready";
})();
