// References in the programs that cite them: pandoc and citation.js read CSL-JSON and BibTeX whole.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { folder, karvan, rowsOf, run, without } from './readers.mjs';

const require = createRequire(import.meta.url);
const { Cite } = require('@citation-js/core');
require('@citation-js/plugin-csl');
require('@citation-js/plugin-bibtex');

// All sources of the region that ships, and odd ones beside them, each cited by a claim.
const dir = folder(after);
const ODD = [
  ['x-tex', '50 % of {all} & \\more, #1_2 ~ ^ $ "q" @x', 'Smith "&" Sons, {Ltd}', '2019~', 'https://x.example/a_b%20c?d={1}&e=~f#g', '2020-03'],
  ['x-span', 'An interval', 'Uni', '1998/2001', 'https://x.example/50%/<b>|^`\\', '2020-03-05'],
  ['x-signs', 'İşgal ə – ümlaut “q” … 中文 𝒳', 'Ünï', '199X', 'https://x.example/ə', '2020'],
  ['x-day', 'A day--with dashes --- and -- more', 'The Times', '2018-05-04', 'http://x.example/', '2020-03~'],
  ['x-old', 'Histories', 'Herodotus', '-0440', '', ''],
  ['x-open', 'Open', 'Works', '1998/..', '', ''],
  ['x-and', 'Rails and Roads', 'Smith and Sons', '2001-11', '', ''],
  ['x-case', 'the iPhone, McDonald and NATO: A Study', 'NATO', '2001-21', '', ''],
  ['x-marks', 'If p < 0.05 & q > 3 | *star* [x](y) $a$', 'Ab', '2001?', '', ''],
];
const quoted = (s) => `"${s.replaceAll('"', '""')}"`;
karvan(dir, 'new', 'region');
const at = (name) => join(dir, 'region', name);
appendFileSync(at('sources.csv'), ODD.map(([id, title, publisher, year, url, accessed]) => `${[id, title, publisher, year, url, '', accessed, 'document', 'a {note} & more'].map(quoted).join()}\n`).join(''));
const sources = rowsOf(at('sources.csv')).filter((s) => s.kind !== 'assumption');
const heads = (name) => `${readFileSync(at(name), 'utf8').split('\n')[0]}\n`;
writeFileSync(at('claims.csv'), heads('claims.csv') + sources.map(({ id }, i) => `z${i},event,political,AZE,KAZ,T,1995,,,,normal,,${id},,\n`).join(''));
writeFileSync(at('parties.csv'), heads('parties.csv') + sources.map((_, i) => `z${i},AZE,party,,,,,,,\nz${i},KAZ,party,,,,,,,\n`).join(''));
for (const name of ['all.json', 'all.bib']) karvan(dir, 'record', '--region', 'region', '--sources-out', name);

// Date parts that a year in the table has for a reader; null where it has none.
function parts(edtf) {
  if (/^\d{4}-2\d/.test(edtf)) return [[Number(edtf.slice(0, 4))]]; // a season
  const plain = edtf.replace(/[~?%]$/, '');
  if (!/^-?\d{4}(-\d\d){0,2}(\/\d{4}(-\d\d){0,2})?$/.test(plain)) return null;
  return plain.split('/').map((d) => {
    const [, year, ...rest] = d.match(/^(-?\d{4})(?:-(\d\d))?(?:-(\d\d))?$/);
    return [Number(year) > 0 ? Number(year) : Number(year) - 1, ...rest.filter(Boolean).map(Number)];
  });
}
// pandoc sets quotes as a printer does; that is not the file's.
const typed = (s) => s?.replace(/[’‘]/g, "'").replace(/[“”]/g, '"');
const address = (s) => s && decodeURI(encodeURI(s).replaceAll('%25', '%').replace(/%(?![0-9A-Fa-f]{2})/g, '%25')).replace(/%7B|%7D|%3C|%3E|%7C|%5E|%60|%5C/g, (x) => decodeURIComponent(x));

/** @param entries of CSL, as a program made them; @param lost what it cannot hold: [id, member] */
function held(entries, { name, lost = [] }) {
  const by = new Map(entries.map((e) => [e.id, e]));
  assert.equal(entries.length, sources.length);
  for (const s of sources) {
    const e = by.get(s.id), what = `${s.id}: ${JSON.stringify(e)}`;
    assert.ok(e, s.id);
    assert.equal(typed(e.title), typed(s.title), what);
    const who = e.author?.map((a) => a.literal ?? a.family).join('; ') ?? e['container-title'] ?? e.publisher;
    assert.equal(typed(who), s.publisher === '' ? undefined : typed(s.publisher), what);
    assert.equal(address(e.URL), s.url === '' ? undefined : address(s.url), what);
    const issued = parts(s.year), read = e.issued?.['date-parts'];
    if (issued && !lost.includes(s.id)) assert.deepEqual(read?.map((d) => d.map(Number)), issued, `${name} ${what}`);
    const accessed = parts(s.accessed);
    if (accessed) assert.deepEqual(e.accessed?.['date-parts'].map((d) => d.map(Number)), accessed, what);
  }
}

test('there are odd sources and all of the region', () => {
  assert.ok(sources.length > 450 && sources.filter((s) => s.id.startsWith('x-')).length === ODD.length);
});

const none = without('pandoc', '--version');
test('CSL-JSON, pandoc: every entry with authors, dates, title and address', { skip: none }, () => {
  held(JSON.parse(run(dir, 'pandoc', '-f', 'csljson', '-t', 'csljson', 'all.json')), { name: 'csl' });
});

test('BibTeX, pandoc: every entry with authors, dates, title and address', { skip: none }, () => {
  // BibTeX has years as text: of one before 1 and of an interval nothing more is said
  const read = JSON.parse(run(dir, 'pandoc', '-f', 'bibtex', '-t', 'csljson', 'all.bib'));
  held(read, { name: 'bib', lost: ['x-old'] });
  assert.ok(read.every((e) => e.publisher === undefined), 'no address is taken for a publisher');
});

test('pandoc cites: what no calendar has is printed as it is', { skip: none }, () => {
  writeFileSync(join(dir, 'all.md'), `---\nnocite: "${ODD.map(([id]) => `@${id}`).join(', ')}"\n---\n`);
  for (const file of ['all.json', 'all.bib']) {
    const text = run(dir, 'pandoc', '--citeproc', '--bibliography', file, '--wrap=none', '-t', 'plain', 'all.md');
    for (const words of ['199X', '1998/..', 'Herodotus']) assert.ok(text.includes(words), `${file}: ${words}: ${text}`);
    if (file === 'all.json') assert.match(text, /Histories.*441\s?BC/);
  }
});

test('CSL-JSON, citation.js: every entry with authors, dates, title and address', () => {
  const cite = new Cite(readFileSync(join(dir, 'all.json'), 'utf8'));
  held(cite.data, { name: 'csl' });
  assert.equal(cite.format('bibliography', { format: 'text', template: 'apa', lang: 'en-US' }).trim().split('\n').length, sources.length);
});

test('BibTeX, citation.js: every entry with authors, dates, title and address', () => {
  const cite = new Cite(readFileSync(join(dir, 'all.bib'), 'utf8'));
  held(cite.data, { name: 'bib', lost: ['x-old', 'x-span'] });
  assert.equal(cite.data.find((e) => e.id === 'x-span').issued.literal, '1998/2001');
});
