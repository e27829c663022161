import { type AppStamp, textBlock } from './messages.ts';
import { identified } from './pressable.ts';
import type { Block, Channel, Ephemeral, Notice } from './shapes.ts';
import { changed, nextId, type State, stamp } from './state.ts';

const MOST_EPHEMERALS = 100;

/** What one person is shown; `text` and `blocks` as they go over the wire. */
export interface Whisper {
  /** Who sees it. */
  user: string;
  author: string;
  app: Pick<AppStamp, 'botId' | 'appId'>;
  text: string;
  blocks?: Block[] | undefined;
  thread?: string | undefined;
}

/** Shows something to one person alone; gives its ts. */
export const whisper = (state: State, channel: Channel, { user, author, app, ...whispered }: Whisper): string => {
  const { text, blocks, thread } = whispered;
  const ts = stamp(state, channel);
  const message = {
    type: 'message' as const,
    subtype: 'bot_message',
    user: author,
    bot_id: app.botId,
    app_id: app.appId,
    ts,
    text,
    ...(thread === undefined ? {} : { thread_ts: thread }),
    blocks: identified(blocks ?? [textBlock(state, text)], () => nextId(state, 'b')),
  };
  keep(state, channel, { user, message });
  return ts;
};

/** Slackbot tells one person what became of their command. The page says it in the reader's language, hence no text. */
export const notify = (
  state: State,
  channel: Channel,
  user: string,
  notice: Notice,
  thread: string | undefined,
): void => {
  const place = thread === undefined ? {} : { thread_ts: thread };
  const message = {
    type: 'message' as const,
    user: 'USLACKBOT',
    ts: stamp(state, channel),
    text: '',
    notice,
    ...place,
  };
  keep(state, channel, { user, message });
};

const keep = (state: State, channel: Channel, ephemeral: Ephemeral): void => {
  channel.ephemerals.push(ephemeral);
  channel.ephemerals.splice(0, channel.ephemerals.length - MOST_EPHEMERALS);
  changed(state);
};
