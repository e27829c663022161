import type { Channel, Member, SlackMessage } from './shapes.ts';
import { emit, type State, stamp, typeOf } from './state.ts';

/** Slack tells of somebody's coming and going twice: as an event of its own, and as a line in the channel. */
export const roster = (
  state: State,
  channel: Channel,
  user: string,
  how: 'join' | 'left',
  inviter: string | undefined,
): void => {
  const by = inviter === undefined ? {} : { inviter };
  emit(state, channel, {
    type: how === 'join' ? 'member_joined_channel' : 'member_left_channel',
    user,
    channel: channel.id,
    channel_type: channel.isPrivate ? 'G' : 'C',
    team: state.team.id,
    ...by,
    event_ts: stamp(state, channel),
  });
  const ts = stamp(state, channel);
  const message: SlackMessage = {
    type: 'message',
    subtype: how === 'join' ? 'channel_join' : 'channel_leave',
    user,
    ts,
    text: `<@${user}> has ${how === 'join' ? 'joined' : 'left'} the channel`,
    ...by,
  };
  channel.posts.set(ts, { message, reactions: new Map(), visibleAt: state.now(), titles: {} });
  emit(state, channel, { ...message, channel: channel.id, channel_type: typeOf(channel), event_ts: ts });
};

/** Tells the app that a member is not as they were. */
export const tellOfUser = (state: State, member: Member): void => {
  const channel = [...state.channels.values()].find(
    (candidate) => candidate.kind === 'channel' && candidate.members.has(state.bot.id),
  );
  if (!channel) return;
  const at = stamp(state, channel);
  emit(state, channel, {
    type: 'user_change',
    user: userObject(state, member),
    cache_ts: Math.floor(Number(at)),
    event_ts: at,
  });
};

/** A member as `users.info` shows them. */
export const userObject = (state: State, member: Member): Record<string, unknown> => ({
  id: member.id,
  team_id: state.team.id,
  name: member.name,
  deleted: member.deactivated,
  real_name: member.realName,
  tz: 'Asia/Seoul',
  tz_label: 'Korea Standard Time',
  tz_offset: 32_400,
  profile: {
    real_name: member.realName,
    real_name_normalized: member.realName,
    display_name: member.bot ? '' : member.displayName,
    display_name_normalized: member.bot ? '' : member.displayName,
    team: state.team.id,
    ...(member.bot ? { bot_id: member.bot.botId, api_app_id: member.bot.appId } : {}),
  },
  is_admin: member.admin,
  is_owner: false,
  is_bot: member.bot !== undefined,
  is_app_user: false,
  updated: 1_700_000_000,
});
