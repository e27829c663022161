import { LONGEST_INTERACTION_TEXT } from '../events/interaction.ts';

// What Slack writes between < and >, and its three escapes: found in one pass, so that each is undone once.
const WRITTEN = /<([@#!])([^|<>\s]+)(?:\|[^<>]*)?>|<([^|<>\s]+)(?:\|[^<>]*)?>|&(amp|lt|gt);/g;

const ESCAPED: Record<string, string> = { amp: '&', lt: '<', gt: '>' };

const undoEscapes = (text: string): string =>
  text.replace(/&(amp|lt|gt);/g, (_, name: string) => ESCAPED[name] as string);

/**
 * The text behind a slash command as the person wrote it, on one line: mentions and channels as `<@U0DOYUN001>` and `<#C0TILCHAN1>`, links
 * as their addresses, Slack's escapes undone once, blanks collapsed. (docs.slack.dev/interactivity/implementing-slash-commands)
 */
export const commandText = (text: string): string =>
  text
    .replace(WRITTEN, (_, sign?: string, name?: string, address?: string, entity?: string) => {
      if (sign) return `<${sign}${name}>`;
      return address === undefined ? (ESCAPED[entity ?? ''] as string) : undoEscapes(address);
    })
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_INTERACTION_TEXT);
