/** What the page's HTML says of one challenge before any script runs. */
export interface ChallengeNow {
  channel: string;
  name: string;
  locale: 'ko' | 'en';
  /** Its latest week; undefined before the first. */
  latest?: {
    week: string;
    month: string;
    label: string;
    participants: number;
    members: number;
    posts: number;
    likes: number;
  };
}

const HEAD = /<!--til:head-->.*?<!--\/til:head-->/s;
const BODY = /<!--til:body-->.*?<!--\/til:body-->/s;
const SAFE = /^[A-Za-z0-9_-]+$/;
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * The built page with what it shows in words: its title, what a link to it unfurls as, and, for who has no script, the numbers of each
 * challenge's latest week. `address` is where the page is (`https://til.example/`), for the picture, which must be named in full; without
 * it the picture is named as the page has it. Members are in it as numbers only. A page without the marks stays as it is.
 */
export const fillFirstPage = (html: string, challenges: readonly ChallengeNow[], address?: string): string => {
  if (challenges.length === 0) return html;
  return html.replace(HEAD, () => headOf(challenges, address)).replace(BODY, () => bodyOf(challenges));
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);

const headOf = (challenges: readonly ChallengeNow[], address: string | undefined): string => {
  const title = challenges.map(({ name }) => name).join(' · ');
  const description = challenges.map((challenge) => sentenceOf(challenge, challenges.length > 1)).join(' ');
  const picture = `${address ?? './'}card.png`;
  const hints = challenges.flatMap(({ channel, latest }) =>
    latest && [channel, latest.week, latest.month].every((word) => SAFE.test(word))
      ? [`${channel}/${latest.week}/${latest.month}`]
      : [],
  );
  const properties = [
    ...(address === undefined ? [] : [['og:url', address]]),
    ['og:type', 'website'],
    ['og:title', title],
    ['og:description', description],
    ['og:image', picture],
    ['og:image:width', '1200'],
    ['og:image:height', '630'],
  ];
  const names = [
    ['description', description],
    ['twitter:card', 'summary_large_image'],
    ['twitter:title', title],
    ['twitter:description', description],
    ['twitter:image', picture],
    ['til', hints.join(' ')],
  ];
  const metas = (key: string, pairs: string[][]) =>
    pairs.map(([name = '', content = '']) => `<meta ${key}="${name}" content="${escaped(content)}">`);
  return [`<title>${escaped(title)}</title>`, ...metas('property', properties), ...metas('name', names)].join('\n    ');
};

const bodyOf = (challenges: readonly ChallengeNow[]): string =>
  challenges
    .map(
      (challenge) =>
        `<h1>${escaped(challenge.name)}</h1>\n      <p lang="${challenge.locale}">${escaped(sentenceOf(challenge, false))}</p>`,
    )
    .join('\n      ');

/** The latest week in a sentence, with the challenge's name where there are several. */
const sentenceOf = ({ name, locale, latest }: ChallengeNow, isNamed: boolean): string => {
  const before = isNamed ? `${name}: ` : '';
  if (!latest) return before + WAITING[locale];
  return before + SENTENCES[locale](latest);
};

const WAITING = { ko: '첫 주를 기다리고 있어요.', en: 'Waiting for the first week.' };

const SENTENCES: Record<'ko' | 'en', (latest: NonNullable<ChallengeNow['latest']>) => string> = {
  ko: ({ label, participants, members, posts, likes }) =>
    `${label}: ${members}명 중 ${participants}명 참여, 글 ${grouped(posts)}개, 좋아요 ${grouped(likes)}개.`,
  en: ({ label, participants, members, posts, likes }) =>
    `${label}: ${participants} of ${members} took part, ${count(posts, 'post')}, ${count(likes, 'like')}.`,
};

const count = (number: number, noun: string): string => `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;

const grouped = (number: number): string => number.toLocaleString('en');
