import type { HandleClient, HandleLocation } from '@handlekit/core'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { TestServer } from '../support/handle-server.ts'
import { rejection } from '../support/rejection.ts'

// What may be given for a location, and what is written of it.

const test = TestServer.ofFile()
let client: HandleClient
let handle: string

beforeAll(() => {
  client = test.client()
})
beforeEach(async () => {
  handle = await newHandle('')
})

/** A handle with a list of locations at 2. */
async function newHandle(inside: string): Promise<string> {
  const name = test.newHandle()
  await client.create(name, [{ index: 2, type: '10320/LOC', data: `<locations>${inside}</locations>` }])
  return name
}

function stored(): unknown {
  return test.server.records.get(handle)?.find(({ index }) => index === 2)?.data.value
}

async function locationsOf(): Promise<HandleLocation[]> {
  return [...(await client.resolve(handle)).locations]
}

it.each([
  '<location href="http://a/" größe="1"/>',
  '<location href="http://a/" :x="1" 世界="2" a·b="3" 𠀀="4"/>',
  '<location href="http://a/" href_template="http://t/{hdl}"/>',
  '<location href="" />',
  '<location id="1" href="" weight="0"/><location href_template="http://t/{hdl}"/>',
])('takes what was read, here and elsewhere: %s', async (inside) => {
  handle = await newHandle(inside)
  const before = await locationsOf()
  for (const edit of ['set', 'add'] as const) {
    expect(await client.locations[edit](handle, before)).toMatchObject({ outcome: 'unchanged' })
  }
  const without = before.map(({ index: _index, id: _id, ...location }) => location)
  handle = await newHandle('')
  await client.locations.set(handle, before)
  expect((await locationsOf()).map(({ index: _index, id: _id, ...location }) => location)).toEqual(without)
})

it('an empty href that was read is none for templates', async () => {
  handle = await newHandle('<location href_template="http://t/{hdl}"/>')
  const read = { index: 2, href: '', country: 'de' }
  await client.locations.add(handle, [read])
  expect(stored()).toBe(
    '<locations><location href_template="http://t/{hdl}"/><location id="0" href="" country="de" /></locations>',
  )
})

it('writes numbers as text', async () => {
  const location = { href: 'http://a', id: 7, country: 5, httpRole: 6, attributes: { score: -1.5 } }
  // @ts-expect-error what JavaScript gives
  await client.locations.add(handle, [location])
  expect(stored()).toBe(
    '<locations><location id="7" href="http://a" country="5" http_role="6" score="-1.5" /></locations>',
  )
})

it.each<[object, RegExp]>([
  [{ attributes: { x: { y: 1 } } }, /http:\/\/a: x is text or a number/],
  [{ attributes: { z: null } }, /: z is/],
  [{ attributes: { z: Number.NaN } }, /: z is/],
  [{ attributes: { z: Number.POSITIVE_INFINITY } }, /: z is/],
  [{ attributes: { z: true } }, /: z is/],
  [{ attributes: { z: ['1'] } }, /: z is/],
  [{ attributes: ['1'] }, /'0' is no name/],
  [{ attributes: { href_template: 5n } }, /: href_template is/],
  [{ attributes: { '1st': 'x' } }, /'1st' is no name/],
  [{ attributes: { '·': 'x' } }, /'·' is no name/],
  [{ attributes: { '×': 'x' } }, /'×' is no name/],
  [{ attributes: { '': 'x' } }, /'' is no name/],
  [{ country: null }, /: country is/],
  [{ country: {} }, /: country is/],
  [{ httpRole: false }, /: http_role is/],
  [{ id: null }, /: id is/],
  [{ weight: '1' }, /weight is a number/],
  [{ weight: null }, /weight is a number/],
  [{ href: '' }, /has an href/],
])('refuses what is neither text nor a number: no. %#', async (location, text) => {
  const error = await rejection(client.locations.add(handle, [{ href: 'http://a', ...location }]))
  expect(error).toMatchObject({ code: 'INVALID_VALUE', message: expect.stringMatching(text) })
})
