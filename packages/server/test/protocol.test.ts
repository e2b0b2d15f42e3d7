import { describe, expect, test } from 'vitest'
import { sendRaw } from './support/client.ts'
import { startServer } from './support/server.ts'

describe('methods', () => {
  test.each([
    ['/api/handles/21.T12345/RICH', 'GET, HEAD, POST, PUT, DELETE, TRACE, OPTIONS'],
    ['/api/prefixes', 'GET, HEAD, POST, DELETE, TRACE, OPTIONS'],
    ['/api/prefixes/9.9', 'POST, DELETE, TRACE, OPTIONS'],
    ['/api/site', 'GET, HEAD, TRACE, OPTIONS'],
    ['/api/site/', 'GET, HEAD, TRACE, OPTIONS'],
    ['/api/site/x', 'TRACE, OPTIONS'],
    ['/api/verifications/x', 'GET, HEAD, TRACE, OPTIONS'],
    ['/api/sessions', 'POST, TRACE, OPTIONS'],
    ['/api/nope', 'TRACE, OPTIONS'],
  ])('OPTIONS %s allows %s', async (path, allow) => {
    const { send } = await startServer()
    for (const plain of [false, true]) {
      const answer = await send('OPTIONS', path, { plain })
      expect(answer).toMatchObject({ status: 200, text: '', headers: { allow } })
      expect(answer.headers).not.toHaveProperty('content-type')
    }
  })

  test.each([
    ['PATCH', '/api/handles/x', 501, 'Unknown method PATCH'],
    ['PUT', '/api/site', 405, 'Unknown HTTP API endpoint PUT /api/site'],
    ['DELETE', '/api/verifications/x', 405, 'Unknown HTTP API endpoint DELETE /api/verifications/x'],
    ['GET', '/api/site/x', 404, 'Unknown HTTP API endpoint GET /api/site/x'],
    ['GET', '/api/Handles/x', 404, 'Unknown HTTP API endpoint GET /api/Handles/x'],
    ['PUT', '/api', 404, 'Unknown HTTP API endpoint PUT /api'],
  ])('%s %s is %i', async (method, path, status, message) => {
    const { send } = await startServer()
    expect(await send(method, path)).toMatchObject({ status, json: { responseCode: 4, message } })
  })

  test('one that Node.js has never heard of is unknown too', async () => {
    const { server } = await startServer()
    const answer = await sendRaw(server, 'BREW /api/site HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 501 /)
    expect(answer).toContain('{"responseCode":4,"message":"Unknown method BREW"}')
    expect(await sendRaw(server, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  })

  test('TRACE gives the request back', async () => {
    const { send } = await startServer()
    const answer = await send('TRACE', '/api/site', { headers: { 'X-One': 'two' } })
    expect(answer.headers['content-type']).toBe('message/http')
    expect(answer.text).toMatch(/^TRACE \/api\/site HTTP\/1\.1\r\n(?:.*\r\n)*X-One: two\r\n/)
  })

  test('HEAD is GET without a body', async () => {
    const { send } = await startServer()
    const [head, get] = [await send('HEAD', '/api/site'), await send('GET', '/api/site')]
    expect(head.text).toBe('')
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
  })

  test('outside of /api nothing is served', async () => {
    const { send } = await startServer()
    expect((await send('GET', '/21.T12345/RICH')).status).toBe(404)
  })
})

describe('headers', () => {
  test('are few', async () => {
    const { send } = await startServer()
    const { headers } = await send('GET', '/api/handles/21.T12345/RICH')
    expect(headers['content-type']).toBe('application/json;charset=UTF-8')
    expect(Object.keys(headers).sort()).toEqual(['connection', 'content-length', 'content-type'])
  })

  test('let scripts of any origin in', async () => {
    const { send } = await startServer()
    const answer = await send('DELETE', '/api/handles/21.T12345/RICH', { headers: { Origin: 'https://a.example' } })
    expect(answer.status).toBe(401)
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
      'access-control-expose-headers': 'WWW-Authenticate,Content-Length',
    })
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
  })

  test.each([
    ['PUT', 'content-type, Authorization', true],
    ['GET', '', true],
    ['PATCH', 'content-type', false],
    ['PUT', 'x-other', false],
  ])('of a preflight for %s with "%s"', async (method, wanted, isAllowed) => {
    const { send } = await startServer()
    const { status, headers } = await send('OPTIONS', '/api/handles/x', {
      headers: {
        Origin: 'https://a.example',
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': wanted,
      },
    })
    expect(status).toBe(200)
    const cors = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')))
    const allowed = {
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-methods': 'GET,POST,HEAD,PUT,DELETE',
      'access-control-allow-headers': 'X-Requested-With,Authorization,Origin,Accept,Content-Type',
      'access-control-max-age': '86400',
    }
    expect(cors).toEqual(isAllowed ? allowed : {})
  })
})

describe('challenges', () => {
  const challengesFor = async (headers: Record<string, string>): Promise<string[]> => {
    const { send } = await startServer()
    const { challenges } = await send('DELETE', '/api/handles/21.T12345/RICH', { headers })
    return challenges.map((challenge) => challenge.replaceAll(/(sessionId|nonce)="[^"]+"/g, '$1'))
  }

  test('are two headers', async () => {
    expect(await challengesFor({})).toEqual(['Basic realm="handle"', 'Handle sessionId, nonce'])
  })
  test('leave Basic out for scripts, and for other schemes', async () => {
    expect(await challengesFor({ 'X-Requested-With': 'XMLHttpRequest' })).toEqual(['Handle sessionId, nonce'])
    expect(await challengesFor({ Authorization: 'Bearer x' })).toEqual(['Handle sessionId, nonce'])
    expect(await challengesFor({ Authorization: 'Handle abc' })).toEqual(['Handle sessionId, nonce'])
    expect(await challengesFor({ Authorization: 'basic eDp5' })).toHaveLength(1)
    const wrong = { Authorization: 'Basic eDp5', 'X-Requested-With': 'XMLHttpRequest' }
    expect(await challengesFor(wrong)).toEqual([
      'Basic realm="handle"',
      'Handle sessionId, nonce, error="Identity not verified"',
    ])
  })
})
