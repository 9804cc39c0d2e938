"use strict";
// Both languages are in the page; without this script both are shown.
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

// Before the page is painted, so that the other language does not flash up.
speak(remembered() || ((navigator.language || "").toLowerCase().startsWith("zh") ? "zh" : "en"));

document.addEventListener("DOMContentLoaded", () => {
  speak(root.dataset.lang);
  document.getElementById("switch").addEventListener("click", () => {
    speak(root.dataset.lang === "en" ? "zh" : "en");
    try { localStorage.setItem("dlgrade-lang", root.dataset.lang); } catch { /* a private window */ }
  });
});

// What is folded on the screen is open on paper.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const one of folded) one.open = true;
});
addEventListener("afterprint", () => { for (const one of folded) one.open = false; });
