import { readFileSync } from 'node:fs'
import { asArray, asBoolean, asObject, asText, member } from './json/coerce.ts'
import { parseLenientJson, type Json } from './json/lenient.ts'
import { valueFromJson } from './record/value-json.ts'
import type { HandleValue } from './record/value.ts'
import type { Records } from './store/records.ts'

/** Records to start a server with. Values have the form of the HTTP JSON API; timestamps are kept as they are. */
export interface SeedDocument {
  /** Prefixes that the server answers for, as `0.NA/PREFIX`. */
  readonly homedPrefixes: readonly string[]
  readonly records: readonly SeedRecord[]
  readonly caseSensitive?: boolean | undefined
  readonly about?: string | undefined
}

export interface SeedRecord {
  readonly handle: string
  /** Value objects of the HTTP JSON API, such as `{ index: 1, type: 'URL', data: 'https://example.org' }`. */
  readonly values: readonly object[]
}

/** A seed after reading. */
export interface Seed {
  readonly homedPrefixes: readonly string[]
  readonly records: readonly { readonly handle: string; readonly values: readonly HandleValue[] }[]
  readonly caseSensitive: boolean
}

export const emptySeed: SeedDocument = { homedPrefixes: [], records: [] }

/**
 * What the command line serves when it is given no seed: the prefix 21.T12345 with the administrator
 * `300:21.T12345/ADMIN`, password `mypassword123`, who may do everything in it.
 */
export const developmentSeed: SeedDocument = {
  homedPrefixes: ['0.NA/21.T12345'],
  records: [
    {
      handle: '0.NA/21.T12345',
      values: [
        {
          index: 100,
          type: 'HS_ADMIN',
          data: { format: 'admin', value: { handle: '0.NA/21.T12345', index: 200, permissions: '111111111111' } },
          ttl: 0,
        },
        {
          index: 200,
          type: 'HS_VLIST',
          data: { format: 'vlist', value: [{ handle: '21.T12345/ADMIN', index: 300 }] },
          ttl: 0,
        },
      ],
    },
    {
      handle: '21.T12345/ADMIN',
      values: [
        {
          index: 100,
          type: 'HS_ADMIN',
          data: { format: 'admin', value: { handle: '0.NA/21.T12345', index: 200, permissions: '111111111111' } },
        },
        { index: 300, type: 'HS_SECKEY', data: { format: 'string', value: 'mypassword123' }, permissions: '1100' },
      ],
    },
  ],
}

/** Reads a seed from an object, or from the file at a path or URL. Throws an Error that names the file. */
export function readSeed(source: SeedDocument | string | URL): Seed {
  if (typeof source !== 'string' && !(source instanceof URL)) return parseSeed(JSON.stringify(source))
  try {
    return parseSeed(readFileSync(source, 'utf8'))
  } catch (error) {
    throw new Error(
      `Cannot read the seed ${String(source)}: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    )
  }
}

export function loadSeed(seed: Seed, records: Records): void {
  for (const prefix of seed.homedPrefixes) records.home(prefix)
  for (const { handle, values } of seed.records) records.put(handle, values)
}

function parseSeed(text: string): Seed {
  const object = asObject(parseLenientJson(text))
  return {
    homedPrefixes: asArray(member(object, 'homedPrefixes')).map(asText),
    records: asArray(member(object, 'records')).map(parseRecord),
    caseSensitive: asBoolean(object.get('caseSensitive')),
  }
}

function parseRecord(json: Json): Seed['records'][number] {
  const object = asObject(json)
  return { handle: asText(member(object, 'handle')), values: asArray(member(object, 'values')).map(valueFromJson) }
}
