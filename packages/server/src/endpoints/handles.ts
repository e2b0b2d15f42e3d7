import type { Reply } from '../http/reply.ts'
import { deleteHandle } from './delete-handle.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { listHandles } from './list-handles.ts'
import { putHandle } from './put-handle.ts'
import { readHandle } from './read-handle.ts'

/** `/api/handles`. POST reads too: it is GET with parameters in the body. */
export const handlesEndpoint: Endpoint = {
  methods: { GET: read, POST: read, PUT: putHandle, DELETE: deleteHandle },
  allow: () => 'GET, HEAD, POST, PUT, DELETE, TRACE, OPTIONS',
  parametersInBody: ['POST'],
}

function read(call: Call): Reply {
  const prefix = call.parameters.get('prefix')
  return call.rest === '' && prefix !== undefined ? listHandles(call, prefix) : readHandle(call)
}
