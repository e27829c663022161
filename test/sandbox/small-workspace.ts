import { createWorkspace, type Workspace } from '../../src/sandbox/workspace.ts';

export const channel = 'C0TILCHAN1';
export const botToken = 'xoxb-sandbox-bot';
export const minseo = 'U0MINSEO01';
export const jiho = 'U0JIHO0001';

/** Who and what the tests' workspaces begin with; ids as in the fixtures. */
export const cast = {
  team: { id: 'T0TILTEAM1', name: 'TIL' },
  channels: [
    { id: channel, name: 'til' },
    { id: 'C0OTHER001', name: 'random', members: [minseo, jiho] },
    { id: 'C0OLD00001', name: 'old', archived: true },
  ],
  bot: { id: 'U0TILBOT01', botId: 'B0TILBOT01', appId: 'A0TILAPP01', name: 'TIL 챌린지 봇', token: botToken },
  members: [
    { id: minseo, name: 'minseo', realName: '김민서', displayName: '민서' },
    { id: jiho, name: 'jiho', realName: '이지호', displayName: '지호' },
    { id: 'U0ADMIN001', name: 'admin', realName: '관리자', admin: true },
    { id: 'U0GONE0001', name: 'gone', realName: '떠난 사람', deactivated: true },
    { id: 'U0OLDBOT01', name: 'old-bot', realName: '옛 봇', bot: { botId: 'B0OLDBOT01', appId: 'A0OLDAPP01' } },
  ],
};

/** A workspace on Monday 5 August 2024, 09:30:10 in Seoul, whose time the test moves. */
export const workspaceInTime = (
  options: { random?: () => number; shownLikers?: number } = {},
): { workspace: Workspace; pass: (milliseconds: number) => void } => {
  let time = 1_722_817_810_000;
  const workspace = createWorkspace({ ...cast, ...options, now: () => time });
  return { workspace, pass: (milliseconds) => void (time += milliseconds) };
};
