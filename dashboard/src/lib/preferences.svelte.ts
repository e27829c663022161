import { en } from '../text/en.ts';
import { ko, type Text } from '../text/ko.ts';

/** The languages of the page. */
export type Language = 'ko' | 'en';
/** What a person chose; `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

const isLanguage = (word: string | null | undefined): word is Language => word === 'ko' || word === 'en';

/** What was kept under a key on an earlier visit. */
export const kept = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // Storage may be closed to us; then nothing is kept.
  }
};

/** Keeps a choice for the next visit. */
export const keep = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // As above: the choice holds until the page is closed.
  }
};

/** The first of the browser's languages that the page speaks. */
export const languageOf = (wanted: readonly string[]): Language =>
  wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';

/** Language and theme: by the browser until a person chooses, then kept. */
export class Preferences {
  language: Language = $state('ko');
  theme: Theme = $state('auto');
  readonly text: Text = $derived(this.language === 'ko' ? ko : en);

  constructor(wanted: readonly string[]) {
    const language = kept('til.language');
    const theme = kept('til.theme');
    this.language = isLanguage(language) ? language : languageOf(wanted);
    this.theme = theme === 'light' || theme === 'dark' ? theme : 'auto';
  }

  speak(language: Language): void {
    this.language = language;
    keep('til.language', language);
  }

  wear(theme: Theme): void {
    this.theme = theme;
    keep('til.theme', theme);
  }
}
