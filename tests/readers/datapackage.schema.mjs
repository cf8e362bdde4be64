// What a descriptor has to be, as JSON Schema: written after the text of the Data Package standard, version 2.0
// (datapackage.org/standard: Data Package, Data Resource, Table Dialect, Table Schema). Properties that the standard
// does not name are allowed, as it says.
const text = { type: 'string', minLength: 1 };
const uri = { type: 'string', format: 'uri' };
// a path below the folder, with / between its parts, or an address
const path = { type: 'string', pattern: '^(https?://.+|(?!/|~|\\.\\.?/)(?!.*/\\.\\.?/)[^\\\\:]+)$' };
const oneOrMore = (items) => ({ type: 'array', minItems: 1, items });
const texts = oneOrMore(text);

// A type, its formats and the constraints that it may have.
const FORMATS = {
  string: ['default', 'email', 'uri', 'binary', 'uuid'], number: ['default'], integer: ['default'], boolean: ['default'], object: ['default'],
  array: ['default'], list: ['default'], year: ['default'], yearmonth: ['default'], duration: ['default'], any: ['default'],
  geopoint: ['default', 'array', 'object'], geojson: ['default', 'topojson'], date: null, time: null, datetime: null, // these three may be patterns
};
const constraints = (type) => ({
  type: 'object',
  properties: {
    required: { type: 'boolean' }, unique: { type: 'boolean' }, pattern: { type: 'string', format: 'regex' },
    minLength: { type: 'integer', minimum: 0 }, maxLength: { type: 'integer', minimum: 0 },
    enum: { type: 'array', minItems: 1, uniqueItems: true, items: { type: { number: ['number', 'string'], integer: ['integer', 'string'], boolean: ['boolean', 'string'] }[type] ?? 'string' } },
    ...Object.fromEntries(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].map((name) => [name, { type: { number: ['number', 'string'], integer: ['integer', 'string'] }[type] ?? 'string' }])),
  },
});
const field = {
  type: 'object',
  required: ['name'],
  properties: {
    name: text, title: { type: 'string' }, description: { type: 'string' }, rdfType: uri,
    type: { enum: Object.keys(FORMATS) }, missingValues: { $ref: '#/$defs/missing' },
  },
  allOf: Object.entries(FORMATS).map(([type, formats]) => ({
    if: type === 'string' ? { properties: { type: { const: type } } } : { properties: { type: { const: type } }, required: ['type'] },
    then: { properties: { constraints: constraints(type), ...(formats && { format: { enum: formats } }) } },
  })),
};
const missing = {
  type: 'array',
  anyOf: [{ items: { type: 'string' } }, { items: { type: 'object', required: ['value'], properties: { value: { type: 'string' }, label: { type: 'string' } } } }],
};
const tableSchema = {
  type: 'object',
  required: ['fields'],
  properties: {
    fields: oneOrMore(field), missingValues: { $ref: '#/$defs/missing' }, primaryKey: { ...texts, uniqueItems: true },
    uniqueKeys: oneOrMore({ ...texts, uniqueItems: true }), fieldsMatch: { enum: ['exact', 'equal', 'subset', 'superset', 'partial'] },
    foreignKeys: oneOrMore({
      type: 'object',
      required: ['fields', 'reference'],
      properties: { fields: texts, reference: { type: 'object', required: ['fields'], properties: { fields: texts, resource: text } } },
    }),
  },
};
const licenses = oneOrMore({ type: 'object', anyOf: [{ required: ['name'] }, { required: ['path'] }], properties: { name: { type: 'string', pattern: '^[\\w.-]+$' }, path, title: text } });
const sources = oneOrMore({ type: 'object', minProperties: 1, properties: { title: text, path, email: { type: 'string', format: 'email' }, version: text } });
const resource = {
  type: 'object',
  required: ['name'],
  oneOf: [{ required: ['path'] }, { required: ['data'] }],
  properties: {
    name: text, path: { anyOf: [path, oneOrMore(path)] }, type: { enum: ['table', 'json', 'object'] }, title: text, description: text, format: text,
    mediatype: { type: 'string', pattern: '^[^/]+/[^/]+$' }, encoding: text, bytes: { type: 'integer', minimum: 0 },
    hash: { type: 'string', pattern: '^([^:]+:[a-fA-F0-9]+|[a-fA-F0-9]{32})$' }, licenses, sources, schema: tableSchema,
  },
};
export const DESCRIPTOR = {
  $defs: { missing },
  type: 'object',
  required: ['resources'],
  properties: {
    $schema: uri, name: { type: 'string', pattern: '^[a-z0-9._-]+$' }, id: text, title: text, description: text, version: text, homepage: uri, licenses, sources,
    created: { type: 'string', format: 'date-time' }, keywords: texts, image: path,
    contributors: oneOrMore({ type: 'object', minProperties: 1, properties: { title: text, path, email: { type: 'string', format: 'email' }, roles: texts } }),
    resources: oneOrMore(resource),
  },
};
