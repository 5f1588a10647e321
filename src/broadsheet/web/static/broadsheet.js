// What needs JavaScript besides the keys: copying. The pages are whole without it.
"use strict";

for (const element of document.querySelectorAll(".script-only")) element.hidden = false;

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
