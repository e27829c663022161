import type { Attachment } from './shapes.ts';

/** A link's preview, as a service that knows the page would give it; undefined when the page has none. */
export const previewOf = (url: string, id: number, title: string | undefined): Attachment | undefined => {
  const address = URL.parse(url);
  if (!address) return undefined;
  const shown = title ?? titleFrom(address);
  return {
    id,
    from_url: url,
    original_url: url,
    fallback: shown,
    title: shown,
    title_link: url,
    text: `${address.hostname}에 올라온 글`,
    service_name: address.hostname,
  };
};

/** `https://velog.io/@minseo/Python-%EC%84%A4%EC%B9%98` gives `Python 설치`. */
const titleFrom = (address: URL): string => {
  const last = address.pathname.split('/').filter(Boolean).at(-1) ?? address.hostname;
  return (
    decoded(last)
      .replace(/\.html?$/, '')
      .replaceAll(/[-_]+/g, ' ')
      .trim() || address.hostname
  );
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that begins no escape: Slack shows such a path as it is.
    return text;
  }
};
