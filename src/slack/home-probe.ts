import { openTransport, type TransportOptions, troubleOf } from './transport.ts';

const WORDS = {
  ko: '이 탭을 다시 열면 내 기록이 보여요.',
  en: 'Open this tab again to see how you are doing.',
};

/**
 * Shows one sentence in a person's Home tab, which is the only way to learn whether the app has one; the next opening of the tab
 * replaces it. Gives 'shown', or Slack's code, such as `not_enabled` where the tab is off.
 */
export const probeHome = async (options: TransportOptions, user: string, locale: 'ko' | 'en'): Promise<string> => {
  const client = openTransport(options);
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: WORDS[locale] } }];
  try {
    await client.views.publish({ user_id: user, view: { type: 'home', blocks } });
    return 'shown';
  } catch (error) {
    return troubleOf(error).reason;
  }
};
