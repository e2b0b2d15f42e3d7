import type { Strategy } from '@handlekit/core/credentials'
import { checkOptions, checkSecret, InvalidArgumentError } from '@handlekit/core/strategy'
import { basicAuth } from './basic-auth.ts'

/** For credentials files: `{ "type": "basic", "username": "300:foo/bar", "password": … }`. */
export const basic: Strategy = {
  type: 'basic',
  fromConfig(config) {
    checkOptions('basic', config, ['username', 'password'])
    const { username, password } = config
    checkSecret('basic: password', password)
    if (typeof username !== 'string' || typeof password !== 'string') {
      throw new InvalidArgumentError('INVALID_OPTION', 'basic: username and password have to be text.')
    }
    return basicAuth({ username, password })
  },
}
