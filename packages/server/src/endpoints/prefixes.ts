import { BadRequest } from '../bad-request.ts'
import { emptyReply, Refusal, responseCode, type Reply } from '../http/reply.ts'
import { isPrefixHandle, prefixHandle } from '../record/names.ts'
import { requireIdentity, requireServerAdmin } from './authorize.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { page } from './paging.ts'

const allowOfOne = 'POST, DELETE, TRACE, OPTIONS'

/** `/api/prefixes`: which prefixes this server answers for (Technical Manual 14). */
export const prefixesEndpoint: Endpoint = {
  methods: {
    GET: listPrefixes,
    POST: (call) => changePrefix(call, 'homing'),
    DELETE: (call) => changePrefix(call, 'unhoming'),
  },
  allow: (rest) => (rest === '' ? 'GET, HEAD, POST, DELETE, TRACE, OPTIONS' : allowOfOne),
  parametersInBody: ['POST', 'DELETE'],
}

function listPrefixes(call: Call): Reply {
  if (call.rest !== '' || call.parameters.get('prefix') !== undefined) return emptyReply(405, { Allow: allowOfOne })
  const paging = page(call.parameters)
  requirePrefixAdmin(call, '')
  const { totalCount, position, items } = paging(call.service.records.homedPrefixes())
  return { status: 200, json: { responseCode: responseCode.success, totalCount, ...position, prefixes: items } }
}

/** Records under a prefix stay where they are, whether it is homed or not. */
function changePrefix(call: Call, change: 'homing' | 'unhoming'): Reply {
  const { records } = call.service
  const prefix = call.rest === '' ? (call.parameters.get('prefix') ?? '') : call.rest
  if (prefix === '') throw new BadRequest(`Prefix not specified in ${change} request`)
  const name = prefix.includes('/') ? prefix : prefixHandle(prefix)
  if (!isPrefixHandle(name)) throw new Refusal(responseCode.invalidHandle, prefix, 'Handle is not a prefix handle')
  requirePrefixAdmin(call, prefix)
  if (change === 'homing') records.home(name)
  else records.unhome(name)
  return { status: 200, json: { responseCode: responseCode.success, handle: prefix } }
}

function requirePrefixAdmin(call: Call, subject: string): void {
  const { serverAdmins, homeOnlyAdmins } = call.service.settings
  requireIdentity(call, subject)
  requireServerAdmin(call, subject, [...serverAdmins, ...homeOnlyAdmins])
}
