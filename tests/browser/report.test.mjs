// The report and the brief as a reader has them: offline, at desk and on the phone, in the light and the dark,
// with scripts and without, on paper.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DESKTOP, PHONE, folder, karvan, launch, open, violations } from './browser.mjs';

const dir = folder(after);
karvan(dir, 'report', '--out', 'report.html');
karvan(dir, 'brief', 'AZE', 'KAZ', '--out', 'brief.html');
const browser = await launch();
after(() => browser.close());

const screens = [['desktop', DESKTOP], ['phone', PHONE]];
for (const name of ['report', 'brief']) {
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
    await close();
  });

  test(`${name}: the file is below 1.5 MB and the same every time`, () => {
    const first = readFileSync(file);
    assert.ok(first.length < 1.5e6, `${first.length} bytes`);
    karvan(dir, ...(name === 'report' ? ['report'] : ['brief', 'AZE', 'KAZ']), '--out', 'again.html');
    assert.ok(first.equals(readFileSync(join(dir, 'again.html'))), 'the bytes differ');
  });
}

test('brief: a sheet of A4, both sides, for every pair of the six', async () => {
  const six = ['AZE', 'KAZ', 'KGZ', 'TJK', 'TKM', 'UZB'];
  const { page, close } = await open(browser, join(dir, 'brief.html'), {});
  for (const a of six) {
    for (const b of six.filter((c) => c > a)) {
      karvan(dir, 'brief', a, b, '--out', 'pair.html');
      await page.goto(`file://${join(dir, 'pair.html')}`);
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      const pages = pdf.match(/\/Type\s*\/Page\b/g).length;
      assert.ok(pages <= 2, `${a}-${b}: ${pages} pages`);
    }
  }
  await close();
});
