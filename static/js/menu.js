// details.menu closes on Escape, when one of its items is used, and when the person goes elsewhere.
const close = (menu) => {
  menu.open = false;
  menu.querySelector("summary").focus();
};
for (const type of ["click", "focusin"]) {
  document.addEventListener(type, ({ target }) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(target)) menu.open = false;
      else if (type === "click" && target.closest("li")) close(menu);
    }
  });
}
document.addEventListener("keydown", ({ key, target }) => {
  const menu = key === "Escape" && target.closest("details.menu[open]");
  if (menu) close(menu);
});
