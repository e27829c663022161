import { readdirSync, readFileSync } from 'node:fs';

/** The payloads as they were handed to us. */
export const INTERACTION_FOLDER = new URL('../fixtures/slack-interactions/', import.meta.url);

/** What Slack sends beside events, each file as it lies there; those of what is sent to Slack, and of its answers, are left out. */
export const INTERACTION_FILES = readdirSync(INTERACTION_FOLDER)
  .filter((name) => /^[0-5]\d-.*\.(json|form)$/.test(name) && !name.startsWith('54'))
  .sort();

/** A file's text. */
export const interactionText = (name: string): string => readFileSync(new URL(name, INTERACTION_FOLDER), 'utf8');

/** What a file holds: JSON as it is, of a form its fields, or the JSON in its `payload`. */
export const interactionContent = (name: string): Record<string, unknown> => {
  const text = interactionText(name);
  if (name.endsWith('.json')) return JSON.parse(text) as Record<string, unknown>;
  const form = new URLSearchParams(text);
  const payload = form.get('payload');
  return payload ? (JSON.parse(payload) as Record<string, unknown>) : Object.fromEntries(form);
};

/** How a file goes over HTTP: where to, as what, and its bytes. */
export const interactionRequest = (name: string): { path: string; contentType: string; body: string } => {
  const form = 'application/x-www-form-urlencoded';
  if (name.endsWith('.form')) {
    const path = name.startsWith('0') ? '/slack/interactions' : '/slack/commands';
    return { path, contentType: form, body: interactionText(name) };
  }
  const content = interactionContent(name);
  const { payload = content } = content as { payload?: Record<string, unknown> };
  if ('command' in payload)
    return {
      path: '/slack/commands',
      contentType: form,
      body: new URLSearchParams(payload as Record<string, string>).toString(),
    };
  if (payload['type'] === 'event_callback')
    return { path: '/slack/events', contentType: 'application/json', body: JSON.stringify(payload) };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  return { path: '/slack/interactions', contentType: `${form}; charset=utf-8`, body };
};
