import * as core from '@handlekit/core'
import type { Seen } from '../../../../core/test/support/server.ts'

/** A request in its normal form. */
export interface Exchanged {
  readonly send: string
  readonly authorization: string | undefined
  readonly values?: readonly unknown[]
}

/** What stands for what is only known when a case runs. */
export type Given = Readonly<Record<string, unknown>>

/** Puts what is given in its places. */
export function filled(value: unknown, given: Given): unknown {
  if (value === null) return undefined
  if (typeof value === 'string') {
    if (Object.hasOwn(given, value)) return given[value]
    return value.replaceAll(/\$\w+/g, (name) => (Object.hasOwn(given, name) ? String(given[name]) : name))
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, given))
  if (!isObject(value)) return value
  const { $call } = value
  if (!Array.isArray($call)) return mapped(value, (member) => filled(member, given))
  const [name, ...args]: unknown[] = $call
  return invoke(
    core,
    String(name),
    Array.from(args, (arg) => filled(arg, given)),
  )
}

/** Calls a method, or reads a property. */
export function invoke(target: unknown, name: string, args: readonly unknown[]): unknown {
  const member: unknown = Reflect.get(Object(target), name)
  if (typeof member === 'function') return Reflect.apply(member, target, args)
  if (member === undefined || args.length > 0) throw new Error(`There is no ${name}.`)
  return member
}

/** A result as JSON has it; undefined is null. */
export function plain(result: unknown, origin: string): unknown {
  const json = masked(JSON.stringify(result) ?? 'null').replaceAll(origin, '$origin')
  const read: unknown = JSON.parse(json)
  return read
}

/** A request as it was seen. */
export function exchanged({ method, url, headers, body }: Seen): Exchanged {
  const send = masked(`${method} ${url}`)
  const authorization = headers.authorization && spelledAsInPython(headers.authorization)
  if (body === '') return { send, authorization }
  if (!headers['content-type']?.startsWith('application/json'))
    throw new Error(`${send}: the body is not said to be JSON.`)
  const { values, ...rest } = checkObject(JSON.parse(body))
  if (!Array.isArray(values) || Object.keys(rest).length > 0) throw new Error(`${send}: the body is not one of values.`)
  return { send, authorization, values: normalValues(values) }
}

/** Python's quote() leaves a slash of the user as it is; servers decode both. */
function spelledAsInPython(header: string): string {
  const [scheme, encoded = ''] = header.split(' ')
  const [user, ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return `${scheme} ${Buffer.from([user?.replaceAll('%2F', '/'), ...password].join(':')).toString('base64')}`
}

/**
 * Values in the order of their indexes, which is all that a server looks at: text by itself, ttl left out where it is the
 * usual one, locations as elements.
 */
export function normalValues(values: readonly unknown[]): readonly unknown[] {
  return values.map(normalValue).sort((a, b) => Number(a['index']) - Number(b['index']))
}

function normalValue(value: unknown): Record<string, unknown> {
  const { data, ttl, ...rest } = checkObject(value)
  const isText = isObject(data) && data['format'] === 'string' && Object.keys(data).length === 2
  const text = isText ? data['value'] : data
  const isXml = typeof text === 'string' && /^10320\/loc$/i.test(String(rest['type']))
  return { ...rest, data: isXml ? elementsOf(text) : text, ...(ttl !== 86_400 && { ttl: ttl ?? 'none' }) }
}

/** The elements of a flat XML, with their attributes in no order. By hand, so that no fault of the client's parser helps. */
function elementsOf(xml: string): readonly unknown[] {
  const tags = /<(\w+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*\/?>|<\/\w+>/g
  if (xml.replaceAll(tags, '').trim() !== '') throw new Error('The XML has more than elements.')
  return Array.from(xml.matchAll(tags)).flatMap(([, name, attributes]) => {
    return name === undefined ? [] : [{ name, attributes: attributesOf(attributes ?? '') }]
  })
}

function attributesOf(text: string): Record<string, string> {
  const attributes = text.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)
  return Object.fromEntries(Array.from(attributes, ([, name, double, single]) => [name, double ?? single ?? '']))
}

function masked(text: string): string {
  return text.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '$uuid')
}

function mapped(value: object, change: (member: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]))
}

function checkObject(value: unknown): Record<string, unknown> {
  if (isObject(value)) return value
  throw new Error('The body holds something that is no object.')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
