import type { FakeItem, FakeOwned } from './account.ts'
import { classicRoute, done, found, notFound, ok, paged, type Route, route } from './routes.ts'

/** The account, its users, and what belongs to them. */
export const peopleRoutes: readonly Route[] = [
  route('GET /account', 'account:read', ({ account }) => ok(account.account)),
  route('GET /authorization/userinfo', '', () =>
    ok({ sub: 'w0', domain: 'sipgate.de', masterSipId: '2556404', locale: 'de_DE' }),
  ),
  route('GET /balance', 'balance:read', ({ account }) => ok({ amount: account.balance, currency: 'EUR' })),
  route('GET /users', 'users:read', ({ account }) => ok({ items: account.users })),
  route('GET /users/{userId}', 'users:read', ({ account, parameters }) =>
    found(account.users.find(({ id }) => id === parameters['userId'])),
  ),
  route('GET /{userId}/sms', 'sms:read', ({ account, parameters }) => {
    return ok({ items: ownedBy(account.smsExtensions, parameters['userId']) })
  }),
  route('GET /{userId}/sms/{smsId}/callerids', 'sms:read sms:callerid:read', ({ account, parameters }) => {
    const extension = account.smsExtensions.find(({ id }) => id === parameters['smsId'])
    const phonenumber = extension?.['callerId']
    return extension ? ok({ items: [{ id: 1, phonenumber, verified: true, defaultNumber: true }] }) : notFound
  }),
  route('GET /{userId}/devices', 'devices:read', ({ account, parameters, request }) => {
    const type = request.query.get('type') ?? 'all'
    const wanted = ({ type: own }: FakeItem) => type === 'all' || String(own).toLowerCase() === type
    return ok({ items: ownedBy(account.devices, parameters['userId']).filter(wanted) })
  }),
  route('GET /devices/{deviceId}', 'devices:read', ({ account, parameters }) =>
    found(account.devices.find(({ id }) => id === parameters['deviceId'])),
  ),
  route('PUT /devices/{deviceId}/alias', 'devices:write', ({ account, parameters, body }) => {
    const device = account.devices.find(({ id }) => id === parameters['deviceId'])
    if (!device) return notFound
    device['alias'] = body['value']
    return done
  }),
  classicRoute('GET /groups', 'groups:read', ({ account }) => ok({ items: account.groups })),
  classicRoute('GET /groups/{groupId}', 'groups:read', ({ account, parameters }) =>
    found(account.groups.find(({ id }) => id === parameters['groupId'])),
  ),
  classicRoute('GET /groups/{groupId}/users', 'groups:read groups:users:read', ({ account }) =>
    ok({ items: account.users.map(({ id, firstname, lastname }) => ({ id, firstname, lastname })) }),
  ),
  route('GET /numbers', 'numbers:read', ({ account, request }) =>
    ok({ items: paged(account.numbers, request.query, account.numbers.length) }),
  ),
  route('GET /{userId}/numbers', 'numbers:read', ({ account }) => ok({ items: account.numbers })),
  route('PUT /numbers/{numberId}', 'numbers:write', ({ account, parameters, body }) => {
    const number = account.numbers.find(({ id }) => id === parameters['numberId'])
    if (!number) return notFound
    Object.assign(number, body)
    return done
  }),
]

function ownedBy(list: readonly FakeOwned[], userId: string | undefined): FakeItem[] {
  return list.filter(({ owner }) => owner === userId).map(({ owner: _owner, ...item }) => ({ ...item, id: item.id }))
}
