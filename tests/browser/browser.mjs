// What the browser tests share: pages made by the program, opened in Chromium, and watched.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const program = process.env.KARVAN_PROGRAM;
if (!program) throw new Error('KARVAN_PROGRAM must name the built karvan');

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 360, height: 740 };

/** A folder that is removed when the tests of the file end. */
export function folder(after) {
  const dir = mkdtempSync(join(tmpdir(), 'karvan-browser-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Runs karvan with the arguments in a folder; returns its stdout, throws where it fails. */
export const karvan = (cwd, ...args) => execFileSync(program, args, { cwd, encoding: 'utf8' });

/** Chromium as the machine has it. As root it runs only without its sandbox. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    chromiumSandbox: process.getuid() !== 0,
    args: ['--disable-dev-shm-usage', '--font-render-hinting=none'],
  });
}

/**
 * Opens a file and watches it: `complaints` fills with what its console says, with every request that leaves
 * the file, and with what fails.
 * @param options of playwright's newContext: viewport, colorScheme, javaScriptEnabled, ...
 */
export async function open(browser, file, options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  const page = await context.newPage();
  const complaints = [];
  const url = pathToFileURL(file).href;
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && complaints.push(`console: ${m.text()}`));
  page.on('pageerror', (e) => complaints.push(`error: ${e.message}`));
  page.on('request', (r) => {
    if (!r.url().startsWith(url) && !/^(data|blob):/.test(r.url())) complaints.push(`request: ${r.url()}`);
  });
  await page.goto(url, { waitUntil: 'load' });
  return { page, complaints, close: () => context.close() };
}

const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css' };

/**
 * Opens a site that is answered from here: no server, no network. What is asked for beyond it is a complaint.
 * @param answer path to its text or bytes, undefined where there is none; `/` is the page
 */
export async function openSite(browser, answer, options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && complaints.push(`console: ${m.text()}`));
  page.on('pageerror', (e) => complaints.push(`error: ${e.message}`));
  await context.route('**/*', (route) => {
    const url = new URL(route.request().url());
    const body = url.host === 'karvan.test' ? answer(url.pathname) : undefined;
    if (body === undefined) {
      complaints.push(`request: ${url}`);
      return route.abort();
    }
    const end = url.pathname === '/' ? 'html' : url.pathname.split('.').pop();
    return route.fulfill({ body, contentType: TYPES[end] ?? 'application/octet-stream' });
  });
  await page.goto('http://karvan.test/', { waitUntil: 'load' });
  return { page, complaints, close: () => context.close() };
}

/** Where a picture for people goes: $KARVAN_SHOTS, else with the folder. */
export const shot = (dir, name) => join(process.env.KARVAN_SHOTS ?? dir, `${name}.png`);

/** Violations that axe-core finds, each with the first places: [] is what we want. */
export async function violations(page) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 5).map((n) => n.target.join(' ')).join('; ')} (${v.nodes.length} in all)`);
}
