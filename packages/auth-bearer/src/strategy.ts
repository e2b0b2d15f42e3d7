import type { Strategy } from '@handlekit/core/credentials'
import { checkOptions, checkSecret, InvalidArgumentError } from '@handlekit/core/strategy'
import { bearerAuth } from './bearer-auth.ts'

/** For credentials files: `{ "type": "bearer", "token": { "$env": "API_TOKEN" } }`. */
export const bearer: Strategy = {
  type: 'bearer',
  fromConfig(config) {
    checkOptions('bearer', config, ['token'])
    const { token } = config
    checkSecret('bearer: token', token)
    if (typeof token !== 'string') throw new InvalidArgumentError('INVALID_OPTION', 'bearer: token has to be text.')
    return bearerAuth({ token })
  },
}
