import { randomUUID } from 'node:crypto'
import type { FakeAccount, FakeCall } from './account.ts'
import { errorReply, type FakeReply } from './exchange.ts'
import { replyFor } from './failures.ts'
import { classicRoute, done, notFound, ok, type Route, route, type Visit } from './routes.ts'

const number = /^\+?[1-9]\d{4,14}$/

/** What a call or a message costs, in ten-thousandths of a euro. */
const price = 100

/** Text messages and calls. */
export const callRoutes: readonly Route[] = [
  route('POST /sessions/sms', 'sessions:write sessions:sms:write', ({ account, body }) => {
    const { smsId, recipient, message } = body
    // So does sipgate.
    if (smsId === undefined) return errorReply(500, 'Internal Server Error')
    if (!account.smsExtensions.some(({ id }) => id === smsId)) return forbidden
    if (!isNumber(recipient) || typeof message !== 'string' || message === '') return badRequest
    if (!pay(account)) return insufficientFunds
    account.sentSms.push({ ...body })
    return done
  }),
  classicRoute('POST /sessions/calls', 'sessions:write sessions:calls:write', ({ account, body }) => {
    const { caller, callee, deviceId } = body
    if (!isNumber(callee) || (isNumber(caller) && deviceId === undefined)) return badRequest
    if (!isNumber(caller) && !account.devices.some(({ id }) => id === caller)) return forbidden
    if (!pay(account)) return insufficientFunds
    return ok({ sessionId: begin(account, [caller, callee]).callId })
  }),
  route('POST /calls', 'rtcm:write', ({ account, body }) => {
    const { deviceId, targetNumber } = body
    if (!isNumber(targetNumber) || String(targetNumber).startsWith('+')) return badRequest
    if (!account.devices.some(({ id }) => id === deviceId)) return forbidden
    if (!pay(account)) return insufficientFunds
    return ok({ callSid: begin(account, [deviceId, targetNumber]).callId })
  }),
  route('GET /calls', 'rtcm:read', ({ account }) => ok({ data: account.calls })),
  onCall('PUT /calls/{callId}/muted', (call, { body }) => {
    call.muted = body['value'] === true
  }),
  onCall('PUT /calls/{callId}/hold', (call, { body }) => {
    call.hold = body['value'] === true
  }),
  onCall('PUT /calls/{callId}/recording', (call, { body }) => {
    call.recording = body['value'] === true
  }),
  onCall('POST /calls/{callId}/transfer', (call, { body }) => {
    call.participants = [{ ...call.participants[0], phoneNumber: body['phoneNumber'] }]
  }),
  onCall('POST /calls/{callId}/dtmf', () => undefined),
  onCall('POST /calls/{callId}/announcements', () => undefined),
  onCall('DELETE /calls/{callId}', (call, { account }) => {
    account.calls = account.calls.filter((other) => other !== call)
  }),
]

/** A route that does something with a call that is going on. */
function onCall(endpoint: string, act: (call: FakeCall, visit: Visit) => void): Route {
  return route(endpoint, 'rtcm:write', (visit) => {
    const call = visit.account.calls.find(({ callId }) => callId === visit.parameters['callId'])
    if (!call) return notFound
    act(call, visit)
    return done
  })
}

function begin(account: FakeAccount, phones: readonly unknown[]): FakeCall {
  const participants = phones.map((phone, index) => ({
    participantId: randomUUID(),
    phoneNumber: String(phone),
    muted: false,
    hold: false,
    owner: index === 0,
  }))
  const call: FakeCall = { callId: randomUUID(), muted: false, recording: false, hold: false, participants }
  account.calls.push(call)
  return call
}

function pay(account: FakeAccount): boolean {
  if (account.balance < price) return false
  account.balance -= price
  return true
}

function isNumber(value: unknown): boolean {
  return typeof value === 'string' && number.test(value)
}

const forbidden: FakeReply = { status: 403 }
const badRequest: FakeReply = errorReply(400, 'Bad Request')
const insufficientFunds: FakeReply = replyFor('insufficient-funds') ?? { status: 402 }
