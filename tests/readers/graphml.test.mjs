// Networks in the libraries that analyse them: networkx and igraph read the GraphML whole, each attribute of its type.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, karvan, run, without } from './readers.mjs';

const dir = folder(after);
const script = fileURLToPath(new URL('read_graphml.py', import.meta.url));
const python = '/usr/bin/python3'; // the system's: it has what Debian's packages bring

// A country whose name has signs of XML.
karvan(dir, 'new', 'odd');
const countries = join(dir, 'odd', 'countries.csv');
writeFileSync(countries, readFileSync(countries, 'utf8').replace(/^UZB,UZ,[^,]*/m, 'UZB,UZ,"Ü & ""Z"" <b>\'x\'</b>"'));

const networks = [
  ['memberships', '--year', '2020'], ['memberships', '--year', '2020', '--bodies'], ['missions', '--year', '2012'], ['trade', '--year', '2015', '--min', '1e8'],
  ['trade_agreements', '--year', '2020'], ['instruments', '--year', '2020', '--possible'], ['memberships', '--year', '2020', '--region', 'odd'],
];
const INT = ['degree', 'in_degree', 'out_degree', 'community', 'component', 'cut_off'];
const near = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));

/** What a library read is what the program prints: the same members, of the same types. */
function same(read, said, members, who) {
  for (const name of members) {
    const a = read[name] ?? null, b = said[name] === '' ? null : said[name] ?? null;
    if (name === 'certain' && typeof b === 'string') assert.equal(a, b, who);
    else if (typeof b === 'number') {
      assert.equal(typeof a, 'number', `${who} ${name}: ${a}`);
      assert.ok(near(a, b), `${who} ${name}: ${a}, ${b}`);
      if (INT.includes(name)) assert.ok(Number.isInteger(a), `${who} ${name}: ${a}`);
    } else assert.equal(a, b, `${who} ${name}`);
  }
}

for (const library of ['networkx', 'igraph']) {
  const none = without(python, '-c', `import ${library}`);
  for (const [tie, ...options] of networks) {
    test(`${library} reads ${tie} ${options.join(' ')}`, { skip: none }, () => {
      const command = ['relations', '--network', '--tie', tie, ...options];
      karvan(dir, ...command, '--out', 'net.graphml');
      const said = JSON.parse(karvan(dir, ...command, '--format', 'json')), ties = JSON.parse(karvan(dir, ...command, '--ties', '--format', 'json'));
      const read = JSON.parse(run(dir, python, script, library, 'net.graphml'));
      assert.equal(read.directed, said.network.directed);
      same(read.graph, said.network, ['tie', 'weight_counts', 'year', 'modularity', 'density'], 'graph');
      assert.equal(read.nodes.length, said.nodes.length);
      assert.equal(read.edges.length, ties.length);
      assert.equal(read.components, said.network.components);
      const nodes = new Map(read.nodes.map((n) => [n.code, n])), codes = new Map(read.nodes.map((n) => [n.id, n.code]));
      for (const n of said.nodes) {
        const { code, name, ...measures } = n;
        assert.equal(nodes.get(code)?.label, name, code);
        same(nodes.get(code), measures, Object.keys(measures), code);
        if (!said.network.weighted_distances) assert.ok(near(read.betweenness[nodes.get(code).id], n.betweenness), `${code}: betweenness is worked out as another`);
      }
      const edges = new Map(read.edges.map((e) => [[codes.get(e.source), codes.get(e.target)].join(), e]));
      for (const t of ties) {
        const e = edges.get([t.code1, t.code2].join()) ?? (said.network.directed ? undefined : edges.get([t.code2, t.code1].join()));
        assert.ok(e, `${t.code1}-${t.code2}`);
        const { code1, code2, ...rest } = t;
        same(e, rest, Object.keys(rest), `${code1}-${code2}`);
        assert.equal(typeof e.bridge, 'boolean');
      }
    });
  }
}
