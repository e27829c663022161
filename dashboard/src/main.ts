import { mount } from 'svelte';
import App from './app.svelte';
import { fetchEarly, takeEarly } from './lib/early.ts';
import { otherViews, restOfNow } from './lib/other-views.svelte.ts';
import { parseRoute } from './lib/route.ts';
import { Snapshots } from './lib/snapshots.svelte.ts';
import './style.css';

// Drawing twice costs a phone more than this wait: what comes later than it finds the page saying that it loads.
const PATIENCE_MILLISECONDS = 400;

const snapshots = new Snapshots({ fetch: fetchEarly, now: () => Date.now() });
const patience = new Promise((over) => setTimeout(over, PATIENCE_MILLISECONDS));
// What the first view has below is on its way while the window is drawn, which does not wait for it.
const view = parseRoute(location.hash).view === 'now' ? void restOfNow.fetch() : otherViews.fetch();
await Promise.race([Promise.all([takeEarly(snapshots, location.hash), view]), patience]);

const target = document.getElementById('app');
if (target) mount(App, { target, props: { snapshots } });
