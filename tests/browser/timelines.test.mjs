// Timelines of the record in the programs that they are written for: vis-timeline and TimelineJS, in Chromium.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { DESKTOP, folder, karvan, launch, openSite, shot } from './browser.mjs';

const resolve = createRequire(import.meta.url).resolve;
const dir = folder(after);
const browser = await launch();
after(() => browser.close());

// Beside what ships, a region whose claims have every kind of date, years before 1 and far from now, and marks of HTML.
const ODD = [
  ['ides', '-0043-03-15', 'Ides of March'], ['salamis', '-0479', 'Salamis'], ['wars', '-0498/-0448', 'Persian wars'],
  ['zero', '0000', 'The year 0'], ['first', '0044-03', 'A month of the first century'], ['late', '9999', 'The last of four digits'],
  ['marks', '1995-02-03', 'A <b>bold</b> & "quoted" <script>alert(1)</script> day'], ['unsure', '1995?', 'Not certain'],
  ['decade', '199X', 'Some time'], ['set', '[1994,1996]', 'One of two'], ['spring', '1996-21', 'Spring'],
  ['lost', '1997/', 'Nobody knows the end'], ['begun', '/1989', 'Nobody knows the start'], ['open', '1998-05/..', 'Goes on'],
];
const FAR = [['ice', 'Y-150000', 'Ice'], ['deep', 'Y-50000000', 'Deep time'], ['next', 'Y200001', 'Far ahead']];

function region(name, rows) {
  karvan(dir, 'new', name);
  const put = (table, lines) => {
    const file = join(dir, name, `${table}.csv`);
    writeFileSync(file, `${readFileSync(file, 'utf8').split('\n')[0]}\n${lines.join('\n')}\n`);
  };
  put('claims', rows.map(([id, date, title]) => `${id},event,political,AZE,KAZ,"${title.replaceAll('"', '""')}","${date}",,,,normal,,brief,,`));
  put('parties', rows.flatMap(([id]) => ['AZE', 'KAZ'].map((who) => `${id},${who},party,,,,,,,`)));
  const kinds = join(dir, name, 'kinds.csv'); // a lane with marks of HTML in its name
  writeFileSync(kinds, readFileSync(kinds, 'utf8').replace(/^event,[^,]*,/m, 'event,"Event <b>, ""A & B""",'));
  return ['--region', name];
}

function exported(form, ...args) {
  karvan(dir, 'record', ...args, '--out', 'out.json', '--as', form);
  return JSON.parse(readFileSync(join(dir, 'out.json'), 'utf8'));
}
const claims = (...args) => new Map(JSON.parse(karvan(dir, 'record', '--format', 'json', ...args)).map((c) => [c.id, c]));
const claimOf = (id) => id.replace(/~$/, '').replace(/@.*/, '');
const odd = region('odd', ODD);
const far = region('far', [...ODD, ...FAR]);

// ---- vis-timeline ----

const vis = {
  js: readFileSync(resolve('vis-timeline/standalone/umd/vis-timeline-graph2d.min.js')),
  css: readFileSync(join(dirname(resolve('vis-timeline/standalone/umd/vis-timeline-graph2d.min.js')), '../../styles/vis-timeline-graph2d.min.css')),
};
const visSite = (path) => ({
  '/': '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/vis.css"><div id="t"></div><script src="/vis.js"></script></html>',
  '/vis.js': vis.js, '/vis.css': vis.css,
}[path]);

// What vis-timeline made of the data: each item as it keeps and shows it.
async function drawVis(data, options = {}) {
  const { page, complaints, close } = await openSite(browser, visSite, options);
  const seen = await page.evaluate(async ({ groups, items }) => {
    const { DataSet, Timeline } = globalThis.vis;
    const t = new Timeline(document.getElementById('t'), new DataSet(items), new DataSet(groups), { zoomMax: 1e19 });
    await new Promise((done) => { t.on('changed', done); });
    t.fit({ animation: false });
    t.redraw();
    await new Promise((done) => { setTimeout(done, 300); });
    t.redraw(); // what it puts off for long spans
    const day = (d) => d && [d.getFullYear(), d.getMonth() + 1, d.getDate()];
    return {
      groups: [...document.querySelectorAll('.vis-labelset .vis-label')].map((e) => e.textContent.trim()),
      items: Object.values(t.itemSet.items).map((i) => ({
        id: i.id, group: i.data.group, kind: i.constructor.name, displayed: i.displayed, start: day(i.data.start), end: day(i.data.end),
        text: i.dom.content?.textContent, tip: i.data.title, classes: [...(i.dom.box ?? i.dom.point).classList], width: i.width,
      })),
      elements: document.querySelectorAll('.vis-item.vis-box, .vis-item.vis-range, .vis-item.vis-background').length,
      bold: document.querySelectorAll('.vis-item-content b').length, ticks: [...document.querySelectorAll('.vis-text.vis-minor, .vis-text.vis-major')].map((e) => e.textContent),
      window: Object.values(t.getWindow()).map((d) => d.getFullYear()),
    };
  }, data);
  return { seen, page, complaints, close };
}
const dayOf = (s) => s && s.match(/^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)$/).slice(1).map(Number);

for (const timezoneId of ['UTC', 'America/New_York', 'Asia/Baku']) {
  test(`vis-timeline, shipped region, ${timezoneId}: every group and item with its days`, async () => {
    const data = exported('vis'), all = claims();
    const { seen, page, complaints, close } = await drawVis(data, { timezoneId });
    assert.ok(data.items.length > 450 && data.groups.length === 4);
    assert.deepEqual(seen.groups, ['political', 'economic', 'cultural', 'strategic']);
    assert.equal(seen.items.length, data.items.length);
    assert.equal(seen.elements, data.items.length);
    const drawn = new Map(seen.items.map((i) => [i.id, i]));
    for (const item of data.items) {
      const i = drawn.get(item.id), claim = all.get(claimOf(item.id));
      assert.ok(i.displayed, item.id);
      assert.deepEqual(i.start, dayOf(item.start), item.id);
      assert.deepEqual(i.end, dayOf(item.end), item.id);
      if (item.type !== 'background') assert.equal(i.text, claim.title);
      for (const word of item.className.split(' ')) assert.ok(i.classes.includes(word), `${item.id}: ${word}`);
      if (/^\d{4}-\d\d-\d\d$/.test(claim.date)) assert.deepEqual([item.type, i.start], ['box', claim.date.split('-').map(Number)]);
      if (/^\d{4}$/.test(claim.date)) assert.deepEqual([i.start, i.end], [[+claim.date, 1, 1], [+claim.date + 1, 1, 1]]);
    }
    for (const year of ['1990', '2000', '2010', '2020']) assert.ok(seen.ticks.includes(year), seen.ticks.join());
    assert.deepEqual(complaints, []);
    if (timezoneId === 'UTC') await page.screenshot({ path: shot(dir, 'vis-shipped') });
    await close();
  });
}

test('vis-timeline, odd dates: before 1, uncertain, open; marks of HTML are text', async () => {
  const { seen, page, complaints, close } = await drawVis(exported('vis', ...odd, '--lanes', 'kind'));
  const item = (id) => seen.items.find((i) => i.id === id);
  assert.deepEqual(seen.groups, ['Event <b>, "A & B"']);
  for (const [id, , title] of ODD) assert.deepEqual([item(id).displayed, item(id).text], [true, title]);
  assert.deepEqual(item('ides').start, [-43, 3, 15]);
  assert.deepEqual([item('zero').start, item('zero').end], [[0, 1, 1], [1, 1, 1]]);
  assert.deepEqual([item('first').start, item('first').end], [[44, 3, 1], [44, 4, 1]]);
  assert.deepEqual([item('wars~').start, item('wars~').end], [[-498, 1, 1], [-447, 1, 1]]);
  assert.deepEqual([item('decade').start, item('decade').end], [[1990, 1, 1], [2000, 1, 1]]);
  assert.ok(item('unsure').classes.includes('doubtful') && item('begun').classes.includes('unknown-start'));
  assert.match(item('ides').tip, /^on 15 March the year -43 \(44 BCE\); /);
  assert.equal(seen.bold, 0);
  assert.ok(seen.window[0] < -498 && seen.window[1] > 9999 && seen.ticks.includes('5000'), seen.ticks.join());
  // at this span the program draws fewer lines of its grid, and says so
  assert.deepEqual(complaints.filter((c) => !/Limited drawing of grid lines/.test(c)), []);
  await page.screenshot({ path: shot(dir, 'vis-odd') });
  await close();
});

test('vis-timeline, far dates: they fit in a window that it can show', async () => {
  const { seen, complaints, close } = await drawVis(exported('vis', ...far));
  const item = (id) => seen.items.find((i) => i.id === id);
  assert.deepEqual([item('ice').start, item('ice').end], [[-150000, 1, 1], [-149999, 1, 1]]);
  assert.deepEqual([item('deep').start, item('next').start], [[-200000, 1, 1], [200000, 12, 31]]);
  assert.ok(item('deep').classes.includes('beyond') && item('next').classes.includes('beyond') && !item('ice').classes.includes('beyond'));
  assert.ok(seen.items.every((i) => i.displayed));
  assert.ok(seen.window[0] < -200000 && seen.window[1] > 200000, String(seen.window));
  assert.deepEqual(complaints.filter((c) => !/Limited drawing of grid lines/.test(c)), []);
  await close();
});

// ---- TimelineJS ----

const knight = join(dirname(resolve('@knight-lab/timelinejs/package.json')), 'dist');
function knightSite(path) {
  if (path === '/')
    return '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/css/timeline.css"><div id="t" style="height: 860px"></div><script src="/js/timeline.js"></script></html>';
  return /^\/(js|css)\/[\w./-]+$/.test(path) && !path.includes('..') ? readFileSync(join(knight, path)) : undefined;
}

// What TimelineJS made of the data: slides, marks on its axis, ticks. Its fonts would come from the network.
async function drawKnight(data, options = {}) {
  const { page, complaints, close } = await openSite(browser, knightSite, { viewport: DESKTOP, ...options });
  await page.evaluate((d) => new Promise((done) => {
    const t = new globalThis.TL.Timeline('t', d, { font: '', duration: 0 });
    globalThis.timeline = t;
    t.on('loaded', done);
  }), data);
  await page.waitForTimeout(500);
  const seen = await page.evaluate(() => {
    const t = globalThis.timeline, text = (selector) => [...document.querySelectorAll(selector)].map((e) => e.textContent);
    const day = (d) => d && (d.data.date_obj.getFullYear ? [d.data.date_obj.getFullYear(), d.data.date_obj.getMonth() + 1, d.data.date_obj.getDate()] : [d.data.date_obj.year]);
    return {
      messages: [...t.config.messages.errors, ...t.config.messages.warnings], groups: text('.tl-timegroup-message'),
      events: t.config.events.map((e) => ({ id: e.unique_id, start: day(e.start_date), end: day(e.end_date), mark: document.getElementById(`${e.unique_id}-marker`)?.textContent.trim(),
        left: document.getElementById(`${e.unique_id}-marker`)?.getBoundingClientRect().left })),
      slides: [...document.querySelectorAll('.tl-slide')].length,
      ticks: text('.tl-timeaxis-tick-text').map((s) => s.trim()).filter(Boolean),
    };
  });
  return { seen, page, complaints, close };
}

// A slide as its reader has it: made when it is gone to.
async function slide(page, id) {
  await page.evaluate((to) => globalThis.timeline.goToId(to), id);
  await page.waitForSelector(`[id="${id}"] .tl-headline`);
  return page.evaluate((of) => {
    const s = document.getElementById(of), text = (selector) => s.querySelector(selector)?.textContent.trim();
    return { date: text('.tl-headline-date'), headline: text('.tl-headline'), words: text('.tl-text-content p') ?? text('.tl-text-content'), bold: s.querySelectorAll('b').length };
  }, id);
}

for (const timezoneId of ['UTC', 'America/New_York']) {
  test(`TimelineJS, shipped region, ${timezoneId}: every slide and mark with its days`, async () => {
    const data = exported('timelinejs'), all = claims();
    const { seen, page, complaints, close } = await drawKnight(data, { timezoneId });
    assert.ok(data.events.length > 450);
    assert.deepEqual(seen.messages, []);
    assert.deepEqual([seen.events.length, seen.slides], [data.events.length, data.events.length + 1]);
    assert.deepEqual([...seen.groups].sort(), ['cultural', 'economic', 'political', 'strategic']);
    const drawn = new Map(seen.events.map((e) => [e.id, e]));
    for (const event of data.events) {
      const e = drawn.get(event.unique_id), claim = all.get(claimOf(event.unique_id));
      const day = (d) => d && [d.year, d.month ?? 1, d.day ?? 1];
      assert.deepEqual(e.start, day(event.start_date), event.unique_id);
      const same = JSON.stringify(event.start_date) === JSON.stringify(event.end_date);
      assert.deepEqual(e.end, same ? undefined : day(event.end_date), event.unique_id);
      assert.equal(e.mark, claim.title);
      if (/^\d{4}(-\d\d)*$/.test(claim.date)) assert.deepEqual(Object.values(event.start_date), claim.date.split('-').map(Number));
    }
    assert.ok(seen.ticks.length > 5 && seen.ticks.every((t) => /^\d{4}$|^[A-Z][a-z]+/.test(t)), seen.ticks.join());
    for (const event of data.events.filter((_, i) => i % 40 === 0)) {
      const s = await slide(page, event.unique_id);
      assert.deepEqual([s.date, s.headline], [event.display_date, all.get(claimOf(event.unique_id)).title]);
      assert.match(s.words, /; source: \S/);
    }
    assert.deepEqual(complaints, []);
    await page.screenshot({ path: shot(dir, 'timelinejs-shipped') });
    await close();
  });
}

test('TimelineJS, odd dates: before 1, uncertain, open; marks of HTML are text', async () => {
  const data = exported('timelinejs', ...odd, '--lanes', 'kind');
  const { seen, page, complaints, close } = await drawKnight(data);
  const event = (id) => seen.events.find((e) => e.id === id);
  assert.deepEqual([seen.messages, seen.events.length], [[], ODD.length]);
  assert.deepEqual(seen.groups, ['Event <b>, "A & B"']);
  assert.deepEqual([event('ides').start, event('ides').end], [[-44, 3, 15], undefined]); // as its axis counts: 44 BCE
  assert.deepEqual([event('zero').start, event('first').start], [[-1, 1, 1], [44, 3, 1]]);
  assert.deepEqual([event('decade').start, event('decade').end], [[1990, 1, 1], [1999, 12, 31]]);
  const left = ['wars', 'salamis', 'ides', 'zero', 'first', 'begun', 'marks', 'late'].map((id) => event(id).left);
  left[5] = left[4]; // one whose start nobody knows stands with the first of all
  assert.ok(left.every((x, i) => i === 0 || x >= left[i - 1]), left.join());
  assert.ok(seen.ticks.some((t) => / BCE$/.test(t)) && !seen.ticks.some((t) => /NaN/.test(t)), seen.ticks.join());
  for (const [id, , title] of ODD) {
    const s = await slide(page, id);
    assert.deepEqual([s.headline, s.date, s.bold], [title, data.events.find((e) => e.unique_id === id).display_date, 0]);
  }
  assert.equal((await slide(page, 'ides')).date, 'on 15 March the year -43 (44 BCE)');
  assert.deepEqual(complaints, []);
  await page.screenshot({ path: shot(dir, 'timelinejs-odd') });
  await close();
});

test('TimelineJS, far dates: its scale of years alone', async () => {
  const data = exported('timelinejs', ...far);
  const { seen, complaints, close } = await drawKnight(data);
  const event = (id) => seen.events.find((e) => e.id === id);
  assert.deepEqual([seen.messages, seen.events.length], [[], ODD.length + FAR.length]);
  assert.deepEqual([event('deep').start, event('ice').start, event('next').start], [[-50000001], [-150001], [200001]]);
  assert.ok(event('deep').left < event('ice').left && event('ice').left < event('next').left);
  assert.ok(seen.ticks.length > 3 && !seen.ticks.some((t) => /NaN/.test(t)), seen.ticks.join());
  assert.deepEqual(complaints, []);
  await close();
});
