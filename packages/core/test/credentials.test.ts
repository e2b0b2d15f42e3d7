import { inspect } from 'node:util'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  AuthError,
  HandleAlreadyExistsError,
  HandlekitError,
  HandleNotFoundError,
  HandlePermissionError,
  HandleProtocolError,
  HandleRecordError,
  HandleResponseError,
  HttpError,
  InvalidArgumentError,
  TransportError,
  type TransportErrorCode,
} from '../src/index.ts'

const cause = new Error('why')

const errors = [
  new AuthError('AUTH_REJECTED', 'm', { cause }),
  new TransportError('TIMEOUT', 'm', { cause }),
  new HttpError('m', { status: 404, method: 'GET', url: 'https://a.example/', cause }),
  new HandleProtocolError('NOT_JSON', 'm', { status: 200, cause }),
  new HandleResponseError('SERVER_BUSY', 'm', { status: 503, cause }),
  new HandleNotFoundError('HANDLE_NOT_FOUND', 'm', { status: 404, cause }),
  new HandleAlreadyExistsError('HANDLE_ALREADY_EXISTS', 'm', { status: 409, cause }),
  new HandlePermissionError('PERMISSION_DENIED', 'm', { status: 403, cause }),
  new HandleRecordError('NO_SUCH_VALUE', 'm', { handle: 'a/b', indexes: [1], cause }),
]

describe.each(errors.map((error) => [error.constructor.name, error] as const))('%s', (name, error) => {
  test('is an Error with a name, a code, a message and a cause', () => {
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(HandlekitError)
    expect(error.name).toBe(name)
    expect(String(error)).toBe(`${name}: m`)
    expect(error.code).toMatch(/^[A-Z][A-Z_0-9]+$/)
    expect(error.cause).toBe(cause)
    expect(error.stack).toContain(`${name}: m`)
    expect(inspect(error)).toContain('why')
  })

  test('shows no more than it says: neither its marker nor its name', () => {
    expect(Object.keys(error)).not.toContain('name')
    expect(
      Object.getOwnPropertySymbols(error).filter((key) => Object.getOwnPropertyDescriptor(error, key)?.enumerable),
    ).toEqual([])
  })
})

test('without a cause there is none', () => {
  expect('cause' in new AuthError('AUTH_FAILED', 'm')).toBe(false)
  expect('cause' in new TransportError('TIMEOUT', 'm')).toBe(false)
})

describe('isInstance', () => {
  test('agrees with instanceof', () => {
    const classes = [HandlekitError, AuthError, TransportError, HttpError, HandleResponseError, HandleNotFoundError]
    for (const error of errors) {
      for (const one of classes) expect(one.isInstance(error), `${one.name} ${error.name}`).toBe(error instanceof one)
    }
    expect(HandleResponseError.isInstance(new HandleNotFoundError('HANDLE_NOT_FOUND', 'm', { status: 404 }))).toBe(true)
    expect(HandleNotFoundError.isInstance(new HandleResponseError('SERVER_BUSY', 'm', { status: 503 }))).toBe(false)
  })

  test.each([undefined, null, 'text', {}, new Error('m'), { code: 'TIMEOUT' }, new TypeError('m')])(
    'says no to %j',
    (other) => {
      expect(HandlekitError.isInstance(other)).toBe(false)
      expect(TransportError.isInstance(other)).toBe(false)
      expect(InvalidArgumentError.isInstance(other)).toBe(false)
    },
  )

  test('narrows the type', () => {
    const error: unknown = errors[1]
    if (!TransportError.isInstance(error)) throw new Error('It is one.')
    expectTypeOf(error).toEqualTypeOf<TransportError>()
    expectTypeOf(error.code).toEqualTypeOf<TransportErrorCode>()
    expect(error.code).toBe('TIMEOUT')
  })

  test("knows the errors of another copy of the package, and that copy knows one's own", async () => {
    // A bundle may hold one, node_modules another.
    const copy = await another('../src/errors.ts')
    const other = (name: string): { new (...args: unknown[]): Error; isInstance(error: unknown): boolean } => {
      const found: unknown = Reflect.get(copy, name)
      if (!isErrorClass(found)) throw new Error(`The copy has no ${name}.`)
      return found
    }
    const theirs = new (other('HandleNotFoundError'))('HANDLE_NOT_FOUND', 'm', { status: 404 })
    expect(theirs).not.toBeInstanceOf(HandleNotFoundError)
    expect(HandleNotFoundError.isInstance(theirs)).toBe(true)
    expect(HandleResponseError.isInstance(theirs)).toBe(true)
    expect(HttpError.isInstance(theirs)).toBe(false)
    const mine = new HandleNotFoundError('HANDLE_NOT_FOUND', 'm', { status: 404 })
    expect(other('HandleNotFoundError').isInstance(mine)).toBe(true)
    expect(other('HandlekitError').isInstance(mine)).toBe(true)
    expect(other('TransportError').isInstance(mine)).toBe(false)
    const refused = new InvalidArgumentError('INVALID_HANDLE', 'm')
    expect(InvalidArgumentError.isInstance(refused)).toBe(true)
    expect(other('InvalidArgumentError').isInstance(refused)).toBe(true)
    expect(HandlekitError.isInstance(refused)).toBe(false)
  })

  test('of the contract, too, where a strategy brings its own copy', async () => {
    const copy = await another('../src/credentials.ts')
    const Other: unknown = Reflect.get(copy, 'AuthError')
    if (!isErrorClass(Other)) throw new Error('The copy has no AuthError.')
    const theirs = new Other('AUTH_FAILED', 'm')
    expect(theirs).not.toBeInstanceOf(HandlekitError)
    expect(AuthError.isInstance(theirs)).toBe(true)
    expect(HandlekitError.isInstance(theirs)).toBe(true)
    expect(Other.isInstance(new AuthError('AUTH_FAILED', 'm'))).toBe(true)
    expect(Other.isInstance(new TransportError('TIMEOUT', 'm'))).toBe(false)
  })

  test("knows a strategy's own error by its ancestors", () => {
    class SessionError extends AuthError {
      static override readonly kind: string = 'SessionError'
    }
    const error = new SessionError('SESSION_EXPIRED', 'm')
    expect(error).toMatchObject({ name: 'SessionError', code: 'SESSION_EXPIRED' })
    expect([SessionError, AuthError, HandlekitError].every((one) => one.isInstance(error))).toBe(true)
    expect(SessionError.isInstance(new AuthError('AUTH_FAILED', 'm'))).toBe(false)
  })
})

/** A module once more: a query makes another one of it. */
async function another(path: string): Promise<object> {
  const copy: object = await import(`${path}?another-copy`)
  return copy
}

function isErrorClass(
  value: unknown,
): value is { new (...args: unknown[]): Error; isInstance(error: unknown): boolean } {
  return typeof value === 'function' && 'isInstance' in value
}

test('InvalidArgumentError is a TypeError with a code', () => {
  const error = new InvalidArgumentError('INVALID_URL', 'm', { cause })
  expect(error).toBeInstanceOf(TypeError)
  expect(error).toMatchObject({ name: 'InvalidArgumentError', code: 'INVALID_URL', cause, message: 'm' })
})

test('what an error tells', () => {
  expect(new AuthError('AUTH_REJECTED', 'm', { scheme: 'basic', identity: 'me', status: 401 })).toMatchObject({
    scheme: 'basic',
    identity: 'me',
    status: 401,
  })
  expect(new TransportError('TIMEOUT', 'm', { method: 'GET', url: 'https://a.example/' })).toMatchObject({
    method: 'GET',
    url: 'https://a.example/',
    sent: false,
  })
})
