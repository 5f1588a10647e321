// The page of a paper with JavaScript: the note saves itself, citations and the address are copied or shared, and why two
// papers are similar is loaded when it is opened. The page is complete without it.
"use strict";

{
  const status = (button) => button.closest(".row").querySelector('[role="status"]');

  document.addEventListener("click", async (event) => {
    const copies = event.target.closest("[data-copies]");
    if (!copies) return;
    const source = document.getElementById(copies.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      status(copies).textContent = "Copied";
    } catch {
      if (source.select) source.select(); else getSelection().selectAllChildren(source);
      status(copies).textContent = "Text selected. Copy it with the keyboard.";
    }
  });

  for (const button of document.querySelectorAll("[data-shares]")) {
    if (!navigator.share) break;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.share({ title: button.dataset.shares, url: document.getElementById("address").value }).catch(() => {});
    });
  }

  document.addEventListener("toggle", async (event) => {
    const details = event.target;
    if (!details.matches("details[data-loads]") || !details.open || details.dataset.loaded) return;
    details.dataset.loaded = "yes";
    const place = details.querySelector("div");
    const link = place.innerHTML;
    place.textContent = "Comparing…";
    try {
      const answer = await fetch(details.dataset.loads);
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = page.getElementById("alike");
      part.removeAttribute("id");
      place.replaceChildren(document.adoptNode(part));
    } catch {
      place.innerHTML = link;
      delete details.dataset.loaded;
    }
  }, true);

  // The note: saved a second after the last key, one request at a time, and at the latest when the page is left.
  const form = document.querySelector("form[data-note]");
  if (form) {
    const field = form.elements.text;
    const state = document.getElementById("note-state");
    let saved = field.value;
    let timer = 0;
    let busy = false;

    const save = async (leaving) => {
      clearTimeout(timer);
      if (busy && !leaving) return;
      const text = field.value;
      if (text === saved) { state.textContent = "Saved"; return; }
      busy = true;
      state.textContent = "Saving…";
      try {
        const body = new URLSearchParams(new FormData(form));
        const answer = await fetch(form.action, {
          method: "POST", body, keepalive: leaving === true, headers: { accept: "application/json" },
        });
        if (!answer.ok) throw new Error(answer.status === 429 ? "too often" : "refused");
        saved = text;
        state.textContent = text.trim() ? "Saved" : "Note removed";
      } catch {
        state.textContent = "Not saved. Press Save to try again.";
        busy = false;
        return;
      }
      busy = false;
      if (field.value !== saved) timer = setTimeout(save, 1_000);
    };

    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, 1_000);
      if (!busy) state.textContent = "Not saved yet";
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && field.value !== saved) save(true); });
  }
}
