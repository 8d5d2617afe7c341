// <time datetime data-relative> says how long ago; its title keeps the exact time. After a week the date says more.
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || undefined, { numeric: "auto" });
const DAY = 864e5;
const midnight = (when) => new Date(when).setHours(0, 0, 0, 0);
const tick = () => {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const then = Date.parse(time.dateTime);
    const gap = Math.abs(then - now);
    if (!(gap < 7 * DAY)) continue;
    time.title ||= time.textContent;
    time.textContent =
      gap < 6e4 ? words.format(0, "second")
      : gap < 36e5 ? words.format(Math.trunc((then - now) / 6e4), "minute")
      : gap < DAY ? words.format(Math.trunc((then - now) / 36e5), "hour")
      : words.format(Math.round((midnight(then) - midnight(now)) / DAY), "day");
  }
};
tick();
setInterval(tick, 6e4);
document.addEventListener("htmx:after:swap", tick);
