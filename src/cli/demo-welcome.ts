import { SAMPLE } from '../sandbox/sample.ts';
import type { Environment } from '../setup/environment.ts';
import { languageOf } from './language.ts';

const FIRST = {
  en: {
    sandbox: 'a small Slack: be a member, write, press 👍',
    steps: [
      'Try first: in the sandbox, reply in the thread with a link ("Sample link" writes one).',
      'Then like somebody’s post, and open Home or press one of the bot’s buttons.',
      'Then look at the dashboard: it has changed.',
    ],
    end: 'Ctrl+C ends it. Nothing is lost: the next start goes on where this one ended.',
  },
  ko: {
    sandbox: '작은 Slack이에요. 멤버가 되어 쓰고, 👍을 눌러 보세요',
    steps: [
      '먼저 샌드박스의 스레드에 글 링크를 올려 보세요. "예시 링크"가 대신 써 줘요.',
      '그다음 다른 사람 글에 👍을 누르고, 홈을 열거나 봇의 버튼을 눌러 보세요.',
      '이제 대시보드를 보세요. 방금 한 일이 보여요.',
    ],
    end: 'Ctrl+C로 끝내요. 다음에 시작하면 여기서부터 이어져요.',
  },
};

/** Where the demo at an address without a slash at its end is to be seen, and what to try in it. */
export const welcome = (url: string, environment: Environment): string => {
  const { sandbox, steps, end } = FIRST[languageOf(environment) ?? 'en'];
  return `
  Dashboard   ${url}/
  Sandbox     ${url}/sandbox      ${sandbox}
  Snapshots   ${url}/snapshots/${SAMPLE.channel}/index.json

${steps.map((step, index) => `  ${index + 1}. ${step}\n`).join('')}
  ${end}
`;
};
