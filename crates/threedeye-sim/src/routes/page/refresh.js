// Shows the page anew every few seconds, unless somebody is at work in it. Everything works without this.
"use strict";
history.replaceState(null, "", location.pathname);
let touched = false;
addEventListener("input", () => { touched = true; });
setInterval(() => {
  const focused = document.activeElement && document.activeElement !== document.body;
  const reading = String(getSelection()) !== "";
  if (!touched && !focused && !reading && !document.hidden) location.reload();
}, 5000);
