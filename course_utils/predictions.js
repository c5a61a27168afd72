/* Predictions on a page: a choice is kept, answers and surprises are filled in. Every output that
   needs it brings it along; an element that was set up before stays as it is. */
(() => {
  const memory = (window.coursePredictions ??= {}); // for a browser that keeps nothing
  const kept = (key) => {
    try { return localStorage.getItem(key) ?? memory[key]; } catch { return memory[key]; }
  };
  const keep = (key, choice) => {
    memory[key] = choice;
    try { localStorage.setItem(key, choice); } catch { /* memory has it */ }
    window.dispatchEvent(new Event("course-prediction"));
  };
  const said = (element) => { // nothing, where the question had other choices then
    const choice = kept(element.dataset.key);
    return JSON.parse(element.dataset.choices).includes(choice) ? choice : undefined;
  };
  const fill = {
    question(element) {
      const choice = said(element);
      for (const radio of element.querySelectorAll("input")) radio.checked = radio.value === choice;
    },
    answer(element) {
      const choice = said(element), right = choice === element.dataset.answer;
      if (choice === undefined) return;
      element.querySelector("[data-said]").textContent = `You said ${choice} · measured`;
      element.querySelector("[data-verdict]").textContent = right ? "· as predicted" : "· a surprise";
    },
    surprises(element) {
      let made = 0, surprises = 0;
      for (const row of element.querySelectorAll("[data-key]")) {
        const choice = said(row), answer = row.dataset.answer;
        row.querySelector("[data-said]").textContent = choice ?? "–";
        if (choice === undefined || !answer) continue;
        made += 1;
        surprises += choice !== answer;
        row.style.fontWeight = choice === answer ? "normal" : "bold";
      }
      element.querySelector("[role=status]").textContent = made
        ? `Surprises: ${surprises} of ${made} predictions.` : "You have made no prediction yet.";
    },
  };
  for (const element of document.querySelectorAll("[data-course]:not([data-ready])")) {
    element.dataset.ready = "yes";
    if (element.dataset.course === "question") {
      const group = `prediction-${Math.random()}`; // its own, though the page shows it twice
      for (const radio of element.querySelectorAll("input")) {
        radio.name = group;
        radio.addEventListener("change", () => keep(element.dataset.key, radio.value));
      }
    }
    const refresh = () => fill[element.dataset.course](element);
    window.addEventListener("course-prediction", refresh);
    window.addEventListener("storage", refresh); // chosen in another tab
    refresh();
  }
})();
