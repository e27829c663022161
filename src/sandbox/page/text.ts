import type { Notice } from '../shapes.ts';
import type { Step } from './first-steps.ts';

/** Every sentence of the page, in one language. */
export interface Text {
  title: string;
  note: string;
  person: string;
  language: string;
  channel: string;
  thread: string;
  directMessages: string;
  panes: string;
  noThread: string;
  noMessages: string;
  noDirectMessages: string;
  writeIn: (name: string) => string;
  writeReply: string;
  broadcast: string;
  send: string;
  sample: string;
  replies: (count: number) => string;
  openThread: string;
  like: string;
  tones: string;
  edit: string;
  editing: string;
  save: string;
  cancel: string;
  remove: string;
  removeSurely: string;
  edited: string;
  onlyYou: string;
  broadcasted: string;
  deleted: string;
  app: string;
  connected: string;
  offline: string;
  refused: string;
  /** What a reaction is called, by its name and the number of its skin tone, 0 for none. */
  reaction: (name: string, tone: number) => string;
  pressed: (reaction: string, count: number) => string;
  joined: string;
  left: string;
  unknown: string;
  home: string;
  messages: string;
  appTabs: string;
  noHome: string;
  /** Somebody who may do what admins may. */
  admin: (name: string) => string;
  more: string;
  commands: string;
  waiting: string;
  noAnswer: string;
  notice: (notice: Notice) => string;
  /** What somebody new may try. */
  steps: Record<Step | 'title' | 'done' | 'close', string>;
}

const KOREAN_NAMES: Record<string, string> = { '+1': '좋아요', fire: '불꽃', tada: '축하', heart: '하트' };

const ko: Text = {
  title: '샌드박스',
  note: '진짜 Slack이 아닌 연습 공간이에요. 마음껏 쓰고, 누르고, 지워 보세요.',
  person: '지금 나는',
  language: '언어',
  channel: '채널',
  thread: '스레드',
  directMessages: '내 DM',
  panes: '화면 선택',
  noThread: '채널에서 답글을 열면 여기에 보여요.',
  noMessages: '아직 조용하네요.',
  noDirectMessages: '아직 온 DM이 없어요. 내 글이 👍를 받으면 봇이 알려 줘요.',
  writeIn: (name) => `#${name}에 쓰기`,
  writeReply: '답글 쓰기 — 블로그 글 링크를 붙여 보세요',
  broadcast: '채널에도 보내기',
  send: '보내기',
  sample: '예시 링크',
  replies: (count) => `답글 ${count}개`,
  openThread: '답글 달기',
  like: '좋아요 누르기',
  tones: '다른 반응 선택',
  edit: '수정',
  editing: '메시지 수정',
  save: '저장',
  cancel: '취소',
  remove: '삭제',
  removeSurely: '정말 삭제할까요?',
  edited: '(편집됨)',
  onlyYou: '나에게만 보여요',
  broadcasted: '스레드에서 채널로도 보낸 답글',
  deleted: '삭제된 메시지예요.',
  app: '앱',
  connected: '실시간 연결됨',
  offline: '다시 연결하는 중…',
  refused: '처리하지 못했어요:',
  reaction: (name, tone) => (KOREAN_NAMES[name] ?? name) + (tone ? ` 피부색 ${tone}` : ''),
  pressed: (reaction, count) => `${reaction} ${count}`,
  joined: '님이 들어왔어요.',
  left: '님이 나갔어요.',
  unknown: '알 수 없는 사용자',
  home: '홈',
  messages: '메시지',
  appTabs: '앱 탭 선택',
  noHome: '아직 비어 있어요. 봇이 곧 채울 거예요.',
  admin: (name) => `${name} (운영)`,
  more: '메시지 메뉴',
  commands: '쓸 수 있는 명령',
  waiting: '답을 기다리는 중…',
  noAnswer: '앱이 제때 답하지 않았어요. 다시 눌러 보세요.',
  notice: ({ is, command }) => {
    if (is === 'unknown')
      return `${command}: 없는 명령이에요. /로 시작하는 글은 명령으로 읽어요. 메시지로 보내려면 앞에 띄어쓰기를 하나 넣어 주세요.`;
    if (is === 'in_thread') return `${command}: 스레드에서는 쓸 수 없어요. 채널에서 써 주세요.`;
    return `${command}: 앱이 제때 답하지 않았어요 (${is}). 다시 해 보세요.`;
  },
  steps: {
    title: '처음이라면',
    reply: '스레드에 글 링크 올리기',
    like: '다른 사람 글에 좋아요 누르기',
    app: '홈을 열거나 봇의 버튼 누르기',
    page: '대시보드에서 확인하기',
    done: '(했어요)',
    close: '안내 닫기',
  },
};

const en: Text = {
  title: 'Sandbox',
  note: 'A place to practise, not the real Slack. Write, press and delete as you like.',
  person: 'I am',
  language: 'Language',
  channel: 'Channel',
  thread: 'Thread',
  directMessages: 'My DMs',
  panes: 'Choose a pane',
  noThread: 'Open the replies of a message and they show here.',
  noMessages: 'Quiet so far.',
  noDirectMessages: 'No DM yet. When your post gets a 👍, the bot tells you.',
  writeIn: (name) => `Write in #${name}`,
  writeReply: 'Reply — paste a link to your blog post',
  broadcast: 'Also send to channel',
  send: 'Send',
  sample: 'Sample link',
  replies: (count) => (count === 1 ? '1 reply' : `${count} replies`),
  openThread: 'Reply',
  like: 'Like',
  tones: 'Choose another reaction',
  edit: 'Edit',
  editing: 'Edit the message',
  save: 'Save',
  cancel: 'Cancel',
  remove: 'Delete',
  removeSurely: 'Really delete?',
  edited: '(edited)',
  onlyYou: 'Only you can see this',
  broadcasted: 'A reply also sent to the channel',
  deleted: 'This message was deleted.',
  app: 'App',
  connected: 'Live',
  offline: 'Reconnecting…',
  refused: 'That did not work:',
  reaction: (name, tone) => name.replace('+1', 'like') + (tone ? `, skin tone ${tone}` : ''),
  pressed: (reaction, count) => `${reaction} ${count}`,
  joined: 'has joined.',
  left: 'has left.',
  unknown: 'Somebody unknown',
  home: 'Home',
  messages: 'Messages',
  appTabs: 'Choose a tab of the app',
  noHome: 'Empty so far. The bot will fill it soon.',
  admin: (name) => `${name} (admin)`,
  more: 'More actions',
  commands: 'Commands',
  waiting: 'Waiting for an answer…',
  noAnswer: 'The app did not answer in time. Press again.',
  notice: ({ is, command }) => {
    if (is === 'unknown')
      return `${command} is not a valid command. Messages that start with “/” are read as commands; to send one as a message, put a space before it.`;
    if (is === 'in_thread') return `${command} is not supported in threads. Sorry!`;
    return `${command} had no answer in time (${is}). Try again.`;
  },
  steps: {
    title: 'New here?',
    reply: 'Reply in the thread with a link',
    like: 'Like somebody’s post',
    app: 'Open Home, or press a button of the bot',
    page: 'Look at the page',
    done: '(done)',
    close: 'Close these hints',
  },
};

/** The languages of the page. */
export const texts: Record<'ko' | 'en', Text> = { ko, en };
