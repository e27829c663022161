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

  // The first snapshots travel while the code does, which nearly always comes later and takes the answers from here.
  window.early ??= new Map();
  const ask = (name) => {
    const address = `./snapshots/${name}`;
    if (window.early.has(address)) return; // The code was first.
    const answer = fetch(address, { cache: 'no-cache' });
    answer.catch(() => {}); // Whoever takes it sees the failure; nobody else needs to.
    window.early.set(address, answer);
    return answer;
  };

  // Each challenge's latest week, `<channel>/<week>/<month>`, as the server wrote it into the page (a page that is only stored has
  // `<channel>`); else as it was at the last visit; else as the index says once it is here. None of them is guessed: a week that is not
  // there yet would be a 404.
  const SAFE = /^[A-Za-z0-9_-]+$/;
  const written = document.querySelector('meta[name="til"]')?.content ?? '';
  const hints = written
    .split(' ')
    .map((hint) => hint.split('/'))
    .filter((hint) => [1, 3].includes(hint.length) && hint.every((word) => SAFE.test(word)));
  const askForWeek = (channel, week, month) => {
    void ask(`${channel}/weeks/${week}.json`);
    void ask(`${channel}/months/${month}.json`);
  };

  const [, wanted, view = 'now'] = location.hash.split(/[/?]/);
  const askFor = (channel) => {
    if (!SAFE.test(channel)) return;
    const index = ask(`${channel}/index.json`);
    void ask(`${channel}/members.json`);
    if (view !== 'now') return;
    const before = (kept('til.latest') ?? '').split('/');
    const hint = [...hints, before].find((each) => each[0] === channel && each.length === 3);
    if (hint) return askForWeek(...hint);
    index
      ?.then((answer) => answer.clone().json())
      .then(({ weeks }) => askForWeek(channel, weeks.at(-1).week, weeks.at(-1).month))
      .catch(() => {}); // No week yet, or out of reach: the code says so.
  };
  const challenges = ask('challenges.json');
  const channel = wanted || kept('til.channel') || hints[0]?.[0];
  if (channel) askFor(channel);
  else
    challenges
      ?.then((answer) => answer.clone().json())
      .then((list) => askFor(list.challenges[0].channel))
      .catch(() => {}); // No challenge yet, or out of reach: the code says so.
}
