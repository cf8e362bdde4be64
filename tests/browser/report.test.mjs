// The report and the brief as a reader has them: offline, at desk and on the phone, in the light and the dark,
// with scripts and without, on paper.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DESKTOP, PHONE, folder, karvan, launch, open, violations } from './browser.mjs';

const dir = folder(after);
// Of all that the region would study a few are enough here; what follows from others has to stay.
const few = /^(intervention|aze-joins-wto|bakhty-ayagoz|through-tariff|alat-phase-2|northern-closed|storms-january|(?:eaeu|fta|wto)-border-[\w-]+),/;
karvan(dir, 'new', 'region');
const edits = join(dir, 'region', 'scenarios', 'all.csv');
writeFileSync(edits, readFileSync(edits, 'utf8').split('\n').filter((row) => few.test(row)).join('\n') + '\n');
const report = ['report', '--region', 'region', '--draws', '40'];
karvan(dir, ...report, '--out', 'report.html');
karvan(dir, 'brief', 'AZE', 'KAZ', '--out', 'brief.html');
karvan(dir, 'profile', 'CNXIA', 'DEDUI', '--corridor', 'all', '--out', 'profile.html');
const made = {
  report,
  brief: ['brief', 'AZE', 'KAZ'],
  profile: ['profile', 'CNXIA', 'DEDUI', '--corridor', 'all'],
};
const browser = await launch();
after(() => browser.close());

const screens = [['desktop', DESKTOP], ['phone', PHONE]];
for (const name of Object.keys(made)) {
  const file = join(dir, `${name}.html`);

  for (const [screen, viewport] of screens) {
    for (const colorScheme of ['light', 'dark']) {
      test(`${name}, ${screen}, ${colorScheme}: axe-core finds nothing, nothing is asked of the network`, async () => {
        const { page, complaints, close } = await open(browser, file, { viewport, colorScheme });
        await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(complaints, []);
        await close();
      });
    }
    test(`${name}, ${screen}: the page is no wider than the screen`, async () => {
      const { page, close } = await open(browser, file, { viewport });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= viewport.width, `${wide} px on a screen of ${viewport.width}`);
      await close();
    });
    test(`${name}, ${screen}: letters of shown charts are at least 8 px high`, async () => {
      const { page, close } = await open(browser, file, { viewport });
      const small = await page.evaluate(() => [...document.querySelectorAll('svg text')]
        .filter((t) => t.textContent.trim() && t.checkVisibility() && t.getClientRects().length)
        .map((t) => [parseFloat(getComputedStyle(t).fontSize) * Math.hypot(t.getScreenCTM().a, t.getScreenCTM().b), t.textContent])
        .filter(([px]) => px < 8).slice(0, 5));
      assert.deepEqual(small, []);
      await close();
    });
  }

  test(`${name}: the dark is a design of its own`, async () => {
    const ground = async (colorScheme) => {
      const { page, close } = await open(browser, file, { colorScheme });
      const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await close();
      return colour;
    };
    assert.notEqual(await ground('light'), await ground('dark'));
  });

  test(`${name}: without scripts every part, chart and table is there`, async () => {
    const parts = async (javaScriptEnabled) => {
      const { page, close } = await open(browser, file, { javaScriptEnabled });
      const counts = {};
      for (const part of ['h2', 'svg', 'table', 'a[href]']) counts[part] = await page.locator(part).count();
      await close();
      return counts;
    };
    const without = await parts(false);
    assert.ok(without.svg > 0 && without.h2 > 0 && without.table > 0, JSON.stringify(without));
    assert.deepEqual(without, await parts(true));
  });

  test(`${name}: links inside the page lead somewhere`, async () => {
    const { page, close } = await open(browser, file);
    const dead = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')]
      .map((a) => decodeURIComponent(a.getAttribute('href').slice(1)))
      .filter((id) => id && !document.getElementById(id)));
    assert.deepEqual([...new Set(dead)].slice(0, 10), []);
    await close();
  });

  test(`${name}: on paper the ground is white`, async () => {
    const { page, close } = await open(browser, file, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.ok(['rgb(255, 255, 255)', 'rgba(0, 0, 0, 0)'].includes(ground), ground);
    const nearest = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--b0').trim());
    assert.equal(nearest, '#440154', 'the scale of light paper');
    await close();
  });

  test(`${name}: the file is below 1.5 MB and the same every time`, () => {
    const first = readFileSync(file);
    assert.ok(first.length < 1.5e6, `${first.length} bytes`);
    karvan(dir, ...made[name], '--out', 'again.html');
    assert.ok(first.equals(readFileSync(join(dir, 'again.html'))), 'the bytes differ');
  });
}

// Boxes of all names with a halo in the drawings of a part that are shown, as the browser sets them.
const names = (page, part) => page.evaluate((id) => [...document.querySelectorAll(`#${id} svg`)]
  .filter((svg) => svg.checkVisibility() && svg.getClientRects().length)
  .map((svg) => ({
    frame: svg.getBoundingClientRect().toJSON(),
    names: [...svg.querySelectorAll('text.halo')].map((t) => ({ text: t.textContent, ...t.getBoundingClientRect().toJSON() })),
  })), part);

for (const [screen, viewport] of screens) {
  for (const part of ['moves', 'flows', 'profile', 'access', 'critical', 'trade']) {
    test(`report, ${screen}: drawings of ${part} stay in their frames and their names apart`, async () => {
      const { page, close } = await open(browser, join(dir, 'report.html'), { viewport });
      const drawings = await names(page, part);
      assert.ok(drawings.length > 0);
      for (const { frame, names: all } of drawings) {
        assert.ok(frame.right <= viewport.width + 0.5, `${frame.right} px on ${viewport.width}`);
        for (const [i, a] of all.entries()) {
          assert.ok(a.left > frame.left - 1, `${a.text} begins before its drawing`);
          for (const b of all.slice(0, i)) {
            // letters of a system's font may be wider than the layout takes them to be: a little is no collision
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            const most = part === 'flows' ? 0.05 : 0.25; // names of loads keep a distance from one another
            assert.ok(across < most * Math.min(a.width, b.width) || down < 2 * most * a.height, `${a.text} lies on ${b.text}`);
          }
        }
      }
      await close();
    });
  }
}

test('report: the first screen holds question, answer, five numbers, their doubt and the best few', async () => {
  const { page, close } = await open(browser, join(dir, 'report.html'), { viewport: { width: 1280, height: 800 } });
  const seen = await page.evaluate(() => {
    const bottom = (selector) => document.querySelector(selector).getBoundingClientRect().bottom;
    const text = (selector) => document.querySelector(selector).textContent;
    return {
      bottom: bottom('header'), question: text('h1'), answer: text('.answer'),
      five: [...document.querySelectorAll('header .five b')].map((b) => b.textContent),
      spans: [...document.querySelectorAll('header .five span')].map((b) => b.textContent),
      drivers: document.querySelectorAll('header a[href="#drivers"]').length,
      few: document.querySelectorAll('header .few .reach').length,
    };
  });
  assert.ok(seen.bottom <= 800, `the header ends at ${seen.bottom} px`);
  assert.match(seen.question, /^Which improvement of the Middle Corridor helps most, whom, and how sure is that\?$/);
  assert.match(seen.answer, /million USD a year \(.* to .*\), the best of \d+ in \d+ of 100 draws/);
  assert.equal(seen.five.length, 5);
  assert.ok(seen.spans.every((s) => /\(.+ to .+\)/.test(s)), JSON.stringify(seen.spans));
  assert.ok(seen.drivers === 1 && seen.few === 4, JSON.stringify(seen));
  await close();
});

test('report: the ranking, who gains, what moves and what it depends on have their charts and tables', async () => {
  for (const [, viewport] of screens) {
    const { page, close } = await open(browser, join(dir, 'report.html'), { viewport });
    const seen = await page.evaluate(() => {
      const shown = (e) => e.checkVisibility() && e.getClientRects().length > 0;
      const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
      const left = (e) => e.getBoundingClientRect().left;
      return {
        dots: all('#help figure svg .now').map(left), lines: all('#moves .more path').length + all('#moves .less path').length,
        words: all('#gains td small').map((e) => e.textContent), signs: all('#gains td').map((e) => e.textContent),
        rows: document.querySelectorAll('#help details table tbody tr').length, hurt: all('#hurt svg .now').length,
        bars: all('#drivers svg .whisker').length, ends: all('#drivers svg .reach').length,
        downloads: [...document.querySelectorAll('a[download]')].map((a) => a.download),
        parts: [...document.querySelectorAll('main > section')].slice(0, 5).map((s) => s.id),
      };
    });
    assert.deepEqual(seen.parts, ['help', 'gains', 'moves', 'drivers', 'hurt']);
    assert.ok(seen.dots.length === 4 && seen.dots.every((x, i) => i === 0 || x <= seen.dots[i - 1] + 0.5), JSON.stringify(seen.dots));
    assert.ok(seen.lines > 5 && seen.hurt === 2 && seen.bars === 12 && seen.ends > 0, JSON.stringify(seen));
    assert.ok(seen.words.length === 4 * 8 && seen.words.every((w) => /^(gains|loses|unclear|nothing)$/.test(w)));
    assert.ok(seen.signs.every((t) => /^([+\u2212]?[\d.\u202f]+ )?(gains|loses|unclear|nothing)$/.test(t.trim())), JSON.stringify(seen.signs));
    for (const file of ['ranking.csv', 'gains.csv', 'moves.csv', 'influence.csv', 'disruptions.csv', 'corridors-moved.csv'])
      assert.ok(seen.downloads.includes(file), file);
    await close();
  }
});

test('report: isochrones and closures have their bands, signs and tables', async () => {
  const { page, close } = await open(browser, join(dir, 'report.html'));
  const count = (selector) => page.locator(selector).count();
  assert.equal(await count('#access .wide .origin'), 1);
  assert.ok(await count('#access .wide circle') > 30);
  assert.equal(await count('#critical .wide .badge'), 10);
  assert.equal(await count('#critical figure > div.scroll tbody tr'), 10);
  assert.ok(await count('#critical .wide .cut') > 0);
  assert.equal(await count('#profile .panels svg'), 5);
  for (const file of ['access.csv', 'critical.csv', 'indicators.csv']) assert.equal(await count(`a[download="${file}"]`), 1, file);
  await close();
});

test('report: trade has its series, indicators, potential and changes, each with its table', async () => {
  const { page, close } = await open(browser, join(dir, 'report.html'));
  const count = (selector) => page.locator(selector).count();
  assert.equal(await count('#trade .multiples svg'), 5);
  assert.ok(await count('#trade .brk') >= 5, 'breaks are marked');
  assert.equal(await count('#figures .boards table'), 2);
  assert.ok(await count('#figures td a[href^="#f-"]') > 20, 'each indicator leads to its formula');
  assert.equal(await count('#potential .multiples svg'), 2);
  assert.equal(await count('#potential .now'), 10);
  assert.equal(await count('#what-if .multiples svg'), 6);
  for (const file of ['series-AZE-KAZ.csv', 'trade-AZE-KAZ.csv', 'trade-indicators.csv', 'potential.csv', 'what-if-agreement.csv', 'what-if-day.csv', 'what-if-day-bridge.csv'])
    assert.equal(await count(`a[download="${file}"]`), 1, file);
  await close();
});

for (const [screen, viewport] of screens) {
  for (const part of ['potential', 'what-if']) {
    test(`report, ${screen}: figures beside the bars of ${part} keep off names and bars`, async () => {
      const { page, close } = await open(browser, join(dir, 'report.html'), { viewport });
      const touching = await page.evaluate((id) => [...document.querySelectorAll(`#${id} .multiples svg`)].flatMap((svg) => {
        const frame = svg.getBoundingClientRect();
        const taken = [...svg.querySelectorAll('.span, .now, text:not([text-anchor="end"])')].map((e) => e.getBoundingClientRect());
        return [...svg.querySelectorAll('text[text-anchor="end"]')].filter((t) => {
          const a = t.getBoundingClientRect();
          return a.right > frame.right + 1 || taken.some((b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2);
        }).map((t) => t.textContent);
      }), part);
      assert.deepEqual(touching, []);
      await close();
    });
  }
}

test('report: bands and classes differ in light and dark, also without colour', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const { page, close } = await open(browser, join(dir, 'report.html'), { colorScheme });
    const grey = await page.evaluate(() => ['b', 'q'].map((kind) => Array.from({ length: kind === 'b' ? 6 : 5 }, (_, i) => {
      const hex = getComputedStyle(document.documentElement).getPropertyValue(`--${kind}${i}`).trim().slice(1);
      const [r, g, b] = [0, 2, 4].map((k) => (parseInt(hex.slice(k, k + 2), 16) / 255) ** 2.2);
      return (0.2126 * r + 0.7152 * g + 0.0722 * b) ** (1 / 2.2);
    })));
    for (const scale of grey) {
      const steps = scale.slice(1).map((v, i) => v - scale[i]);
      assert.ok(steps.every((s) => Math.sign(s) === Math.sign(steps[0]) && Math.abs(s) > 0.03), `${colorScheme}: ${scale}`);
    }
    await close();
  }
});

// The map's strands, the chart's bars and the tables are of one solution.
test('report: who goes which way, on a map, in bars and in tables that agree', async () => {
  for (const [, viewport] of screens) {
    const { page, close } = await open(browser, join(dir, 'report.html'), { viewport });
    const seen = await page.evaluate(() => {
      const shown = (e) => e.checkVisibility() && e.getClientRects().length > 0;
      const part = document.getElementById('flows');
      const all = (selector) => [...part.querySelectorAll(selector)].filter(shown);
      const text = (e) => e.textContent;
      const inside = (t) => {
        const box = t.getBoundingClientRect(), frame = t.closest('svg').getBoundingClientRect();
        return box.left > frame.left - 1 && box.right < frame.right + 1;
      };
      return {
        maps: all('svg .quiet').length, strands: all('svg[role=img] .strand path').length,
        widths: all('svg[role=img] .strand path').map((e) => parseFloat(getComputedStyle(e).strokeWidth)),
        colours: new Set(all('svg[role=img] g.strand').map((e) => getComputedStyle(e).stroke)).size,
        room: all('.room').length, price: all('.price').length,
        full: all('.full').map((e, i) => e.getBoundingClientRect().width / all('.room')[i].getBoundingClientRect().width),
        outside: all('svg[role=img] text').filter((t) => !t.classList.contains('halo') && !inside(t)).map(text),
        badges: all('.rankno').map(text), downloads: [...part.querySelectorAll('a[download]')].map((a) => a.download),
      };
    });
    assert.equal(seen.maps, 1);
    assert.ok(seen.strands > 20 && seen.colours >= 4, JSON.stringify(seen));
    assert.ok(seen.widths.every((w) => w >= 0.5) && Math.max(...seen.widths) > 3);
    assert.ok(seen.room > 0 && seen.room === seen.price && seen.room <= 10);
    assert.ok(seen.full.every((f) => f > 0.1 && f < 1.02), JSON.stringify(seen.full));
    assert.deepEqual(seen.outside, []);
    assert.ok(seen.badges.length >= 3 && seen.badges.every((b) => Number(b) <= seen.room));
    for (const file of ['loads.csv', 'corridor-loads.csv', 'bottlenecks.csv', 'countries.csv'])
      assert.ok(seen.downloads.includes(file), file);
    await close();
  }
});

test('brief: the pair has its series, potential, missing products and indicators', async () => {
  const { page, close } = await open(browser, join(dir, 'brief.html'));
  const count = (selector) => page.locator(selector).count();
  assert.equal(await count('#trade .multiples svg'), 1);
  assert.equal(await count('#potential .now'), 2);
  assert.ok(await count('#trade h3 ~ div.scroll tbody tr') >= 2);
  assert.ok(await count('#figures .boards tbody tr') > 15);
  assert.ok(await count('#flows table tbody tr') > 2);
  await close();
});

test('brief: a sheet of A4, both sides, for every pair of the six', async () => {
  const six = ['AZE', 'KAZ', 'KGZ', 'TJK', 'TKM', 'UZB'];
  const { page, close } = await open(browser, join(dir, 'brief.html'), {});
  for (const a of six) {
    for (const b of six.filter((c) => c > a)) {
      // as it is, and where all that ever changed is told
      for (const since of [[], ['--since', '1991']]) {
        karvan(dir, 'brief', a, b, '--out', 'pair.html', ...since);
        await page.goto(`file://${join(dir, 'pair.html')}`);
        const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
        const pages = pdf.match(/\/Type\s*\/Page\b/g).length;
        assert.ok(pages <= 2, `${a}-${b} ${since.join(' ')}: ${pages} pages`);
      }
    }
  }
  await close();
});
