const PAGED = ['cursor', 'limit'];
const WINDOW = ['latest', 'oldest', 'inclusive', 'include_all_metadata'];
const MESSAGE = ['channel', 'text', 'blocks', 'attachments', 'markdown_text', 'as_user', 'link_names', 'parse'];
const AUTHOR = ['icon_emoji', 'icon_url', 'username'];

/** The arguments that Slack documents for each method (docs.slack.dev/reference/methods), the token aside. */
export const DOCUMENTED: Readonly<Record<string, ReadonlySet<string>>> = {
  'auth.test': new Set(),
  'chat.delete': new Set(['channel', 'ts', 'as_user']),
  'chat.getPermalink': new Set(['channel', 'message_ts']),
  'chat.postEphemeral': new Set([...MESSAGE, ...AUTHOR, 'user', 'thread_ts']),
  'chat.postMessage': new Set([
    ...MESSAGE,
    ...AUTHOR,
    'metadata',
    'mrkdwn',
    'reply_broadcast',
    'thread_ts',
    'unfurl_links',
    'unfurl_media',
  ]),
  'chat.update': new Set([...MESSAGE, 'ts', 'metadata', 'reply_broadcast', 'file_ids']),
  'conversations.history': new Set(['channel', ...PAGED, ...WINDOW]),
  'conversations.info': new Set(['channel', 'include_locale', 'include_num_members']),
  'conversations.members': new Set(['channel', ...PAGED]),
  'conversations.open': new Set(['channel', 'users', 'return_im', 'prevent_creation']),
  'conversations.replies': new Set(['channel', 'ts', ...PAGED, ...WINDOW]),
  'reactions.add': new Set(['channel', 'name', 'timestamp']),
  'reactions.get': new Set(['channel', 'timestamp', 'file', 'file_comment', 'full']),
  'reactions.remove': new Set(['channel', 'name', 'timestamp', 'file', 'file_comment']),
  'users.info': new Set(['user', 'include_locale']),
  'users.list': new Set([...PAGED, 'include_locale', 'team_id']),
  'views.publish': new Set(['user_id', 'view', 'hash']),
};
