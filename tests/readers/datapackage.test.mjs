// Packages held to the Data Package standard by a reader that shares nothing with karvan: ajv for the descriptor, and
// every cell of every table against its schema.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { DESCRIPTOR } from './datapackage.schema.mjs';
import { cellsOf, folder, karvan } from './readers.mjs';

const formats = {
  uri: (s) => URL.canParse(s), email: /^[^@\s]+@[^@\s]+$/, 'date-time': (s) => !Number.isNaN(Date.parse(s)),
  regex: (s) => { try { return Boolean(new RegExp(s, 'u')); } catch { return false; } },
};
const valid = new Ajv.default({ allErrors: true, strict: false, formats }).compile(DESCRIPTOR);

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?$/;
const TYPES = {
  string: () => true, any: () => true, number: (s) => NUMBER.test(s) || /^(nan|-?inf)$/i.test(s), integer: (s) => /^[+-]?\d+$/.test(s),
  boolean: (s) => ['true', 'True', 'TRUE', '1', 'false', 'False', 'FALSE', '0'].includes(s), year: (s) => /^-?\d{4,}$/.test(s),
  date: (s) => /^\d{4}-\d\d-\d\d$/.test(s),
};
const STRINGS = { default: () => true, uri: (s) => URL.canParse(s), email: (s) => formats.email.test(s) };

/** Faults of a cell that has a value. */
function* faultsOf(f, s) {
  const type = f.type ?? 'string', c = f.constraints ?? {}, number = type === 'number' || type === 'integer' || type === 'year';
  if (!TYPES[type]) throw new Error(`no rule for the type ${type}`);
  if (!TYPES[type](s)) yield `is no ${type}`;
  if (type === 'string' && !STRINGS[f.format ?? 'default'](s)) yield `is no ${f.format}`;
  if (c.pattern && !new RegExp(`^(?:${c.pattern})$`, 'u').test(s)) yield `is not like ${c.pattern}`;
  if (c.enum && !c.enum.map(String).includes(s)) yield `is not among ${c.enum}`;
  if (c.minLength > [...s].length || c.maxLength < [...s].length) yield 'is of another length';
  if (!number) return;
  if (Number(s) < c.minimum || Number(s) > c.maximum) yield `lies beyond ${c.minimum}..${c.maximum}`;
  if (Number(s) <= c.exclusiveMinimum || Number(s) >= c.exclusiveMaximum) yield 'lies on or beyond a bound';
}

// A key's value; undefined where a part is missing.
const keyOf = (columns, row) => (columns.some((i) => row[i] === null) ? undefined : JSON.stringify(columns.map((i) => row[i])));

const pathsOf = (r) => [r.path].flat();

/** All that is wrong with a package: the descriptor, then each table. */
function faults(dir) {
  const found = [], say = (...words) => found.push(words.join(' '));
  const descriptor = JSON.parse(readFileSync(join(dir, 'datapackage.json'), 'utf8'));
  if (!valid(descriptor)) return valid.errors.map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
  const names = descriptor.resources.map((r) => r.name), tables = new Map();
  if (new Set(names).size !== names.length) say('two resources have one name');
  for (const r of descriptor.resources) {
    const fields = r.schema.fields, files = pathsOf(r).map((path) => cellsOf(readFileSync(join(dir, path), r.encoding ?? 'utf8')));
    const head = files[0][0], rows = files.flatMap((cells) => cells.slice(1));
    if (files.some(([h]) => h.join() !== head.join())) say(r.name, 'its files have several headers');
    const missing = new Set((r.schema.missingValues ?? ['']).map((m) => m.value ?? m));
    if (head.join() !== fields.map((f) => f.name).join()) say(r.name, `header ${head} is not that of the schema`);
    if (new Set(head).size !== head.length) say(r.name, 'two fields have one name');
    const cells = rows.map((row) => row.map((s) => (missing.has(s) ? null : s)));
    cells.forEach((row, line) => {
      if (row.length !== fields.length) say(r.name, line + 2, `has ${row.length} cells`);
      row.forEach((s, i) => {
        if (s === null && fields[i]?.constraints?.required) say(r.name, line + 2, fields[i].name, 'is missing');
        if (s !== null && fields[i]) for (const why of faultsOf(fields[i], s)) say(r.name, line + 2, fields[i].name, `'${s}'`, why);
      });
    });
    tables.set(r.name, { head, cells });
  }
  const columnsOf = (name, list) => list.map((c) => tables.get(name)?.head.indexOf(c) ?? -1);
  for (const r of descriptor.resources) {
    const { cells } = tables.get(r.name), { primaryKey = [], foreignKeys = [], fields } = r.schema;
    const unique = [primaryKey, ...fields.filter((f) => f.constraints?.unique).map((f) => [f.name])].filter((k) => k.length);
    for (const key of unique) {
      const columns = columnsOf(r.name, key), keys = cells.map((row) => keyOf(columns, row)).filter((k) => k !== undefined);
      if (columns.includes(-1)) say(r.name, `key ${key} has no column`);
      if (new Set(keys).size !== keys.length) say(r.name, `key ${key} is there twice`);
      if (key === primaryKey && keys.length !== cells.length) say(r.name, `key ${key} is missing in a row`);
    }
    for (const { fields: own, reference } of foreignKeys) {
      const to = reference.resource || r.name, there = columnsOf(to, reference.fields), here = columnsOf(r.name, own);
      if (own.length !== reference.fields.length || [...there, ...here].includes(-1)) {
        say(r.name, `${own} leads to ${to}.${reference.fields}, which is not there`);
        continue;
      }
      const known = new Set(tables.get(to).cells.map((row) => keyOf(there, row)));
      for (const row of cells) {
        const key = keyOf(here, row);
        if (key !== undefined && !known.has(key)) say(r.name, `${own} ${key} is not in ${to}`);
      }
    }
  }
  return found;
}

const dir = folder(after);
karvan(dir, 'new', 'region');
const made = {
  'the region that ships': ['region'],
  'all claims': ['all', 'record', '--package', 'all'],
  'claims of a pair': ['pair', 'record', '--pair', 'AZE-KAZ', '--package', 'pair'],
  'claims of a body and a kind': ['body', 'record', '--body', 'OTS', '--kind', 'summit', '--package', 'body'],
  'what no claim is': ['none', 'record', '--text', 'there is no such title', '--package', 'none'],
  'a region with a scenario': ['laid', 'record', '--party', 'UZB', '--scenario', 'aze-joins-wto', '--package', 'laid'],
};
for (const [what, [name, ...command]] of Object.entries(made)) {
  test(`${what}: descriptor, types, constraints, keys`, () => {
    if (command.length) karvan(dir, ...command);
    assert.deepEqual(faults(join(dir, name)).slice(0, 20), []);
    const { resources } = JSON.parse(readFileSync(join(dir, name, 'datapackage.json'), 'utf8'));
    if (command.length) assert.deepEqual(readdirSync(join(dir, name)).sort(), [...resources.flatMap(pathsOf), 'datapackage.json'].sort());
    for (const path of resources.flatMap(pathsOf)) assert.ok(existsSync(join(dir, name, path)), path);
  });
}

test('a package holds the claims that were asked for, with their parties', () => {
  const list = JSON.parse(karvan(dir, 'record', '--pair', 'AZE-KAZ', '--format', 'json'));
  const [, ...claims] = cellsOf(readFileSync(join(dir, 'pair', 'claims.csv'), 'utf8'));
  assert.deepEqual(claims.map((r) => r[0]).sort(), list.map((c) => c.id).sort());
});

// The reader itself: each of these is found.
const broken = {
  'a format that strings do not have': (d) => { d.resources[0].schema.fields[0].format = 'edtf'; },
  'a type that is none': (d) => { d.resources[0].schema.fields[0].type = 'text'; },
  'a path that leaves the folder': (d) => { d.resources[0].path = '../sources.csv'; },
  'no fields': (d) => { d.resources[0].schema.fields = []; },
  'a table that a key leads to is gone': (d) => { d.resources = d.resources.filter((r) => r.name !== 'sources'); },
};
for (const [what, change] of Object.entries(broken)) {
  test(`the reader finds ${what}`, () => {
    const file = join(dir, 'pair', 'datapackage.json'), before = readFileSync(file, 'utf8'), d = JSON.parse(before);
    change(d);
    writeFileSync(file, JSON.stringify(d));
    const found = faults(join(dir, 'pair'));
    writeFileSync(file, before);
    assert.ok(found.length > 0);
  });
}
test('the reader finds cells that are wrong', () => {
  for (const [table, from, to] of [['claims', /,normal,/, ',usual,'], ['parties', /\n[^,]+,/, '\nnobody,'], ['sources', /,news,/, ',,']]) {
    const file = join(dir, 'pair', `${table}.csv`), before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace(from, to));
    const found = faults(join(dir, 'pair'));
    writeFileSync(file, before);
    assert.equal(found.length > 0, true, table);
  }
  assert.deepEqual(faults(join(dir, 'pair')), []);
});
