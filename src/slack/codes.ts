// Slack's error codes by what they say of a call, from the "Errors" of the methods' pages at docs.slack.dev/reference/methods:
// chat.postMessage, chat.update, chat.postEphemeral, conversations.open, conversations.history. Others are possible, says each page.

/** Slack's own words for "it is possible that some of it was done". */
export const UNCLEAR: ReadonlySet<string> = new Set([
  'internal_error',
  'fatal_error',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
  'update_failed',
]);

/** The token is refused: nothing can be sent until somebody replaces it, and nothing is lost. */
export const PAUSING: ReadonlySet<string> = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'missing_scope',
  'not_allowed_token_type',
  'org_login_required',
  'ekm_access_denied',
  'two_factor_setup_required',
  'user_removed_from_team',
  'team_disabled',
]);

/** The same call may succeed later. */
export const PASSING: ReadonlySet<string> = new Set([
  'message_limit_exceeded',
  'accesslimited',
  'external_channel_migrating',
  'streaming_state_conflict',
]);

/** The call will never succeed: channel, person or message do not exist or are closed to us, or the call itself is wrong. */
export const FINAL: ReadonlySet<string> = new Set([
  // The place.
  'access_denied',
  'app_cannot_join_channel',
  'channel_is_limited_access',
  'channel_not_found',
  'enterprise_is_restricted',
  'is_archived',
  'is_inactive',
  'messages_tab_disabled',
  'method_not_supported_for_channel_type',
  'no_permission',
  'not_in_channel',
  'restricted_action',
  'restricted_action_non_threadable_channel',
  'restricted_action_read_only_channel',
  'restricted_action_thread_locked',
  'restricted_action_thread_only_channel',
  'slack_connect_canvas_sharing_blocked',
  'slack_connect_file_link_sharing_blocked',
  'slack_connect_lists_sharing_blocked',
  'team_not_found',
  // The person.
  'cannot_dm_bot',
  'invalid_user_combination',
  'not_enabled', // App Home is switched off in the app.
  'not_enough_users',
  'too_many_users',
  'user_disabled',
  'user_not_found',
  'user_not_in_channel',
  'user_not_visible',
  'users_list_not_supplied',
  // The message.
  'attachment_payload_limit_exceeded',
  'block_mismatch',
  'cannot_reply_to_message',
  'cant_broadcast_message',
  'cant_update_message',
  'duplicate_channel_not_found',
  'duplicate_message_not_found',
  'edit_window_closed',
  'invalid_attachments',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'markdown_text_conflict',
  'message_not_found',
  'metadata_must_be_sent_from_app',
  'metadata_too_large',
  'missing_file_data',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_dual_broadcast_content_update',
  'no_text',
  'too_many_attachments',
  'too_many_contact_cards',
  // The call.
  'as_user_not_supported',
  'deprecated_endpoint',
  'invalid_arg_name',
  'invalid_arguments',
  'invalid_array_arg',
  'invalid_charset',
  'invalid_form_data',
  'invalid_post_type',
  'is_bot',
  'method_deprecated',
  'missing_args',
  'missing_post_type',
  'unknown_method',
  'view_too_large',
]);
