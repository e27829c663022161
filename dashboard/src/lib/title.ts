import { nameOr } from './name.ts';
import type { Season, Words } from './page.svelte.ts';
import { isMonth, type Route } from './route.ts';

/** What a browser's tab, its history and a bookmark call a page, so that two pages of one challenge can be told apart. */
export const titleOf = (route: Route, season: Season, words: Words): string => {
  const name = pageName(route, season, words);
  return `${name} · ${season.challenge.name}`;
};

const pageName = ({ view, id, of }: Route, season: Season, { text, format }: Words): string => {
  const { weeks, months } = season.index;
  const week = id ?? weeks.at(-1)?.week;
  const month = id ?? months.at(-1)?.month;
  const called = (member: string) => nameOr(season.names.get(member), member);
  switch (view) {
    case 'unknown':
      return text.notFound;
    case 'now':
      return week === undefined ? text.nav.now : `${format.week(week)} (${text.nav.now})`;
    case 'week':
      return week === undefined ? text.nav.week : format.weekWithYear(week);
    case 'month':
      return month === undefined ? text.nav.month : format.monthYear(month);
    case 'member':
      return called(id ?? '');
    case 'certificate':
      return `${called(of ?? '')}, ${format.monthYear(id ?? '')} ${text.certificate.title}`;
    case 'ranking':
      if (id === undefined) return `${text.nav.ranking}, ${text.allWeeks}`;
      return `${text.nav.ranking}, ${isMonth(id) ? format.monthYear(id) : format.weekWithYear(id)}`;
    default:
      return text.nav[view];
  }
};
