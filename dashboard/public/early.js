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

  // The running week by this machine's calendar, which nearly always is the challenge's; if it is not, the code asks for the right one.
  const monday = new Date();
  monday.setDate(monday.getDate() - ((monday.getDay() + 6) % 7));
  const thursday = new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + 3, 12); // It has the week's year (ISO 8601).
  const number = Math.ceil((thursday - new Date(thursday.getFullYear(), 0, 1)) / 604_800_000);
  const twoDigits = (value) => String(value).padStart(2, '0');
  const week = `weeks/${thursday.getFullYear()}-W${twoDigits(number)}.json`;
  const month = `months/${monday.getFullYear()}-${twoDigits(monday.getMonth() + 1)}.json`;

  const [, wanted, view = 'now'] = location.hash.split('/');
  const askFor = (channel) => {
    if (!/^[A-Za-z0-9_-]+$/.test(channel)) return;
    const names = ['index.json', 'members.json', ...(view === 'now' ? [week, month] : [])];
    for (const name of names) void ask(`${channel}/${name}`);
  };
  const challenges = ask('challenges.json');
  const channel = wanted || kept('til.channel');
  if (channel) askFor(channel);
  else
    challenges
      ?.then((answer) => answer.clone().json())
      .then((list) => askFor(list.challenges[0].channel))
      .catch(() => {}); // No challenge yet, or out of reach: the code says so.
}
