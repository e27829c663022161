// Runs before the first paint, so that a kept choice never flashes. An own file: the page's policy allows no inline script.
try {
  const theme = localStorage.getItem('til.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to us: the system's theme it is.
}
