import http, { type RequestListener } from 'node:http'
import https from 'node:https'
import type { Server } from 'node:net'
import { certificate, privateKey } from './certificate.ts'
import type { Origins } from './messages.ts'
import { answerFor, authorization, pathOf, samples } from './record.ts'

// A process of its own: answers stored records at once, over HTTP and HTTPS, until its parent lets go of it.

const answers = new Map(samples.map((sample) => [pathOf(sample.handle), answerFor(sample)]))

const listener: RequestListener = ({ url = '', headers }, response) => {
  const query = url.indexOf('?')
  const answer = answers.get(query < 0 ? url : url.slice(0, query))
  if (answer === undefined || headers.authorization !== authorization) {
    response.writeHead(answer === undefined ? 404 : 401).end()
    return
  }
  response.writeHead(200, { 'content-type': 'application/json;charset=UTF-8', 'content-length': answer.length })
  response.end(answer)
}

// No connection may end between two rounds: a handshake in one side's round would be held against it.
const keepAliveTimeout = 120_000
const plain = http.createServer({ keepAliveTimeout }, listener)
const secure = https.createServer({ keepAliveTimeout, cert: certificate, key: privateKey }, listener)

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.')
  return address.port
}

process.on('disconnect', () => process.exit())
const origins: Origins = {
  http: `http://127.0.0.1:${await portOf(plain)}`,
  https: `https://127.0.0.1:${await portOf(secure)}`,
}
process.send?.(origins)
