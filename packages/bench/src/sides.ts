import { basicAuth } from '@handlekit/auth-basic'
import { HandleClient, HttpClient } from '@handlekit/core'
import { Agent } from 'undici'
import { certificate } from './certificate.ts'
import { authorization, password, pathOf, username } from './record.ts'

/** One way to read a record. */
export interface Side {
  /** Reads it, and gives its URL. */
  read(handle: string): Promise<string | undefined>
  close(): Promise<void>
}

type Open = (origin: string, connections: number) => Side

const ca = certificate
// What a careful program writes by hand, made once.
const headers = { accept: 'application/json', authorization }

/** By name, the one that the others are compared with first. */
export const sides = {
  'undici request': (origin, connections) => {
    const agent = new Agent({ connections, connect: { ca } })
    return {
      async read(handle) {
        const path = `${pathOf(handle)}?publicOnly=true`
        const { statusCode, body } = await agent.request({ origin, path, method: 'GET', headers })
        const text = await body.text()
        if (statusCode !== 200) throw new Error(`${statusCode} ${text}`)
        return urlIn(JSON.parse(text))
      },
      close: () => agent.close(),
    }
  },
  'HandleClient.resolve': (origin, connections) => {
    const credentials = basicAuth({ username, password })
    const client = new HandleClient({ server: origin, credentials, connections, trust: { ca } })
    return {
      async read(handle) {
        return (await client.resolve(handle)).text('URL')
      },
      close: () => client.close(),
    }
  },
  'HttpClient.get': (origin, connections) => {
    const credentials = basicAuth({ username, password })
    const client = new HttpClient({ baseUrl: origin, credentials, connections, trust: { ca } })
    return {
      async read(handle) {
        return urlIn((await client.get(pathOf(handle), { query: { publicOnly: true } })).body)
      },
      close: () => client.close(),
    }
  },
  // Takes no number of connections: it opens as many as there are requests at a time.
  'built-in fetch': (origin) => ({
    async read(handle) {
      const response = await fetch(`${origin}${pathOf(handle)}?publicOnly=true`, { headers })
      if (!response.ok) throw new Error(`${response.status}`)
      return urlIn(await response.json())
    },
    close: () => Promise.resolve(),
  }),
} as const satisfies Record<string, Open>

export type SideName = keyof typeof sides

export const baseline: SideName = 'undici request'

export function isSideName(name: unknown): name is SideName {
  return typeof name === 'string' && Object.hasOwn(sides, name)
}

interface Answer {
  readonly values: readonly { readonly type: string; readonly data: { readonly value: string } }[]
}

/** As trusting as a program without a client is. */
function urlIn(json: unknown): string | undefined {
  return isAnswer(json) ? json.values.find(({ type }) => type === 'URL')?.data.value : undefined
}

function isAnswer(json: unknown): json is Answer {
  return typeof json === 'object' && json !== null && 'values' in json
}
