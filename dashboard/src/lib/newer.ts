// After a deployment the files of the page before are gone; after trouble on the way a browser may keep to it that a file cannot be had.
// Both end when the page is loaded anew, which must help at once or not be tried again: a page that loads for ever is no page.
const KEY = 'til.reloaded';

/** What looking for a newer page needs of the browser. */
export interface NewerPorts {
  fetch: (address: string, options: RequestInit) => Promise<Response>;
  /** What is kept while the tab is open; undefined where nothing can be kept. */
  storage: () => Pick<Storage, 'getItem' | 'setItem'> | undefined;
  reload: () => void;
}

const browser: NewerPorts = {
  fetch: (address, options) => fetch(address, options),
  storage: () => {
    try {
      return sessionStorage;
    } catch {
      return undefined; // Closed to us: then nothing says that it was tried, and it is not.
    }
  },
  reload: () => location.reload(),
};

/** The name of the script by which a page begins, or undefined for what is no such page. */
export const scriptIn = (html: string): string | undefined =>
  /<script[^>]*\stype="module"[^>]*\ssrc="(?:[^"]*\/)?([^"/]+\.js)"/.exec(html)?.[1];

/**
 * Loads the page anew once: when the server has a newer one, or has the same and this tab has not tried it. A second time only for a page
 * that is newer again. Does nothing while the server is out of reach.
 */
export const reloadOnce = async (ports: NewerPorts = browser): Promise<void> => {
  const html = await pageNow(ports);
  const there = html === undefined ? undefined : scriptIn(html);
  const storage = ports.storage();
  if (there === undefined || !storage) return;
  try {
    if (storage.getItem(KEY) === there) return;
    storage.setItem(KEY, there);
  } catch {
    return; // Full or forbidden: as above.
  }
  ports.reload();
};

const pageNow = async (ports: NewerPorts): Promise<string | undefined> => {
  try {
    const answer = await ports.fetch('./', { cache: 'no-store' });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
};
