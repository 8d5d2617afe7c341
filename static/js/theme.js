// The theme switch: the page changes at once, the form's POST happens behind it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const chosen = event.submitter;
  if (!chosen || !form.matches(".theme")) return;
  event.preventDefault();
  const page = document.documentElement;
  if (chosen.value === "auto") delete page.dataset.theme;
  else page.dataset.theme = chosen.value;
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", button === chosen);
  // "manual": the cookie is kept, the page behind the redirect is not fetched.
  const body = new URLSearchParams(new FormData(form, chosen));
  fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
});
