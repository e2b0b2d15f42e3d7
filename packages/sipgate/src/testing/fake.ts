import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type FakeAccount, newAccount } from './account.ts'
import { callRoutes } from './call-routes.ts'
import { errorReply, type FakeReply, type FakeRequest, readRequest, sendReply } from './exchange.ts'
import { type FakeFailure, neoReply, replyFor, unauthorized } from './failures.ts'
import type { FakeLogin, FakeSipgateOptions, FakeToken, FakeVerifier } from './options.ts'
import { peopleRoutes } from './people-routes.ts'
import { recordRoutes } from './record-routes.ts'
import { match, membersOf, type Route } from './routes.ts'
import { type Doors, visitorOf } from './visitor.ts'

/** A sipgate in this process. */
export interface FakeSipgate {
  /** What goes into `baseUrl`: 'http://127.0.0.1:39021/v2'. */
  readonly url: string
  /** An e-mail address and a password that it takes; for `sipgateBasic`. */
  readonly login: FakeLogin
  /** A personal access token that it takes; for `sipgateToken`. */
  readonly token: { readonly tokenId: string; readonly token: string }
  /** An access token that it takes, unless `accessTokens` says otherwise; for `bearerAuth`. */
  readonly accessToken: string
  /** What it keeps, to be read and changed. */
  readonly account: FakeAccount
  /** Every request so far, refused ones too. */
  readonly requests: readonly FakeRequest[]
  /** Lets the next requests fail, one or `times` of them, before anything is done. */
  fail(failure: FakeFailure, times?: number): void
  /** Gives the next request this answer, before anything is done. */
  answer(reply: FakeReply): void
  /** Stops listening, and cuts what is open. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const routes: readonly Route[] = [...callRoutes, ...recordRoutes, ...peopleRoutes]
const basePath = '/v2'

/**
 * Starts a fake of sipgate's REST API, for tests and demonstrations: the calls that `SipgateClient` has, with an account
 * in memory, every way to log in, and every error.
 */
export async function startFakeSipgate(options: FakeSipgateOptions = {}): Promise<FakeSipgate> {
  const { tls, port = 0 } = options
  const login = options.logins?.[0] ?? { email: 'ada@example.org', password: randomUUID() }
  const token = options.tokens?.[0] ?? { tokenId: 'token-FQ1V12', token: randomUUID() }
  const accessToken = Array.isArray(options.accessTokens) ? String(options.accessTokens[0]) : randomUUID()
  const doors = doorsOf(options, login, token, accessToken)
  const account = newAccount()
  const requests: FakeRequest[] = []
  const planned: (FakeReply | undefined)[] = []

  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    const serve = async (): Promise<void> => {
      const request = await readRequest(incoming, basePath)
      requests.push(request)
      if (planned.length === 0) return sendReply(response, await answerTo(request, account, doors, options.product))
      const reply = planned.shift()
      if (reply) sendReply(response, reply)
      else incoming.socket.destroy()
    }
    serve().catch(() => response.destroy())
  }
  const server = tls ? createSecureServer(tls, listener) : createServer(listener)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = (): Promise<void> => stop(server)

  return {
    url: `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${portOf(server)}${basePath}`,
    login,
    token: { tokenId: token.tokenId, token: token.token },
    accessToken,
    account,
    requests,
    fail(failure, times = 1) {
      for (let left = times; left > 0; left -= 1) planned.push(replyFor(failure))
    },
    answer: (reply) => void planned.push(reply),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function doorsOf(options: FakeSipgateOptions, login: FakeLogin, token: FakeToken, accessToken: string): Doors {
  const { logins = [login], tokens = [token], accessTokens = [accessToken] } = options
  const verify: FakeVerifier =
    typeof accessTokens === 'function' ? accessTokens : (given) => accessTokens.includes(given)
  return { logins, tokens, verify }
}

async function answerTo(
  request: FakeRequest,
  account: FakeAccount,
  doors: Doors,
  product: FakeSipgateOptions['product'],
): Promise<FakeReply> {
  const { method, path, headers, body } = request
  const visitor = await visitorOf(headers.authorization, doors)
  if (!visitor) return unauthorized
  const fitting = routes.flatMap((one) => {
    const parameters = match(one.template, path)
    return parameters ? [{ route: one, parameters }] : []
  })
  if (fitting.length === 0) return errorReply(404, 'Not Found')
  const chosen = fitting.find(({ route }) => route.method === method)
  if (!chosen) return { status: 405 }
  const { route, parameters } = chosen
  if (product === 'neo' && route.classic) return neoReply
  const { scopes } = route
  if (scopes.length > 0 && !['all', ...scopes].some((scope) => visitor.scopes.includes(scope))) return { status: 403 }
  const wantsJson = method === 'POST' || method === 'PUT'
  if (wantsJson && !/^application\/json\b/i.test(headers['content-type'] ?? '')) return { status: 415 }
  return route.answer({ account, request, parameters, body: membersOf(body) })
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
