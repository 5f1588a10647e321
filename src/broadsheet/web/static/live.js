// A form with data-live is sent as soon as a choice in it changes, so that the reader sees what the choice does. Its
// button does the same, and is all there is without JavaScript.
"use strict";

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.dataset.live !== undefined && event.target.type === "radio" && form.checkValidity()) form.requestSubmit();
});
