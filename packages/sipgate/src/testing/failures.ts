import { errorReply, type FakeReply } from './exchange.ts'

/** What can go wrong on demand. */
export type FakeFailure =
  | 'bad-request'
  | 'unauthorized'
  | 'insufficient-funds'
  | 'scope-missing'
  | 'extension-denied'
  | 'not-booked'
  | 'neo-account'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'conflict'
  | 'unsupported-media-type'
  | 'rate-limited'
  | 'server-error'
  | 'unavailable'
  | 'not-json'
  | 'disconnect'

/** What sipgate answers to a request that only the classic PBX serves. Its own words. */
export const neoReply: FakeReply = { status: 403, body: 'This endpoint requires a sipgate Classic PBX Account' }

export const unauthorized: FakeReply = {
  ...errorReply(401, 'Unauthorized', 'Invalid token supplied'),
  headers: { 'www-authenticate': 'Bearer realm="sipgate"' },
}

const replies: Readonly<Record<Exclude<FakeFailure, 'disconnect'>, FakeReply>> = {
  'bad-request': errorReply(400, 'Bad Request', 'Invalid callee number'),
  unauthorized,
  'insufficient-funds': errorReply(402, 'Payment Required', 'Insufficient funds'),
  'scope-missing': errorReply(403, 'Forbidden', 'Insufficient scope'),
  'extension-denied': errorReply(403, 'Forbidden', 'User is not allowed to use this extension'),
  'not-booked': errorReply(403, 'Forbidden', 'sipgate.io feature not booked'),
  'neo-account': neoReply,
  forbidden: { status: 403 },
  'not-found': errorReply(404, 'Not Found'),
  'method-not-allowed': { status: 405 },
  conflict: errorReply(409, 'Conflict', 'Entry already exists'),
  'unsupported-media-type': { status: 415 },
  'rate-limited': { ...errorReply(429, 'Too Many Requests'), headers: { 'retry-after': '120' } },
  'server-error': errorReply(500, 'Internal Server Error'),
  unavailable: { status: 503, body: 'Service Unavailable', headers: { 'retry-after': '120' } },
  'not-json': {
    status: 200,
    body: '<!doctype html><title>Maintenance</title>',
    headers: { 'content-type': 'text/html' },
  },
}

/** One answer in place of what would have been answered; undefined: the connection is cut. */
export function replyFor(failure: FakeFailure): FakeReply | undefined {
  return failure === 'disconnect' ? undefined : replies[failure]
}
