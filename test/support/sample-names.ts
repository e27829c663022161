const FAMILY = [
  '김',
  '이',
  '박',
  '최',
  '정',
  '강',
  '조',
  '윤',
  '장',
  '임',
  '한',
  '오',
  '서',
  '신',
  '권',
  '황',
  '안',
  '송',
  '류',
  '홍',
];
const GIVEN = [
  '서연',
  '민준',
  '지우',
  '하은',
  '도윤',
  '수아',
  '예준',
  '지안',
  '시우',
  '채원',
  '은호',
  '다인',
  '현우',
  '가온',
  '유진',
  '태오',
  '보미',
  '찬',
  '소율',
  '한결',
];

/** Names that have done harm elsewhere: markup, a right-to-left override, 200 characters, nothing visible, an object's own words. */
export const hostileNames = [
  '<img src=x onerror=alert(1)>',
  `${'아주긴이름'.repeat(40)}`,
  `${'w'.repeat(200)}`,
  '\u202Egnihton\u202C',
  '\u200B\u200B',
  '__proto__',
  '👩‍👩‍👧‍👦 가족',
  'O’Brien "Bob" & <Sons>',
];

/** Titles and addresses of the same kind; none but the last may become a link to where it says. */
export const hostileLinks = [
  { url: 'javascript:alert(1)', host: 'javascript', title: '<script>alert(1)</script>' },
  { url: 'JaVa\tScript:alert(1)', host: 'javascript', title: '<img src=x onerror=alert(1)>' },
  { url: 'data:text/html,<script>alert(1)</script>', host: 'data', title: '</script><script>alert(1)</script>' },
  { url: 'vbscript:msgbox(1)', host: 'vbscript' },
  { url: 'https://a" onclick="alert(1)', host: 'a' },
  { url: '//velog.io/@a', host: 'velog.io', title: '' },
  { url: `https://velog.io/@long/${'a'.repeat(400)}`, host: 'velog.io', title: 'ㅁ'.repeat(200) },
  { url: 'https://velog.io/@b/%E0%A4%A', host: 'velog.io' },
];

const TITLES = [
  'TypeScript의 satisfies는 언제 쓰나',
  'React Query의 staleTime과 gcTime을 헷갈리지 않는 법',
  '트랜잭션 격리 수준, 직접 재현해 보기',
  'JPA N+1 문제를 만난 날',
  'CSS Grid로 만드는 반응형 카드',
  'Docker 이미지 크기를 1.2GB에서 80MB로',
  'Git rebase가 무서웠던 이유',
  '이번 주 알고리즘: 다익스트라와 우선순위 큐',
  'HTTP 캐시와 ETag, 304를 눈으로 보기',
  'Spring Security 필터 체인 따라가기',
  'Redis 분산 락을 쓰기 전에 알아야 할 것',
  'A gentle introduction to event sourcing',
  '웹 접근성: 표에도 제목이 필요하다',
  '회고: 첫 코드 리뷰에서 배운 세 가지',
];

/** A name that no one bears. */
export const sampleName = (place: number): string => {
  const family = FAMILY[(place * 7) % FAMILY.length] ?? '';
  const given = GIVEN[(place * 3 + Math.floor(place / GIVEN.length)) % GIVEN.length] ?? '';
  return place % 9 === 8 ? `Sample ${String.fromCharCode(65 + (place % 26))}. Member` : `${family}${given}`;
};

/** A link to a post as members write them; every fifth has no title. */
export const sampleLink = (author: number, number: number): { url: string; host: string; title?: string } => {
  const hosts = ['velog.io', `member${author}.github.io`, 'blog.naver.com', 'm.blog.naver.com'];
  const host = hosts[(author + number) % hosts.length] ?? 'velog.io';
  const url = `https://${host}/${host === 'velog.io' ? `@member${author}/` : ''}til-${number}`;
  const title = TITLES[(author * 5 + number) % TITLES.length];
  return (author + number) % 5 === 4 || title === undefined ? { url, host } : { url, host, title };
};
