import { derivationFrom, isMacOf } from '../auth/challenge-response.ts'
import { identityOf } from '../auth/identity.ts'
import { isMacAlgorithm, needsDerivation, unpackDerivedMac } from '../auth/mac.ts'
import { BadRequest } from '../bad-request.ts'
import { echo, responseCode, type Reply } from '../http/reply.ts'
import { parseInteger } from '../json/coerce.ts'
import { decodeBase64 } from '../record/base64.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { requireHomed } from './homed.ts'

/** `/api/verifications`: whether a MAC is by a secret key that this server keeps (Technical Manual 14). */
export const verificationsEndpoint: Endpoint = {
  methods: { GET: verifyMac, POST: verifyMac },
  allow: () => 'GET, HEAD, TRACE, OPTIONS',
  parametersInBody: ['POST'],
}

function verifyMac(call: Call): Reply {
  const { parameters, service } = call
  const [index, handle] = whoseKey(call)
  const [nonce, cnonce, alg, signature] = ['nonce', 'cnonce', 'alg', 'signature'].map((name) => parameters.get(name))
  if (nonce === undefined || cnonce === undefined || alg === undefined || signature === undefined) {
    throw new BadRequest('Missing parameters in verification request')
  }
  if (!isMacAlgorithm(alg)) throw new BadRequest('Unknown algorithm')
  requireHomed(call, handle, handle)
  const claim = { alg, signature: decodeBase64(signature), derivation: derivationFrom(parameters) }
  const data = Buffer.concat([decodeBase64(nonce), decodeBase64(cnonce)])
  const isValid = isMacOf(service.records, identityOf(index, handle), withDerivation(claim), data)
  return { status: 200, json: { responseCode: responseCode.success, isValid, ...echo(handle) } }
}

function whoseKey({ rest, parameters }: Call): [index: number, handle: string] {
  const inPath = /^(\d+):(.*)$/s.exec(rest)
  const handle = inPath ? (inPath[2] ?? '') : rest
  const indexes = [...(inPath ? [inPath[1] ?? ''] : []), ...parameters.getAll('index')]
  if (handle === '') throw new BadRequest('No handle provided')
  if (indexes.length > 1) throw new BadRequest('Too many indexes provided')
  const [index] = indexes
  if (index === undefined) throw new BadRequest('No index provided')
  return [parseInteger(index), handle]
}

function withDerivation(claim: Parameters<typeof unpackDerivedMac>[0]): typeof claim {
  if (!needsDerivation(claim.alg)) return claim
  try {
    return unpackDerivedMac(claim)
  } catch {
    throw new BadRequest('Missing parameters in verification request')
  }
}
