// JavaScript, so that the compiler for the server side leaves the page's components alone.
import { mount } from 'svelte';
import App from './app.svelte';
import './page.css';

mount(App, { target: document.querySelector('#page') ?? document.body });
