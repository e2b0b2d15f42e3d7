import { randomUUID } from 'node:crypto'
import type { FakeItem } from './account.ts'
import { errorReply, type FakeReply } from './exchange.ts'
import { done, found, membersOf, notFound, ok, paged, type Route, route } from './routes.ts'

/** History, contacts and webhook settings. */
export const recordRoutes: readonly Route[] = [
  route('GET /history', 'history:read', ({ account, request: { query } }) => {
    // So does sipgate: a device is no extension here.
    if (query.getAll('connectionIds').some((id) => /^[exy]/.test(id))) return { status: 403 }
    const matching = account.history.filter((entry) => isWanted(entry, query))
    return ok({ items: paged(matching, query, 10), totalCount: matching.length })
  }),
  route('GET /history/{entryId}', 'history:read', ({ account, parameters }) =>
    found(account.history.find(({ id }) => id === parameters['entryId'])),
  ),
  route('PUT /history/{entryId}', 'history:write', ({ account, parameters, body }) =>
    changed(account.history, parameters['entryId'], body),
  ),
  route('PUT /history', 'history:write', ({ account, request }) => {
    const changes: unknown = request.body
    if (!Array.isArray(changes) || changes.length > 150) return errorReply(400, 'Bad Request')
    for (const change of changes) changed(account.history, idOf(change), membersOf(change))
    return done
  }),
  route('DELETE /history/{entryId}', 'history:write', ({ account, parameters }) => {
    account.history = account.history.filter(({ id }) => id !== parameters['entryId'])
    return done
  }),
  route('DELETE /history', 'history:write', ({ account, request }) => {
    const ids = request.query.getAll('id').filter((id) => id !== '')
    // So does sipgate: no ids are all of them.
    account.history = ids.length === 0 ? [] : account.history.filter(({ id }) => !ids.includes(id))
    return done
  }),
  route('GET /contacts', 'contacts:read', ({ account, request: { query } }) => {
    const wanted = query.getAll('phonenumbers')
    const fits = ({ numbers }: FakeItem) =>
      wanted.some((number) => JSON.stringify(numbers ?? []).includes(`"${number}"`))
    const matching = wanted.length === 0 ? account.contacts : account.contacts.filter(fits)
    return ok({ items: paged(matching, query, 5_000), totalCount: matching.length })
  }),
  route('POST /contacts', 'contacts:write', ({ account, body }) => {
    account.contacts.push({ ...body, id: randomUUID() })
    return { status: 201 }
  }),
  route('PUT /contacts/{contactId}', 'contacts:write', ({ account, parameters, body }) =>
    changed(account.contacts, parameters['contactId'], body),
  ),
  route('DELETE /contacts/{contactId}', 'contacts:write', ({ account, parameters }) => {
    account.contacts = account.contacts.filter(({ id }) => id !== parameters['contactId'])
    return done
  }),
  route('GET /settings/sipgateio', 'settings:read settings:sipgateio:read', ({ account }) =>
    ok(account.webhookSettings),
  ),
  route('PUT /settings/sipgateio', 'settings:write settings:sipgateio:write', ({ account, body }) => {
    account.webhookSettings = { log: false, whitelist: null, ...body }
    return done
  }),
  route('GET /log/webhooks', 'log:webhooks:read', ({ account }) => ok({ items: account.webhookLog })),
]

function isWanted(entry: FakeItem, query: URLSearchParams): boolean {
  const oneOf = (name: string, value: unknown): boolean => {
    const wanted = query.getAll(name)
    return wanted.length === 0 || wanted.includes(String(value))
  }
  const number = query.get('phonenumber')
  const time = String(entry['created'])
  return (
    oneOf('types', entry['type']) &&
    oneOf('directions', entry['direction']) &&
    oneOf('starred', entry['starred'] === true ? 'STARRED' : 'UNSTARRED') &&
    (entry['archived'] === true) === (query.get('archived') === 'true') &&
    (number === null || [entry['source'], entry['target']].includes(number)) &&
    isBetween(time, query.get('from'), query.get('to'))
  )
}

function isBetween(time: string, from: string | null, to: string | null): boolean {
  const at = Date.parse(time)
  return (from === null || at >= Date.parse(from)) && (to === null || at <= Date.parse(to))
}

function changed(list: readonly FakeItem[], wanted: string | undefined, change: object): FakeReply {
  const item = list.find(({ id }) => id === wanted)
  if (!item) return notFound
  Object.assign(item, change)
  return done
}

function idOf(change: unknown): string {
  return String(membersOf(change)['id'])
}
