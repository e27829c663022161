import type { Json } from '../events/json.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** The sandbox's one challenge, and who belongs to it. */
export const SAMPLE = {
  channel: 'C0TILCHAN1',
  team: { id: 'T0SANDBOX1', name: 'TIL 샌드박스' },
  bot: { id: 'U0TILBOT01', botId: 'B0TILBOT01', appId: 'A0TILAPP01', name: 'TIL 챌린지 봇', token: 'xoxb-sandbox-bot' },
  timeZone: 'Asia/Seoul',
  /** The holidays whose weeks rest. */
  rest: ['seollal', 'chuseok'],
  weeks: 20,
} as const;

const NAMES =
  '민서 지호 서연 하은 도윤 시우 유준 서아 이안 하윤 지안 예준 수아 로운 다온 은우 채원 건우 나은 현우 소율 준서 아린 태오'.split(
    ' ',
  );

/** Who runs it. */
export const ADMIN = 'U0ADMIN001';

/** Its members. */
export const MEMBERS = NAMES.map((name, position) => ({
  id: `U0MEMBER${String(position + 1).padStart(2, '0')}`,
  name,
  displayName: `${name} 님`,
}));

/** What they write about. */
export const TOPICS = [
  '파이썬 리스트 컴프리헨션',
  '자바스크립트 클로저',
  'SQL 조인 정리',
  '깃 리베이스와 머지',
  '리액트 훅 다시 보기',
  '도커 이미지 줄이기',
  '운영체제의 프로세스',
  'HTTP 캐시 이해하기',
  '정규표현식 입문',
  '타입스크립트 제네릭',
  '판다스 그룹바이',
  '알고리즘 이분 탐색',
  '스프링 트랜잭션',
  '네트워크 계층',
  '테스트 주도 개발',
  '스벨트 반응성',
  '머신러닝 과적합',
  '자료구조 힙',
  '비동기 프로그래밍',
  '회고: 한 주를 돌아보며',
];

/** A workspace with the sample's people in it, and nothing said yet; the app is what its manifest says. */
export const createSampleWorkspace = (now: () => number, manifest?: Json): Workspace =>
  createWorkspace({
    now,
    ...(manifest ? { manifest } : {}),
    team: SAMPLE.team,
    bot: SAMPLE.bot,
    members: [...MEMBERS, { id: ADMIN, name: '매니저', displayName: '매니저', admin: true }],
    channels: [
      {
        id: SAMPLE.channel,
        name: 'til-챌린지',
        members: [SAMPLE.bot.id, ADMIN, ...MEMBERS.map(({ id }) => id)],
      },
    ],
  });
