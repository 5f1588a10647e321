// All that needs JavaScript: the key that goes to the search box, and copying. The pages are whole without it.
"use strict";

const box = document.getElementById("q");
const slash = document.getElementById("slash");
const OFF = "broadsheet: slash is off";

const remembered = () => { try { return localStorage.getItem(OFF) === "yes"; } catch { return false; } };
const remember = (off) => { try { localStorage.setItem(OFF, off ? "yes" : "no"); } catch { /* for this page only */ } };

let off = remembered();
const say = () => { slash.setAttribute("aria-pressed", String(off)); };

for (const element of document.querySelectorAll(".script-only")) element.hidden = false;
if (!box) slash.parentElement.hidden = true;
say();

slash.addEventListener("click", () => { off = !off; remember(off); say(); });

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || off || !box || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  box.focus();
  box.select();
});

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    const told = document.getElementById("copied");
    try {
      await navigator.clipboard.writeText(text.textContent);
      told.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(text);
      told.textContent = "Selected: copy it with the keyboard.";
    }
  });
}
