// A new error summary gets the focus; its links go to the field and show its label.
const meet = () => {
  const summary = document.querySelector(".errors[role]:not([tabindex])");
  if (!summary) return;
  summary.tabIndex = -1;
  summary.focus();
};
meet();
document.addEventListener("htmx:after:swap", meet);
document.addEventListener("click", (event) => {
  const link = event.target.closest(".errors a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.focus({ preventScroll: true });
  (field.labels?.[0] ?? field).scrollIntoView();
});
