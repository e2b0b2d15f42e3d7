import { DatabaseSync } from 'node:sqlite'
import { asArray, asInteger, asObject, asText, member } from '../json/coerce.ts'
import { parseLenientJson, type Json } from '../json/lenient.ts'
import { formatPermissions, parsePermissions } from '../record/permissions.ts'
import type { HandleValue } from '../record/value.ts'
import { referencesFromJson } from '../record/vlist.ts'
import type { RecordStore } from './store.ts'

// Text compares by its UTF-8 bytes in SQLite, so the primary key gives the order of listings.
const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS records (name TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS homed_prefixes (name TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
`

const selectName = 'SELECT CAST(name AS BLOB) AS bytes FROM'

/**
 * A store in an SQLite file, which is made when missing. Every write is on the disk before it is acknowledged: one that
 * was answered outlives a crash.
 */
export function sqliteStore(path: string): RecordStore {
  const database = openDatabase(path)
  const text = (sql: string, ...parameters: string[]): string | undefined => {
    const row = database.prepare(sql).get(...parameters)
    return typeof row?.['text'] === 'string' ? row['text'] : undefined
  }
  // As bytes, because Node.js 22 ends a text at its first zero byte, which a handle may have.
  const names = (sql: string, ...parameters: string[]): string[] =>
    database
      .prepare(sql)
      .all(...parameters)
      .map(({ bytes }) => (bytes instanceof Uint8Array ? Buffer.from(bytes).toString('utf8') : ''))
  const run = (sql: string, ...parameters: string[]): number => Number(database.prepare(sql).run(...parameters).changes)

  return {
    get: (key) => {
      const content = text('SELECT content AS text FROM records WHERE name = ?', key)
      return content === undefined ? undefined : parseContent(content)
    },
    put: (key, values) => void run('INSERT OR REPLACE INTO records VALUES (?, ?)', key, formatContent(values)),
    delete: (key) => run('DELETE FROM records WHERE name = ?', key) > 0,
    keys: (start) => names(`${selectName} records WHERE substr(name, 1, length(?)) = ? ORDER BY name`, start, start),
    homedPrefixes: () => names(`${selectName} homed_prefixes ORDER BY name`),
    home: (prefixHandle) => void run('INSERT OR IGNORE INTO homed_prefixes VALUES (?)', prefixHandle),
    unhome: (prefixHandle) => void run('DELETE FROM homed_prefixes WHERE name = ?', prefixHandle),
    isEmpty: () => names(`${selectName} records UNION ${selectName} homed_prefixes LIMIT 1`).length === 0,
    atomically: (write) => {
      database.exec('BEGIN')
      try {
        write()
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    note: (name) => text('SELECT content AS text FROM notes WHERE name = ?', name),
    setNote: (name, content) => void run('INSERT OR REPLACE INTO notes VALUES (?, ?)', name, content),
    close: () => database.close(),
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path)
    database.exec(schema)
    return database
  } catch (error) {
    throw new Error(`Cannot open the data file ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/** A record as JSON, its data in Base64: unlike the form of the API this keeps every byte, whatever the type. */
function formatContent(values: readonly HandleValue[]): string {
  return JSON.stringify(
    values.map((value) => ({
      ...value,
      data: value.data.toString('base64'),
      permissions: formatPermissions(value.permissions),
    })),
  )
}

function parseContent(content: string): HandleValue[] {
  return asArray(parseLenientJson(content)).map(parseValue)
}

function parseValue(json: Json): HandleValue {
  const object = asObject(json)
  const ttl = asObject(member(object, 'ttl'))
  return {
    index: asInteger(member(object, 'index')),
    type: asText(member(object, 'type')),
    data: Buffer.from(asText(member(object, 'data')), 'base64'),
    permissions: parsePermissions(`-${asText(member(object, 'permissions'))}`), // five characters: none is lost
    ttl: {
      kind: asText(member(ttl, 'kind')) === 'absolute' ? 'absolute' : 'relative',
      seconds: asInteger(member(ttl, 'seconds')),
    },
    timestamp: asInteger(member(object, 'timestamp')),
    references: referencesFromJson(member(object, 'references')),
  }
}
