"use strict";
// The page holds both languages; without this script it shows both.
const root = document.documentElement;

function remembered() {
  try { return localStorage.getItem("dlgrade-lang"); } catch { return null; }
}

function speak(lang) {
  root.lang = root.dataset.lang = lang;
  const button = document.getElementById("switch");
  if (!button) return;
  const other = lang === "en" ? "zh" : "en";
  button.lang = other;
  button.textContent = other === "zh" ? "中文" : "English";
  button.hidden = false;
}

// Runs before the page is painted, so that the other language never flashes up.
speak(remembered() || ((navigator.language || "").toLowerCase().startsWith("zh") ? "zh" : "en"));

document.addEventListener("DOMContentLoaded", () => {
  speak(root.dataset.lang);
  document.getElementById("switch").addEventListener("click", () => {
    speak(root.dataset.lang === "en" ? "zh" : "en");
    try { localStorage.setItem("dlgrade-lang", root.dataset.lang); } catch { /* a private window */ }
  });
});

// Opens folded parts for printing.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const details of folded) details.open = true;
});
addEventListener("afterprint", () => { for (const details of folded) details.open = false; });
