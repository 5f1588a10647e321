// Everything that needs JavaScript except the keys: copying, confirming at once, the reader's time zone, and acting on
// a paper without leaving the page. The page is complete without it.
"use strict";

for (const element of document.querySelectorAll(".script-only")) element.hidden = false;

for (const field of document.querySelectorAll("[data-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || field.value;
}

// The button of an emailed link presses itself, so that no reader forgets the second step.
document.querySelector("form[data-press]")?.requestSubmit();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    const status = document.getElementById("copied");
    try {
      await navigator.clipboard.writeText(text.textContent);
      status.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(text);
      status.textContent = "Text selected. Copy it with the keyboard.";
    }
  });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest('button[form="acts"]');
  if (!button) return;
  event.preventDefault();
  const paper = button.closest("article");
  if (paper.dataset.busy) return;
  paper.dataset.busy = "yes";
  const body = new URLSearchParams(new FormData(button.form));
  body.set(button.name, button.value);
  try {
    const answer = await fetch(button.form.action, { method: "POST", body, headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const { html, said } = await answer.json();
    const made = document.createElement("template");
    made.innerHTML = html.trim();
    for (const fresh of [...made.content.children]) document.getElementById(fresh.id)?.replaceWith(fresh);
    for (const [act, mark] of [["read", "read"], ["decline", "declined"]]) {
      const pressed = paper.querySelector(`[data-act="${act}"]`)?.getAttribute("aria-pressed") === "true";
      paper.classList.toggle(mark, pressed);
    }
    paper.querySelector(`[data-act="${button.dataset.act}"]`)?.focus({ preventScroll: true });
    document.getElementById("said").textContent = said;
  } catch {
    button.form.requestSubmit(button);
  } finally {
    delete paper.dataset.busy;
  }
});
