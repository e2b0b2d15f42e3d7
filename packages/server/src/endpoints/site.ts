import { responseCode, type Reply } from '../http/reply.ts'
import { siteToJson } from '../record/site.ts'
import type { Call, Endpoint } from './endpoint.ts'

/** `/api/site`: the server's own addresses and public key (Technical Manual 14). */
export const siteEndpoint: Endpoint = {
  methods: { GET: showSite, POST: showSite },
  // As the real server says, although POST works.
  allow: (rest) => (rest === '' ? 'GET, HEAD, TRACE, OPTIONS' : 'TRACE, OPTIONS'),
  parametersInBody: ['POST'],
}

function showSite({ service }: Call): Reply {
  return { status: 200, json: { responseCode: responseCode.success, site: siteToJson(service.site()) } }
}
