// What cannot wait for the page's code. An own file: the page's policy allows no inline script.
{
  const kept = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // Storage is closed to us: the system's theme it is, and the first challenge.
    }
  };

  // Before the first paint, so that a kept choice never flashes.
  const theme = kept('til.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;

  // The first snapshots travel while the code does; it takes the answers from here.
  const channel = location.hash.split('/')[1] || kept('til.channel') || '';
  const own = /^[A-Za-z0-9_-]+$/.test(channel) ? [`${channel}/index.json`, `${channel}/members.json`] : [];
  window.early = new Map(
    ['challenges.json', ...own].map((name) => {
      const address = `./snapshots/${name}`;
      const answer = fetch(address, { cache: 'no-cache' });
      answer.catch(() => {}); // Whoever takes it sees the failure; nobody else needs to.
      return [address, answer];
    }),
  );
}
