import { describe, expect, it } from 'vitest'
import connect from './portable-cases/connect.json' with { type: 'json' }
import credentials from './portable-cases/credentials.json' with { type: 'json' }
import remove from './portable-cases/delete.json' with { type: 'json' }
import locations from './portable-cases/locations.json' with { type: 'json' }
import modify from './portable-cases/modify.json' with { type: 'json' }
import read from './portable-cases/read.json' with { type: 'json' }
import registerLists from './portable-cases/register-lists.json' with { type: 'json' }
import register from './portable-cases/register.json' with { type: 'json' }
import search from './portable-cases/search.json' with { type: 'json' }
import syntax from './portable-cases/syntax.json' with { type: 'json' }
import { normalValues } from './support/portable-form.ts'
import { type Outcome, type PortableCase, run } from './support/portable.ts'

// What the tests of B2HANDLE and PYHANDLE say about requests, answers and outcomes, as data.

const groups: Readonly<Record<string, readonly PortableCase[]>> = {
  register: [...register, ...registerLists],
  modify,
  delete: remove,
  locations,
  read,
  connect,
  syntax,
  search,
  credentials,
}

/** For 999:user/name with its password. */
const usual = 'Basic OTk5JTNBdXNlci9uYW1lOmFwYXNzd29yZA=='

function expected({ requests = [], result, error, anonymous, authorization = usual }: PortableCase): Outcome {
  const header = anonymous ? undefined : authorization
  return {
    requests: requests.map((request) => {
      if (typeof request === 'string') return { send: request, authorization: header }
      const values = request.values.map((value) => ({ ttl: 86_400, ...value }))
      return { send: request.send, authorization: header, values: normalValues(values) }
    }),
    ...(error ? { error } : { result }),
  }
}

describe.each(Object.entries(groups))('%s', (_group, cases) => {
  for (const entry of cases) {
    if (entry.doesNotApply !== undefined) continue
    it(`${entry.id}: ${entry.name}`, async () => expect(await run(entry)).toEqual(expected(entry)))
  }
})

/** What section 3.4 of the reference lists, and the credentials files of its section 3.3. */
const ids = `
  W1 b2handle, W1 pyhandle, W2, W3, W4, W5, W6, W7, W8, W9
  M1, M1b, M2, M3, M4, M5, M6, M7
  D1, D2, D3, D4, D5, D6, D7, D8
  X1, X2, X3, X4, X5, X6, X7, X8, X9, X10, X11
  Read record, Read missing record, Read missing value, Read missing locations, Read empty, Read status 99999
  Read another handle, Read no handle, Read by type, Read value, Read absent value, Read HS_ADMIN, Read indexes
  Instantiate user and password, Instantiate unknown user, Instantiate config override
  Connector path, Connector indexes, Connector overwrite, Connector values, Connector delete
  Connector private key alone, Connector certificate alone, Connector missing pem
  Syntax handle, Syntax no slash, Syntax no prefix, Syntax no suffix, Syntax None
  Syntax index no number, Syntax index missing, Syntax index colons, Syntax index only
  Syntax remove index, Syntax two indexes
  Search URL, Search CHECKSUM, Search None, Search any key, Search other key, Search full text, Search no terms
  Search success, Search empty, Search wrong URL, Search handle URL, Search authentication, Search no URL
  HTTPS_verify True, HTTPS_verify 'True', HTTPS_verify 'False', HTTPS_verify file
  Credentials correct, Credentials correct_withconfig, Credentials correct_with_cert
  Credentials correct_with_cert_and_key, Credentials noindex, Credentials wrongusername, Credentials usernameempty
  Credentials usernamemissing, Credentials brokensyntax, Credentials clientempty, Credentials clientmissing
  Credentials client, Credentials wrong password, Credentials unknown user, Credentials http, Credentials wrong URL
  Credentials user without index, Credentials owner without index
`

it('there is a case for everything that their tests are about', () => {
  const cases = Object.values(groups).flat()
  const wanted = ids.trim().split(/\s*[,\n]\s*/)
  expect(new Set(cases.map(({ id }) => id))).toEqual(new Set(wanted))
})

it('every case comes to one thing, or says why it is not run', () => {
  for (const { id, name, result, error, doesNotApply } of Object.values(groups).flat()) {
    const ends = [result, error, doesNotApply].filter((end) => end !== undefined)
    expect(ends, `${id}: ${name}`).toHaveLength(1)
  }
})
