import { expect, test } from 'vitest'
import { connectionError } from '../../src/transport/failure.ts'

const request = { origin: 'https://a.example', method: 'GET', path: '/x?secret' }

// Only a machine with two addresses for one name sees it.
test('a name with several addresses, none of which answers: all the reasons are told', () => {
  const reasons = [new Error('connect ECONNREFUSED ::1:443'), new Error('connect ECONNREFUSED 127.0.0.1:443')]
  const cause = Object.assign(new AggregateError(reasons), { code: 'ECONNREFUSED' })
  const error = connectionError(cause, request, false)
  expect(error).toMatchObject({ code: 'CONNECT_FAILED', sent: false, cause })
  expect(error.message).toBe(
    'GET https://a.example/x: no connection to the server (connect ECONNREFUSED ::1:443, connect ECONNREFUSED ' +
      '127.0.0.1:443). The request was not sent.',
  )
})
