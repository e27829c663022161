/** The address if it is one a person may be sent to (http or https), else undefined: `javascript:` and its kin stay text. */
export const safeLink = (address: string): URL | undefined => {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
};

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // A stray % is no reason to show nothing.
  }
};

/** What to call a link: its title, else its address as a person reads it. */
export const linkText = (link: { url: string; title?: string }): string => {
  const title = link.title?.trim();
  if (title) return title;
  const url = safeLink(link.url);
  return url === undefined ? link.url : `${url.host}${decoded(url.pathname)}`.replace(/\/$/, '');
};
