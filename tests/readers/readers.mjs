// What the tests of karvan's files share: files made by the program, other programs, CSV.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.env.KARVAN_PROGRAM;
if (!program) throw new Error('KARVAN_PROGRAM must name the built karvan');

/** A folder that is removed when the tests of the file end. */
export function folder(after) {
  const dir = mkdtempSync(join(tmpdir(), 'karvan-readers-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const most = { encoding: 'utf8', maxBuffer: 1 << 28 };
/** Runs karvan with the arguments in a folder; returns its stdout, throws where it fails. */
export const karvan = (cwd, ...args) => execFileSync(program, args, { cwd, ...most });
/** Runs another program; throws where it fails or complains. */
export const run = (cwd, name, ...args) => execFileSync(name, args, { cwd, ...most, stdio: ['ignore', 'pipe', 'inherit'] });

/** Why a test that needs a program is skipped; false where the program answers. */
export function without(name, ...args) {
  try {
    execFileSync(name, args, { stdio: 'ignore' });
    return false;
  } catch {
    return `skipped: no ${name} ${args.join(' ')}`;
  }
}

/** Rows of cells, as RFC 4180 has them. */
export function cellsOf(text) {
  const rows = [];
  let row = [], cell = '', quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '"' && text[i + 1] === '"') cell += text[++i];
    else if (c === '"') quoted = !quoted;
    else if (quoted || !/[,\r\n]/.test(c)) cell += c;
    else if (c !== '\r') {
      row.push(cell);
      cell = '';
      if (c === '\n') rows.push(row), row = [];
    }
  }
  if (quoted || cell || row.length) throw new Error('the file ends within a row');
  return rows;
}

/** Rows of a CSV file as objects. */
export function rowsOf(file) {
  const [head, ...rows] = cellsOf(readFileSync(file, 'utf8'));
  return rows.map((r) => Object.fromEntries(head.map((name, i) => [name, r[i]])));
}
