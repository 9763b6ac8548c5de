// Narrows the table below the choices of the same box. Without scripts the whole table stays.
for (const box of document.querySelectorAll("details.claims")) {
  const rows = [...box.querySelectorAll("tbody tr")];
  const choices = [...box.querySelectorAll("select")];
  const narrow = () => {
    let shown = 0;
    for (const row of rows) {
      const fits = choices.every((each) => !each.value || row.cells[each.dataset.column].textContent === each.value);
      row.style.display = fits ? "" : "none"; // `hidden` belongs to the search of the page
      shown += fits;
    }
    const told = box.querySelector("output");
    if (told) told.textContent = `${shown}件`;
  };
  for (const each of choices) each.onchange = narrow;
}
